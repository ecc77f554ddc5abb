"""Days of any size out of real rows: a small day through the real service, its chains cloned.

A clone differs from the chain that the service wrote in its ids, its user and its day alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

from resources.log_store import LogStore
from resources.records import COLLECTIONS, DRAWN_FROM, PERSONAS, PROTOTYPES, Row
from resources.row_keys import shard_of
from resources.settings import REPOSITORY
from resources.sqlite_log_store import SqliteLogStore
from tests.rec_assets.wheel import DAYS, wheel

DAY: Final = DAYS[0]
SESSIONS, USERS = 400, 60  # of the small day
CHAIN: Final = "ABCDEI"
IDS: Final = (
    "_id", "recommend_session_id", "source_recommend_event_id", "source_paraphrase_event_id",
    "correction_history_id", "context_hash",
)  # fmt: skip
DAY_MS: Final = 86_400_000
AT_ONCE: Final = 2_000


def make_small_day(folder: Path) -> None:
    """Let bots make a day of rows over HTTP, and H of it; REC_START must be DAY."""
    with wheel(folder, sessions=SESSIONS, users=USERS, days=1) as made:
        made.complete(DAY, only=("simulated_traffic", "training_examples"))


class SmallDay:
    """The rows of a day that bots made over HTTP, by letter and by A."""

    def __init__(self, folder: Path) -> None:
        """Runs the day in the folder, in a process that knows when the wheel begins."""
        environment = {**os.environ, **wheel_environment(folder)}
        made = (
            "import sys, pathlib; from tests.benchmarks.cloned_rows import make_small_day as make"
        )
        subprocess.run(
            [sys.executable, "-c", f"{made}; make(pathlib.Path(sys.argv[1]))", str(folder)],
            cwd=REPOSITORY, env=environment, check=True, stdout=sys.stderr,
        )  # fmt: skip
        store = SqliteLogStore(folder / "recwheel.sqlite")
        self._keep(store)
        store.close()

    def _keep(self, store: LogStore) -> None:
        self.made_once = {
            name: [row for batch in store.scan(name) for row in batch]
            for name in (PERSONAS, DRAWN_FROM, PROTOTYPES)
        }
        self.examples = [row for batch in store.scan(COLLECTIONS["H"]) for row in batch]
        rows = {
            letter: [row for batch in store.scan(COLLECTIONS[letter]) for row in batch]
            for letter in CHAIN
        }
        of_chain: defaultdict[str, list[tuple[str, Row]]] = defaultdict(list)
        blocks = {row["_id"]: row for row in rows["E"]}
        for event in rows["A"]:
            of_chain[event["_id"]] += [("A", event), ("E", blocks[event["context_hash"]])]
        for letter in "BCD":
            for row in rows[letter]:
                of_chain[row["source_recommend_event_id"]].append((letter, row))
        for row in rows["I"]:
            of_chain[row["_id"]].append(("I", row))
        self.chains = [of_chain[key] for key in sorted(of_chain)]

    def write_chains(
        self, store: LogStore, sessions: int, users: int, day: str = DAY, first: int = 0
    ) -> None:
        """A, B, C, D, E and I of sessions numbered from `first`, dealt to so many users."""
        self._write_once(store)
        numbers = iter(range(first, first + sessions))
        while part := list(islice(numbers, AT_ONCE)):
            rows: defaultdict[str, list[Row]] = defaultdict(list)
            for number in part:
                for letter, row in self.chains[number % len(self.chains)]:
                    rows[letter].append(clone(row, number, _user(number, users), day))
            for letter, of_letter in rows.items():
                store.append(COLLECTIONS[letter], of_letter).whole()

    def write_examples(self, store: LogStore, sessions: int, users: int, day: str = DAY) -> None:
        """H alone of so many sessions that all ran a paraphrase: each user has a row in G."""
        self._write_once(store)
        store.append(COLLECTIONS["H"], self._examples(sessions, users, day)).whole()

    def _examples(self, sessions: int, users: int, day: str) -> Iterator[Row]:
        executed = [row for row in self.examples if row["executed"]]
        for number in range(sessions):
            row = executed[number % len(executed)]
            yield clone(row, number, _user(number, users), day)

    def _write_once(self, store: LogStore) -> None:
        for name, rows in self.made_once.items():
            store.put(name, rows).whole()


def clone(row: Row, number: int, user: str, day: str) -> Row:
    """The row as of another session, user and day."""
    mark = f"{number:08x}"
    ids = {name: f"{row[name][:-8]}{mark}" for name in IDS if isinstance(row.get(name), str)}
    later = (date.fromisoformat(day) - date.fromisoformat(row["day"])).days * DAY_MS
    return {
        **row,
        **ids,
        "user_id": user,
        "shard": shard_of(user),
        "created_at": row["created_at"] + later,
        "day": day,
        "arrived_on": day,
    }


def _user(number: int, users: int) -> str:
    """Users in turn, every second time only the first half of them: people differ."""
    turn, place = divmod(number, users)
    return f"sim-{1 + place // (1 + turn % 2):05d}"


def wheel_environment(home: Path, **settings: object) -> dict[str, str]:
    """The environment of a process that works on these days."""
    wanted = {"home": home, "start": DAY, "seed": 3, "days": 1, **settings}
    return {f"REC_{name.upper()}": str(value) for name, value in wanted.items()}


def asset_step(assets: Sequence[str], day: str = DAY) -> dict[str, object]:
    """Materialize these assets with their checks; what they report in numbers."""
    import dagster as dg

    from rec_assets.commands.turn import QUIET, why_failed
    from rec_assets.definitions import defs

    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("wheel").execute_in_process(
            instance=instance,
            partition_key=day,
            run_config=QUIET,
            raise_on_error=False,
            asset_selection=[dg.AssetKey(name) for name in assets],
        )
        if not result.success:
            raise RuntimeError(why_failed(result))
        (made,) = result.asset_materializations_for_node(assets[-1])
        rows = made.metadata.get("dagster/row_count")
        return {"rows": 0 if rows is None else rows.value}
