"""Bulk requests with patience: what is rejected for now goes again, what is refused is named."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from resources.log_store import Refused
from resources.records import Row
from resources.search_patience import BUSY, Patience, patiently

ACTIONS: Final = 500  # of one request, as the client's own helper has it
REQUEST_BYTES: Final = 8 << 20  # of one request; a server takes 100 MiB, a proxy before it less
REASON: Final = 200  # characters of a server's reason that are shown
TOO_LARGE, NOT_FOUND = 413, 404
# The type of a 400 for the whole request in which a single row may be at fault: an id of more than
# 512 bytes. Any other 400 is the request's own fault.
NOT_VALID: Final = "action_request_validation_exception"


@dataclass
class Sent:
    """What a server took: rows written, rows removed, and rows that it will never take."""

    written: int = 0
    removed: int = 0
    refused: list[Refused] = field(default_factory=list)


class Rejected(Exception):
    """Rows that a server had no room for, however often they were sent."""


def send(client: Any, actions: Iterable[Row], patience: Patience) -> Sent:
    """Send every action (`_op_type`, `_index`, `_id`, `_source`); what became of them.

    Each names its `_id` and no version, so that one that is sent twice is done once. Rejected when
    a row finds no room; errors of the client when the server stays away.
    """
    sent, remaining = Sent(), iter(actions)
    while batch := list(islice(remaining, ACTIONS)):
        _send_batch(client, batch, patience, sent)
    return sent


def _send_batch(client: Any, batch: Sequence[Row], patience: Patience, sent: Sent) -> None:
    waiting = list(batch)
    for pause in patience.pauses():
        time.sleep(pause)
        waiting = _once(client, waiting, patience, sent)
        if not waiting:
            return
    raise Rejected(f"{len(waiting)} rows, {waiting[0]['_id']} first, were rejected every time")


def _once(client: Any, actions: list[Row], patience: Patience, sent: Sent) -> list[Row]:
    """Send them once; those that the server asks to send again."""
    from elasticsearch import ApiError
    from elasticsearch.helpers import streaming_bulk

    def request() -> list[tuple[bool, Row]]:
        results = streaming_bulk(
            client,
            actions,
            chunk_size=ACTIONS,
            max_chunk_bytes=REQUEST_BYTES,
            raise_on_error=False,
        )
        return list(results)  # whole, or sent again as a whole: nothing is counted twice

    try:
        results = patiently(patience, request)
    except ApiError as error:
        if error.status_code != TOO_LARGE and not _names_a_row(error.body):
            raise
        if len(actions) > 1:
            return _halves(client, actions, patience, sent)
        (action,) = actions
        sent.refused.append(Refused(action["_id"], _whole_reason(error, action["_id"])))
        return []
    again = []
    for action, (taken, item) in zip(actions, results, strict=True):
        ((kind, told),) = item.items()
        if told["status"] in BUSY:
            again.append(action)
        elif kind == "delete" and (taken or told["status"] == NOT_FOUND):
            sent.removed += 1
        elif taken:
            sent.written += 1
        else:
            sent.refused.append(Refused(action["_id"], _reason(told)))
    return again


def _halves(client: Any, actions: list[Row], patience: Patience, sent: Sent) -> list[Row]:
    """Send in two what was refused as a whole, so that no row but the one at fault stays behind."""
    middle = len(actions) // 2
    parts = (actions[:middle], actions[middle:])
    return [left for part in parts for left in _once(client, part, patience, sent)]


def _names_a_row(body: Any) -> bool:
    error = body.get("error") if isinstance(body, dict) else None
    return isinstance(error, dict) and error.get("type") == NOT_VALID


def _whole_reason(error: Any, identity: str) -> str:
    """Why a request of one row was refused; its id is told beside it, and may be long."""
    if error.status_code == TOO_LARGE:
        return "larger than the server takes (413)"
    told = error.body["error"]
    return f"{told['type']}: {told.get('reason')}".replace(identity, "…")[:REASON]


def _reason(told: Row) -> str:
    error = told.get("error")
    if not isinstance(error, dict):
        return f"status {told['status']}"
    return f"{error.get('type')}: {error.get('reason')}"[:REASON]
