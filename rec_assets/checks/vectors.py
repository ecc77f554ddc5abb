"""Embeddings of a day: of one length, by one encoder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from rec_assets.checks.finding import Finding
from resources.records import Row

FLOAT_BYTES: Final = 4
Kind = tuple[str, int]  # encoder version, dimensions


def lighten(rows: Iterable[Row], kinds: Counter[Kind]) -> Iterator[Row]:
    """The rows without their embedding, which is counted by encoder version and dimensions."""
    for row in rows:
        packed = row.pop("embedding")
        if packed is not None:
            kinds[str(row["encoder_version"]), dimensions(packed)] += 1
        yield row


def dimensions(packed: str) -> int:
    """How many float32 the base64 holds; −1 where its length is that of no such vector."""
    whole, remainder = divmod(len(packed) * 3 // 4 - packed[-2:].count("="), FLOAT_BYTES)
    return -1 if remainder or len(packed) % 4 else whole


def vector_finding(examples: Counter[Kind], blocks: Counter[Kind], without: int) -> Finding:
    """H holds vectors of one encoder and one length; E of one length for each encoder.

    E may hold several encoders' rightly: a text that is asked for again after the encoder was
    changed has its vector made anew. `without` are rows of H that hold none.
    """
    figures: dict[str, Any] = {
        "examples": {
            f"{version}, {length}": n for (version, length), n in sorted(examples.items())
        },
        "context_blocks": {
            f"{version}, {length}": n for (version, length), n in sorted(blocks.items())
        },
        "examples_without": without,
        "kinds_allowed_in_h": 1,
    }
    wrong = []
    if len(examples) > 1:
        wrong.append(f"H holds vectors of {len(examples)} kinds ({_kinds(examples)})")
    versions = Counter(version for version, _ in blocks | examples)
    for version in sorted(v for v, kinds in versions.items() if kinds > 1 and len(examples) <= 1):
        wrong.append(f"vectors of {version} have several lengths")
    if any(length < 1 for _, length in blocks | examples):
        wrong.append("a vector is no float32 array")
    if wrong:
        return Finding(False, "; ".join(wrong), figures)
    sound = f"{examples.total():,} examples hold vectors of {_kinds(examples)}"
    return Finding(True, sound if examples else "no example holds a vector", figures)


def _kinds(kinds: Counter[Kind]) -> str:
    return ", ".join(
        f"{version} with {length} dimensions ({number:,})"
        for (version, length), number in sorted(kinds.items())
    )


def _by_name(kinds: Counter[Kind]) -> dict[str, int]:
    return {f"{version}, {length}": n for (version, length), n in sorted(kinds.items())}
