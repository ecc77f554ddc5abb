"""How an export's words become ours: what every make calls things, and what a mapping adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rec_assets.raw.layers import LayerReader
from rec_assets.raw.spellings import EVENTS, FIELDS, LANGUAGES, NESTS
from resources.options import CATEGORIES, CATEGORY_SYNONYMS, INTENSITIES
from resources.options import LANGUAGES as OUR_LANGUAGES
from resources.records import Row

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "category": CATEGORIES,
    "intensity": INTENSITIES,
    "language": OUR_LANGUAGES,
}
_SYNONYMS: Final = {"category": CATEGORY_SYNONYMS, "intensity": {}, "language": LANGUAGES}


class Vocabulary:
    """Spellings of fields, of values and of events; a mapping's own come before the known ones.

    `fields` is ours by theirs (a dot leads into nested objects), `values` for category, intensity
    and language ours by theirs (as text, any case), `events` our event names by theirs.
    """

    def __init__(
        self,
        fields: Mapping[str, str] | None = None,
        values: Mapping[str, Mapping[str, str]] | None = None,
        events: Mapping[str, str] | None = None,
    ) -> None:
        own = {ours: _spelt(ours, fields or {}) for ours in FIELDS}
        self._fields = {ours: (*own[ours], *names) for ours, names in FIELDS.items()}
        self._paths = [
            (ours, theirs.split(".")) for ours in own for theirs in own[ours] if "." in theirs
        ]
        self._mapped = {
            ours: {word.strip().lower(): option for word, option in words.items()}
            for ours, words in (values or {}).items()
        }
        self._words = {
            ours: {**dict(zip(words, words, strict=True)), **_SYNONYMS[ours]}
            | self._mapped.get(ours, {})
            for ours, words in OPTIONS.items()
        }
        self._layers = LayerReader(self._fields, self._words)
        self._events = {**EVENTS, **{theirs: EVENTS[o] for theirs, o in (events or {}).items()}}

    def flat(self, raw: Row) -> Row:
        """Our names → values. Outer fields come before nested ones; `_id` stays `_id`."""
        fields = self._layers.known(raw)
        for nest in NESTS:
            if isinstance(inner := raw.get(nest), dict):
                fields = self._layers.known(inner) | fields
        if self._paths or self._mapped:
            self._add_mapped(raw, fields)
        fields["_id"] = raw.get("_id")
        return fields

    def action(self, event: str) -> str | None:
        """Run, selection or visit; None for an event that we do not use."""
        return self._events.get(event)

    def ours(self, spelling: str) -> list[str]:
        """What a field of this spelling may be, in our names."""
        return [ours for ours, names in self._fields.items() if spelling in names]

    def nested(self, raw: Row) -> Iterator[tuple[str, list[str], object]]:
        """Our name, the steps of its path and its value, for each path that leads to one."""
        for ours, path in self._paths:
            value: object = raw
            for step in path:
                value = value.get(step) if isinstance(value, dict) else None
            if value is not None:
                yield ours, path, value

    def _add_mapped(self, raw: Row, fields: Row) -> None:
        for ours, _, inner in reversed([*self.nested(raw)]):  # the first path that leads wins
            fields[ours] = inner
        for ours, words in self._words.items():
            value = fields.get(ours)
            if isinstance(value, str | int) and not isinstance(value, bool):
                word = str(value).strip().lower()  # codes may be numbers: 3 for strong
                fields[ours] = words.get(word, word if isinstance(value, str) else value)


def _spelt(ours: str, fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(theirs for theirs, name in fields.items() if name == ours)


OWN: Final = Vocabulary()
