"""The service on a disk without room: it says so, loses nothing, and goes on when there is room."""

from __future__ import annotations

from pathlib import Path

from resources.log_store import LogStore
from resources.records import COLLECTIONS
from tests.rec_api.conftest import Running, service_at
from tests.small_disk import mounted

MANY = 3000


def test_a_write_on_a_full_disk_is_a_507_and_the_same_request_succeeds_later(
    tmp_path: Path,
) -> None:
    with mounted(tmp_path / "disk", 24) as disk, service_at(disk.path / "home") as service:
        ballast = disk.fill(leave=200_000)
        acknowledged = until_refused(service)
        refused = service.recommend(key="once more", user_id="u")
        assert refused.status_code == 507
        assert "the disk of the log store is full" in refused.json()["detail"]
        assert stored(service.store) >= acknowledged
        ballast.unlink()
        again = service.recommend(key="once more", user_id="u")
        assert again.status_code == 200
        assert stored(service.store) == acknowledged | {again.json()["insert_id"]}


def until_refused(service: Running) -> set[str]:
    """The ids of what was accepted until the disk was full."""
    made: set[str] = set()
    for number in range(MANY):
        answer = service.recommend(key=f"k{number}", user_id="u")
        if answer.status_code != 200:
            return made
        made.add(answer.json()["insert_id"])
    raise AssertionError(f"{MANY} requests did not fill the disk")


def stored(store: LogStore) -> set[str]:
    return {row["_id"] for batch in store.scan(COLLECTIONS["A"]) for row in batch}
