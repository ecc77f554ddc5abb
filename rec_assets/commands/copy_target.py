"""Where `recwheel copy --to` leads: a URL or a file, and the store that is opened there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from resources.errors import Mendable
from resources.log_store import LogStore, StoreUnavailable, open_log_store

SCHEMES: Final = ("sqlite", "mongodb", "mongodb+srv")
_SCHEME: Final = re.compile(r"[a-z][a-z+]{0,20}")  # what is none may be a password's piece


class CopyFailed(Mendable, RuntimeError):
    """The state could not be copied; the message says what to do."""


def target_url(to: str) -> str:
    """`--to` as a log store's URL: a path is a SQLite file. CopyFailed for another scheme."""
    scheme, separator, rest = to.partition("://")
    if not separator and "@" in to:  # a URL that was mistyped: no file may bear its password
        raise CopyFailed(
            "--to holds an @ and no ://, it is taken for neither a URL nor a file: write "
            "mongodb://<user>:<password>@<host>/<database>, or sqlite:///<file>"
        )
    if not separator:
        return f"sqlite:///{Path(to).resolve()}"
    if scheme == "sqlite" and rest.startswith("/") and rest != "/":
        return f"sqlite:///{Path(rest[1:]).resolve()}"
    if scheme == "sqlite" or scheme not in SCHEMES:
        told = repr(scheme) if _SCHEME.fullmatch(scheme) else "of no known form"
        raise CopyFailed(
            f"--to has the scheme {told}: it must be mongodb://<host>/<database>, "
            "sqlite:///<file> or the path of a file"
        )
    return to


def open_target(url: str) -> LogStore:
    """The store at the URL, answering; CopyFailed with its own sentence."""
    try:
        store = open_log_store(url)
        store.ping()
    except (StoreUnavailable, ValueError) as error:
        sentence = str(error).replace("REC_LOG_URL", "--to")
        raise CopyFailed(f"nothing was copied. {sentence}") from None
    return store
