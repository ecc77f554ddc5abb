"""The context pool: texts with a known category, split so that no part has seen another's texts.

The reference part makes the category vectors, the bots write with theirs, the judge's is for
exit criterion 3 and evaluation alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Final

from resources.errors import Mendable
from resources.options import CATEGORIES, LANGUAGES
from resources.pool_parts import keep_parts, key_of, read_parts

SHARES: Final = (0.5, 0.3, 0.2)  # reference, bots, judge
GRAM: Final = 5  # characters
NEAR: Final = 0.6  # share of the smaller text's grams above which two texts are near-duplicates
RULE: Final = f"2: {SHARES} of groups that share {NEAR} of {GRAM}-grams"  # new code: a new number
_FIELDS: Final = ("text", "category", "language")
_BLANK: Final = re.compile(r"\s+")


class ContextPoolError(Mendable, ValueError):
    """The pool cannot be read; the message names file, line and field."""


@dataclass(frozen=True, slots=True)
class Context:
    """One text of the pool. `language` is the language it is written in."""

    text: str
    category: str
    language: str
    topic: str = ""

    @property
    def hash(self) -> str:
        """32 hex digits of the text as compared (NFKC, lower case, single blanks)."""
        return hashlib.blake2b(_plain(self.text).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Pool:
    """The three parts, each in the order of its texts' hashes; no text is near one elsewhere."""

    reference: tuple[Context, ...]
    bots: tuple[Context, ...]
    judge: tuple[Context, ...]


def open_pool(folder: Path, home: Path | None = None) -> Pool:
    """The three parts of `folder`'s texts; ContextPoolError as `read_pool` has it.

    A process makes them once for files that stay as they are; all processes of a REC_HOME that
    name it make them once together.
    """
    stamps = [(file, (stat := file.stat()).st_mtime_ns, stat.st_size) for file in _files(folder)]
    return _open_pool(folder, tuple(stamps), home)


@lru_cache(maxsize=2)
def _open_pool(folder: Path, stamps: tuple[tuple[Path, int, int], ...], home: Path | None) -> Pool:
    if home is None:
        return split(read_pool(folder))
    key = key_of(_files(folder), RULE)
    texts = {context.hash: context for context in read_pool(folder)}
    kept = read_parts(home, key)
    if kept is not None and sorted(chain(*kept)) == sorted(texts):
        return Pool(*(tuple(texts[each] for each in part) for part in kept))
    pool = split(texts.values())
    keep_parts(home, key, [[c.hash for c in p] for p in (pool.reference, pool.bots, pool.judge)])
    return pool


def read_pool(folder: Path) -> list[Context]:
    """Every text of `folder/*.jsonl`, files by name; ContextPoolError when one cannot be used."""
    files = _files(folder)
    if not files:
        raise ContextPoolError(
            f"{folder} holds no .jsonl file: REC_CONTEXTS must name a folder of JSON lines with "
            "text, category and language"
        )
    return [context for file in files for context in _read_file(file)]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def split(pool: Iterable[Context]) -> Pool:
    """50/30/20 % of each category and language, in the order of the texts' hashes.

    Near-duplicates (more than 60 % of the smaller text's character 5-grams are shared) go
    together: their smallest hash decides. A text that occurs twice is kept once.
    """
    texts = {context.hash: context for context in pool}
    contexts = [texts[key] for key in sorted(texts)]
    strata: dict[tuple[str, str], list[list[Context]]] = defaultdict(list)
    for component in near_duplicates([context.text for context in contexts]):
        members = [contexts[position] for position in component]
        strata[members[0].category, members[0].language].append(members)
    parts: tuple[list[Context], ...] = ([], [], [])
    for key in sorted(strata):
        _deal(strata[key], parts)
    return Pool(*(tuple(sorted(part, key=lambda context: context.hash)) for part in parts))


def near_duplicates(texts: Sequence[str]) -> list[list[int]]:
    """Positions of the texts in groups of near-duplicates; each ascending, in order of the first.

    Prefix filtering (Chaudhuri, Ganti and Kaushik 2006): of the t grams that a near text shares,
    at most t - k lie outside a text's n - t + k rarest, so k are found among those, cheaply.
    """
    grams = [_grams(text) for text in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    for position, own in enumerate(grams):
        for gram in own:
            holders[gram].append(position)
    leader = list(range(len(texts)))
    for position, own in enumerate(grams):
        rarest = sorted(own, key=lambda gram: (len(holders[gram]), gram))
        fewest = int(NEAR * len(own)) + 1
        seen = 1 + len(own) // 10
        telling: Counter[int] = Counter()
        for gram in rarest[: len(own) - fewest + seen]:
            telling.update(holders[gram])
        for other, count in telling.items():
            if count >= seen and other != position and len(own & grams[other]) >= fewest:
                _join(leader, position, other)
    groups: dict[int, list[int]] = defaultdict(list)
    for position in range(len(texts)):
        groups[_find(leader, position)].append(position)
    return [groups[first] for first in sorted(groups)]


def _deal(components: list[list[Context]], parts: tuple[list[Context], ...]) -> None:
    """Put each component where the middle of its texts falls on a line cut at 50 and 80 %."""
    total, dealt = sum(map(len, components)), 0
    for component in components:
        middle = (dealt + len(component) / 2) / total
        part = 0 if middle < SHARES[0] else 1 if middle < SHARES[0] + SHARES[1] else 2
        parts[part].extend(component)
        dealt += len(component)


def _plain(text: str) -> str:
    return _BLANK.sub(" ", unicodedata.normalize("NFKC", text)).strip().lower()


def _grams(text: str) -> set[str]:
    plain = _plain(text)
    return {plain[i : i + GRAM] for i in range(max(1, len(plain) - GRAM + 1))}


def _find(leader: list[int], position: int) -> int:
    while leader[position] != position:
        leader[position] = leader[leader[position]]
        position = leader[position]
    return position


def _join(leader: list[int], one: int, other: int) -> None:
    first, second = sorted((_find(leader, one), _find(leader, other)))
    leader[second] = first


def _read_file(file: Path) -> Iterator[Context]:
    with file.open(encoding="utf-8-sig") as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _context(line, f"{file.name}, line {number}")
        except UnicodeDecodeError as error:
            raise ContextPoolError(f"{file.name} is not UTF-8 text: {error.reason}") from None


def _context(line: str, where: str) -> Context:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ContextPoolError(
            f"{where} is not JSON: {error.msg} at column {error.colno}"
        ) from None
    if not isinstance(row, dict):
        raise ContextPoolError(f"{where} is not an object with text, category and language")
    for field in _FIELDS:
        if not isinstance(row.get(field), str) or not row[field].strip():
            raise ContextPoolError(f"{where}: {field} is missing or not a text")
    for field, allowed in (("category", CATEGORIES), ("language", LANGUAGES)):
        if row[field] not in allowed:
            raise ContextPoolError(
                f"{where}: {field} is {row[field]!r}; it must be one of {', '.join(allowed)}"
            )
    return Context(row["text"], row["category"], row["language"], str(row.get("topic") or ""))
