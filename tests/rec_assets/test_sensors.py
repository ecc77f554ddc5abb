"""What runs by itself once a file lies in the inbox: each tick on a real Dagster instance."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import pytest

from rec_assets import run_owners, sensors
from rec_assets.commands.turn import QUIET, load
from rec_assets.definitions import defs
from rec_assets.partitions import raw_files
from rec_assets.progress import listening
from rec_assets.raw import assets
from rec_assets.raw import raw_files as standing
from rec_assets.raw.assets import raw_corporate_data
from rec_assets.raw.inbox import FILES_A_TICK
from rec_assets.raw.replacement import load_in_place
from resources.dagster_resources import resources
from resources.log_store import LogStore, open_log_store
from resources.records import RAW
from resources.settings import Settings
from tests.rec_assets.raw.conftest import run
from tests.rec_assets.raw.test_replacement import Dying, Killed

MANY = 6_000  # rows: more than are written at once


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def store() -> Iterator[LogStore]:
    Settings().inbox.mkdir(parents=True)
    opened = open_log_store(Settings().store_url)
    yield opened
    opened.close()


def drop(name: str, text: str) -> Path:
    path = Settings().inbox / name
    path.write_text(text, encoding="utf-8")
    return path


def line(number: int) -> str:
    return json.dumps(run(insert_id=f"i{number}")) + "\n"


def look(instance: dg.DagsterInstance, store: LogStore, cursor: str | None) -> dg.SensorResult:
    with dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"log_store": store}
    ) as context:
        result = sensors.inbox(context)
    assert isinstance(result, dg.SensorResult)
    return result


def files(result: dg.SensorResult) -> list[str | None]:
    return [request.partition_key for request in result.run_requests or []]


def mining(instance: dg.DagsterInstance) -> object:
    with dg.build_sensor_context(instance=instance) as context:
        return sensors.mine_after_load(context)


class Daemon:
    """Ticks the inbox's sensor and runs what it asks for, as Dagster's daemon does."""

    def __init__(self, instance: dg.DagsterInstance, store: LogStore) -> None:
        self.instance, self.store = instance, store
        self.cursor: str | None = None
        self.keys: set[str | None] = set()

    def tick(self) -> dg.SensorResult:
        result = look(self.instance, self.store, self.cursor)
        self.cursor = result.cursor
        for request in result.run_requests or []:
            if request.run_key not in self.keys:  # the daemon never runs a key twice
                self.keys.add(request.run_key)
                materialize(self.instance, str(request.partition_key))
        return result

    def ticks(self) -> list[str | None]:
        """Two ticks: the files that were asked for."""
        return files(self.tick()) + files(self.tick())


def materialize(instance: dg.DagsterInstance, name: str) -> None:
    instance.add_dynamic_partitions(str(raw_files.name), [name])
    assert dg.materialize(
        [raw_corporate_data], instance=instance, partition_key=name, resources=resources(),
        run_config=QUIET,
    ).success  # fmt: skip


def insert_ids(store: LogStore) -> list[str]:
    return sorted(row["raw"]["insert_id"] for batch in store.scan(RAW) for row in batch)


def test_a_file_is_loaded_once_it_looks_the_same_twice_and_never_again(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    drop("export.jsonl", "{}\n")
    first = look(instance, store, None)
    second = look(instance, store, first.cursor)
    third = look(instance, store, second.cursor)
    assert not first.run_requests
    assert files(second) == ["export.jsonl"]
    assert not third.run_requests


def test_a_changed_file_is_asked_for_again_under_another_key(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    drop("export.jsonl", "{}\n")
    second = look(instance, store, look(instance, store, None).cursor)
    drop("export.jsonl", '{"more": 1}\n')
    fourth = look(instance, store, look(instance, store, second.cursor).cursor)
    requests: list[dg.RunRequest] = [*(second.run_requests or []), *(fourth.run_requests or [])]
    assert len({request.run_key for request in requests}) == 2


def test_a_file_still_being_copied_is_let_be(instance: dg.DagsterInstance, store: LogStore) -> None:
    drop(".export.jsonl.part", "{}\n")
    second = look(instance, store, look(instance, store, None).cursor)
    assert not second.run_requests
    assert json.loads(second.cursor or "") == {}


def test_what_lies_in_the_inbox_stands_in_the_store_however_often_it_changes(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    daemon = Daemon(instance, store)
    for number in (1, 2, 1, 2, 1):
        drop("export.jsonl", line(number))
        assert daemon.ticks() == ["export.jsonl"]
        assert insert_ids(store) == [f"i{number}"]


def test_a_file_whose_rows_went_with_those_of_another_that_was_overwritten_is_loaded_again(
    instance: dg.DagsterInstance, store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "SETTLES", 0.0)
    daemon, many = Daemon(instance, store), "".join(map(line, range(MANY)))
    drop("a.jsonl", many)
    daemon.ticks()
    drop("b.jsonl", many)

    def overwrite(done: int, planned: int | None) -> None:
        drop("b.jsonl", "".join(map(line, range(MANY, 2 * MANY + 7))))

    with listening(overwrite):
        assert daemon.ticks() == ["b.jsonl"]
    assert daemon.ticks() == ["a.jsonl"]
    assert store.count(RAW) == 2 * MANY + 7
    assert daemon.ticks() == []


def test_a_load_of_a_command_that_was_killed_holds_nothing_after_the_next_tick(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    for tick in (lambda: look(instance, store, None), lambda: mining(instance)):
        killed = begin(instance, "load", {run_owners.TAG: "0123456789abcdef"})
        tick()
        ended = instance.get_run_by_id(killed)
        assert ended is not None
        assert ended.status == dg.DagsterRunStatus.FAILURE


def test_the_same_content_dropped_again_starts_nothing(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    daemon = Daemon(instance, store)
    path = drop("export.jsonl", line(1))
    daemon.ticks()
    path.unlink()
    drop("export.jsonl", line(1))
    assert daemon.ticks() == []
    path.unlink()
    daemon.tick()
    drop("export.jsonl", line(1))
    assert daemon.ticks() == []


def test_a_file_whose_load_failed_is_asked_for_again_when_it_is_dropped_again(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    path = drop("export.jsonl", line(1))
    first = look(instance, store, look(instance, store, None).cursor)
    path.unlink()  # before the run began: it fails and says to drop the file there again
    drop("export.jsonl", line(1))
    again = look(instance, store, look(instance, store, first.cursor).cursor)
    assert files(again) == ["export.jsonl"]
    assert again.run_requests[0].run_key != first.run_requests[0].run_key


def test_no_more_files_a_tick_than_the_limit(instance: dg.DagsterInstance, store: LogStore) -> None:
    for number in range(FILES_A_TICK + 3):
        drop(f"{number:02d}.jsonl", line(number))
    second = look(instance, store, look(instance, store, None).cursor)
    third = look(instance, store, second.cursor)
    assert [len(files(second)), len(files(third))] == [FILES_A_TICK, 3]


def test_an_empty_file_waits_and_the_tick_says_which_and_why(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    drop("empty.jsonl", "")
    second = look(instance, store, look(instance, store, None).cursor)
    assert not second.run_requests
    assert second.skip_reason is not None
    assert "empty.jsonl is empty (0 bytes)" in str(second.skip_reason.skip_message)


def test_a_file_that_is_being_loaded_is_not_asked_for_a_second_time(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    drop("export.jsonl", line(1))
    first = look(instance, store, None)
    begun = begin(instance, "load", {"dagster/partition": "export.jsonl"})
    second = look(instance, store, first.cursor)
    assert "export.jsonl is being loaded" in str(second.skip_reason)
    end(instance, begun)
    assert files(look(instance, store, second.cursor)) == ["export.jsonl"]


def test_a_file_that_the_command_line_loaded_is_not_loaded_again(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    path = drop("export.jsonl", line(1))
    first = look(instance, store, None)
    assert load(instance, path)["stored_new"] == 1
    assert not look(instance, store, first.cursor).run_requests


def test_a_removed_file_is_an_observation_of_the_asset_and_its_rows_stay(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    daemon = Daemon(instance, store)
    path = drop("export.jsonl", line(1))
    never = drop("never-loaded.jsonl", "")
    daemon.ticks()
    path.unlink()
    never.unlink()
    result = daemon.tick()
    (told,) = result.asset_events
    assert isinstance(told, dg.AssetObservation)
    assert (told.asset_key, told.partition) == (raw_corporate_data.key, "export.jsonl")
    assert told.metadata["rows"].value == 1
    assert "export.jsonl was removed, its rows stay" in str(result.skip_reason)
    assert "never-loaded.jsonl was removed" not in str(result.skip_reason)
    assert insert_ids(store) == ["i1"]
    assert daemon.tick().asset_events == []


def test_a_removed_file_whose_load_was_killed_is_told_of_by_the_rows_that_stand(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    first, later = drop("a.jsonl", line(1)), drop("b.jsonl", line(2) + line(3))
    before = look(instance, store, None)
    for path, verbs in ((first, 1), (later, 2)):  # before and after its rows are stored
        with pytest.raises(Killed):
            load_in_place(path, Dying(store, verbs), path.name)  # type: ignore[arg-type]
        path.unlink()
    result = look(instance, store, before.cursor)
    (told,) = result.asset_events
    assert isinstance(told, dg.AssetObservation)
    assert (told.partition, told.metadata["rows"].value) == ("b.jsonl", 2)
    assert str(result.skip_reason).count("was removed") == 1


def test_a_decomposed_copy_of_a_loaded_file_takes_its_place(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    daemon = Daemon(instance, store)
    composed, decomposed = (
        unicodedata.normalize(form, "1월　é...2.jsonl") for form in ("NFC", "NFD")
    )
    drop(composed, line(1))
    assert daemon.ticks() == [composed]
    (Settings().inbox / composed).unlink()
    drop(decomposed, line(2))
    assert daemon.ticks() == [composed]
    assert insert_ids(store) == ["i2"]
    assert standing.removed(store, Settings().inbox) == []


def test_without_an_inbox_nothing_counts_as_removed(instance: dg.DagsterInstance) -> None:
    with dg.build_sensor_context(
        instance=instance, cursor='{"a": {}}', resources={"log_store": None}
    ) as context:
        result = sensors.inbox(context)
    assert isinstance(result, dg.SkipReason)
    assert "there is no folder" in str(result.skip_message)


def begin(instance: dg.DagsterInstance, job: str, tags: Mapping[str, str] = {}) -> str:
    resolved = defs.resolve_job_def(job)
    begun = instance.create_run_for_job(
        resolved, status=dg.DagsterRunStatus.STARTED, tags=dict(tags)
    )
    return begun.run_id


def end(instance: dg.DagsterInstance, run_id: str) -> None:
    begun = instance.get_run_by_id(run_id)
    assert begun is not None
    instance.report_run_canceled(begun)


def test_while_the_store_is_away_a_tick_says_so_and_the_next_one_loads_what_came(
    instance: dg.DagsterInstance, store: LogStore
) -> None:
    drop("a.jsonl", line(1))
    first = look(instance, store, None)
    away = open_log_store("mongodb://127.0.0.1:9/recwheel?serverSelectionTimeoutMS=100")
    with dg.build_sensor_context(
        instance=instance, cursor=first.cursor, resources={"log_store": away}
    ) as context:
        skipped = sensors.inbox(context)
    away.close()
    assert isinstance(skipped, dg.SkipReason)
    assert str(skipped.skip_message).endswith("; the next tick looks again")
    assert files(look(instance, store, first.cursor)) == ["a.jsonl"]
