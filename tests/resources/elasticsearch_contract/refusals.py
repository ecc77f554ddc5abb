"""An error as Elasticsearch answers it."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A status with type and reason, as the whole answer or as that of one bulk item."""

    def __init__(self, status: int, kind: str, reason: str, **more: Any) -> None:
        super().__init__(reason)
        self.status, self.kind, self.reason, self.more = status, kind, reason, more

    @property
    def error(self) -> dict[str, Any]:
        return {"type": self.kind, "reason": self.reason, **self.more}

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"root_cause": [self.error], **self.error}, "status": self.status}


def illegal(reason: str) -> Refusal:
    """An argument that cannot be used."""
    return Refusal(400, "illegal_argument_exception", reason)


def missing_index(name: str) -> Refusal:
    """There is no index or alias of that name."""
    return Refusal(404, "index_not_found_exception", f"no such index [{name}]", index=name)
