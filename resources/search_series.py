"""What a series of monthly indices is: its alias, its names, its mapping and template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from resources.records import Row


@dataclass(frozen=True)
class Series:
    """Monthly indices behind one alias for one kind of row.

    `fields` maps each field of a row; `key` is the keyword that repeats `_id`, because a server
    sorts by no `_id`; `day` and `user_id` are keywords among them.
    """

    alias: str
    fields: Mapping[str, Mapping[str, object]]
    key: str

    def index_of(self, day: str) -> str:
        """The index of the day's month: `alias-2026.01`."""
        return f"{self.alias}-{day[:4]}.{day[5:7]}"

    @property
    def mappings(self) -> Row:
        """What an index takes: these fields and no others."""
        return {"dynamic": "strict", "properties": {k: dict(v) for k, v in self.fields.items()}}

    @property
    def template(self) -> Row:
        """What a new index of the series is made of."""
        settings = {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",  # a single node can hold no second copy
            "mapping": {"coerce": False},  # "3" is no integer
        }
        aliases: Row = {self.alias: {}}
        return {"settings": settings, "mappings": self.mappings, "aliases": aliases}
