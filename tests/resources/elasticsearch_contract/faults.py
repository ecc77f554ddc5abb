"""What goes wrong on request: rejected items, dropped connections, slowness, a killed node."""

from __future__ import annotations

import os
import random
import signal
from dataclasses import dataclass, field, fields
from typing import Any

from tests.resources.elasticsearch_contract.refusals import Refusal

NO_ROOM = "rejected execution of primary operation [coordinating_operations=1, queue capacity=1]"


class Dropped(Exception):
    """The connection ends without an answer."""


@dataclass
class Faults:
    """Percentages are of bulk items or bulk requests, drawn from the seed."""

    items: float = 0  # rejected with 429 and not applied
    before: float = 0  # connection dropped before the request is applied
    after: float = 0  # ... after it was applied
    busy: float = 0  # the whole request answered with 429
    slow_s: float = 0  # before every answer
    kill_before: list[int] = field(default_factory=list)  # n-th bulk: the node kills itself
    kill_after: list[int] = field(default_factory=list)  # ... once it was applied
    seed: int = 1

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)
        self.told = {"bulks": 0, "items": 0, "rejected": 0, "dropped": 0}

    def become(self, wanted: dict[str, Any]) -> None:
        """Take other percentages from here on; what is not named is none."""
        told = self.told
        self.__init__(**wanted)  # type: ignore[misc]
        self.told = told

    @classmethod
    def names(cls) -> set[str]:
        return {one.name for one in fields(cls)}

    def begin(self) -> None:
        """A bulk request came."""
        self.told["bulks"] += 1
        if self.told["bulks"] in self.kill_before:
            os.kill(os.getpid(), signal.SIGKILL)
        self._drop(self.before)
        if self._happens(self.busy):
            raise Refusal(429, "es_rejected_execution_exception", NO_ROOM)

    def end(self) -> None:
        """It was applied."""
        if self.told["bulks"] in self.kill_after:
            os.kill(os.getpid(), signal.SIGKILL)
        self._drop(self.after)

    def item(self) -> None:
        """One of its items is about to be applied."""
        self.told["items"] += 1
        if self._happens(self.items):
            self.told["rejected"] += 1
            raise Refusal(429, "es_rejected_execution_exception", NO_ROOM)

    def _drop(self, percent: float) -> None:
        if self._happens(percent):
            self.told["dropped"] += 1
            raise Dropped

    def _happens(self, percent: float) -> bool:
        return percent > 0 and self._draw.random() * 100 < percent
