"""Who may call: API keys with a role. Hashes at rest, own copies of the keys for this machine.

`REC_HOME/keys/api_keys.json` holds sha256 hashes with their roles, `{role}.key` the machine's own
copies; all 0600 in a folder that is 0700. A key has 256 random bits, so a plain hash is enough.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fastapi.requests import HTTPConnection
from fastapi.security import APIKeyHeader

from rec_api.contracts import Request as Body
from rec_api.problems import Problem
from resources.whole_files import write_whole

ROLES: Final = ("app", "simulator", "admin")
SIMULATOR: Final = "simulator"


class Keys:
    """The keys of one REC_HOME, made on first use."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "keys"
        self._file = self._folder / "api_keys.json"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(self._folder / "lock"):
            if not self._file.exists():
                self._make()
        self._read()

    def role_of(self, key: str) -> str | None:
        """The key's role, or None; keys added to the file since are found too."""
        role = self._compare(key)
        if role is None and self._file.stat().st_mtime_ns != self._seen:
            self._read()
            role = self._compare(key)
        return role

    def own(self, role: str) -> str:
        """This machine's own key of a role."""
        return (self._folder / f"{role}.key").read_text(encoding="ascii").strip()

    def _compare(self, key: str) -> str | None:
        offered, role = _hash(key), None
        for known, its_role in self._roles:  # all of them: the time tells nothing
            if hmac.compare_digest(known, offered):
                role = its_role
        return role

    def _read(self) -> None:
        self._seen = self._file.stat().st_mtime_ns
        entries = json.loads(self._file.read_text(encoding="utf-8"))["keys"]
        self._roles = [(entry["sha256"], entry["role"]) for entry in entries]

    def _make(self) -> None:
        keys = {role: secrets.token_urlsafe(32) for role in ROLES}
        for role, key in keys.items():
            write_whole(self._folder / f"{role}.key", key + "\n", mode=0o600)
        entries = [{"role": role, "sha256": _hash(key)} for role, key in keys.items()]
        write_whole(self._file, json.dumps({"keys": entries}, indent=2) + "\n", mode=0o600)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class ApiKey(APIKeyHeader):
    """The dependency that every call to people's data has; /docs shows it."""

    async def __call__(self, request: HTTPConnection) -> str:
        """The caller's role; 401 without a key that is known here."""
        key = request.headers.get(self.model.name)
        if not key:
            raise _unknown("there is no X-API-Key header")
        role: str | None = request.app.state.service.keys.role_of(key)
        if role is None:
            raise _unknown("the X-API-Key is not known here")
        return role


caller: Final = ApiKey(
    name="X-API-Key", scheme_name="APIKeyHeader", description="`recwheel key` prints it."
)


def _unknown(found: str) -> Problem:
    sentence = f"{found}: send the key that `recwheel key` prints"
    return Problem(401, sentence, headers={"WWW-Authenticate": "X-API-Key"})


def check_fields(role: str, body: Body) -> None:
    """403 when a role other than simulator sets a field that only bots need."""
    if role == SIMULATOR:
        return
    for field in body.simulator_only:
        value = getattr(body, field)
        if value is not None and value is not True:  # `1 in (None, True)` would let 1 pass
            sentence = f"{field} may be set with the role simulator only: leave it out"
            raise Problem(403, sentence, field)
