"""One layer of a row in our names: rows of one make have the same keys, and are read by shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final, NamedTuple

from resources.records import Row

SHAPES: Final = 1_000  # of keys that are remembered; a make has a few dozen


class _Shape(NamedTuple):
    """Where our names lie in a layer with certain keys."""

    single: tuple[str, ...]  # ours that have one spelling there
    values: Callable[[Row], tuple[Any, ...]]  # theirs, in the same order
    several: tuple[tuple[str, tuple[str, ...]], ...]  # ours ← its spellings, the first one first
    translated: tuple[tuple[str, Mapping[str, str]], ...]  # ours, and our word for each of theirs


class LayerReader:
    """Reads layers by a table of spellings (ours ← theirs, the first that is not null wins).

    `words` has for a name our word for each of theirs; other words are only stripped and lowered.
    """

    def __init__(
        self,
        fields: Mapping[str, tuple[str, ...]],
        words: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._fields, self._words = fields, words
        self._spellings = frozenset(spelling for names in fields.values() for spelling in names)
        self._shapes: dict[tuple[str, ...], _Shape] = {}

    def known(self, layer: Row) -> Row:
        """Our names → values, those that are there and not null."""
        keys = tuple(layer)
        shape = self._shapes.get(keys) or self._learn(keys)
        values = shape.values(layer)
        known = dict(zip(shape.single, values))  # noqa: B905 - strict costs a third more; _learn pairs them
        if None in values:
            known = {ours: value for ours, value in known.items() if value is not None}
        for ours, spellings in shape.several:
            given = (value for theirs in spellings if (value := layer[theirs]) is not None)
            if (value := next(given, None)) is not None:
                known[ours] = value
        for ours, words in shape.translated:
            if isinstance(value := known.get(ours), str):
                known[ours] = words.get(value) or _in_our_words(value, words)
        return known

    def _learn(self, keys: tuple[str, ...]) -> _Shape:
        # The row's own strings: the parser gives the same ones again, and is them is sooner said
        # than equals them.
        there = {key: key for key in keys if key in self._spellings}
        found = {o: [there[n] for n in names if n in there] for o, names in self._fields.items()}
        single = {ours: names[0] for ours, names in found.items() if len(names) == 1}
        shape = _Shape(
            tuple(single),
            _getter(tuple(single.values())),
            tuple((ours, tuple(names)) for ours, names in found.items() if len(names) > 1),
            tuple(
                (ours, self._words[ours])
                for ours, names in found.items()
                if names and ours in self._words
            ),
        )
        if len(self._shapes) >= SHAPES:  # keys that are data: each row has others
            self._shapes.clear()
        self._shapes[keys] = shape
        return shape


def _getter(names: tuple[str, ...]) -> Callable[[Row], tuple[Any, ...]]:
    """What takes the values of these names out of a row: itemgetter, for any number of them."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: tuple(row[name] for name in names)


def _in_our_words(value: str, words: Mapping[str, str]) -> str:
    word = value.strip().lower()
    return words.get(word, word)
