"""Live sessions for a day: chains that bots made on a wheel, as if people had made them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from resources.log_store import LogStore
from resources.records import COLLECTIONS, Row
from tests.benchmarks.cloned_rows import clone

LETTERS = "ABCD"


def add_live_sessions(
    made: LogStore, target: LogStore, day: str, numbers: Sequence[int], users: int = 20
) -> None:
    """Chains of `made`, one for each number, on `day`, dealt to so many users of their own."""
    chains: defaultdict[str, list[tuple[str, Row]]] = defaultdict(list)
    for letter in LETTERS:
        for batch in made.scan(COLLECTIONS[letter]):
            for row in batch:
                key = row["_id"] if letter == "A" else row["source_recommend_event_id"]
                chains[key].append((letter, row))
    contexts = {row["_id"]: row for batch in made.scan(COLLECTIONS["E"]) for row in batch}
    of_chain = [chains[key] for key in sorted(chains)]
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for number in numbers:
        user = f"person-{number % users:03d}"
        for letter, row in of_chain[number % len(of_chain)]:
            rows[letter].append({**clone(row, number, user, day), "origin": "live"})
            if letter == "A":
                block = contexts[row["context_hash"]]
                rows["E"].append({**clone(block, number, user, day), "origin": "live"})
    for letter, of_letter in rows.items():
        target.append(COLLECTIONS[letter], of_letter).whole()
