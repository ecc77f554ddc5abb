"""Log lines: one JSON object each. Fields come from `extra`; nobody's text or key is among them."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_COLORED: Final = "color_message"  # uvicorn's copy of the message


class JsonLines(logging.Formatter):
    """time, level, logger, message and the fields of `extra`; of an exception its kind alone."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        created = datetime.fromtimestamp(record.created, tz=UTC)
        line: dict[str, object] = {
            "time": created.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        extra = vars(record).items()
        line |= {k: v for k, v in extra if k not in _STANDARD and k != _COLORED}
        return json.dumps(line, ensure_ascii=False, default=str)


def configure() -> None:
    """Send every logger's lines to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses
