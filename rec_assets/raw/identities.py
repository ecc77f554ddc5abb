"""Joins the device-only and the logged-in ids of one person, where the data join them."""

from __future__ import annotations

from typing import Final, NamedTuple

from rec_assets.raw.kinds import EVENT, HISTORY, Reading, identity
from rec_assets.raw.spellings import DEVICE_PREFIX

_SHARED: Final = ""  # no user id is blank


class Who(NamedTuple):
    """What a row says of its person; at least one of both is there in a usable row."""

    user: str | None
    device: str | None


def who_of(reading: Reading) -> Who:
    """The account and the device of a row; a `$device:` id is a device, any other an account."""
    fields = reading.fields
    if reading.kind == HISTORY:
        return Who(identity(fields.get("user")), None)
    if reading.kind != EVENT:
        return Who(None, None)
    user, device = identity(fields.get("user_id")), identity(fields.get("device_id"))
    distinct = identity(fields.get("distinct_id"))
    if distinct and distinct.startswith(DEVICE_PREFIX):
        return Who(user, device or distinct.removeprefix(DEVICE_PREFIX))
    return Who(user or distinct, device)


class Identities:
    """Learns from all rows first, then names each row's person."""

    def __init__(self) -> None:
        self._user_of: dict[str, str] = {}

    def learn(self, who: Who) -> None:
        """Note that this account was seen on this device."""
        if who.user and who.device:
            known = self._user_of.setdefault(who.device, who.user)
            if known != who.user:
                # Two accounts at one machine: nobody can tell whose the other rows are.
                self._user_of[who.device] = _SHARED

    def person(self, who: Who) -> tuple[str, str]:
        """A key that is the same for all rows of one person; it must not leave this package."""
        user = who.user or self._user_of.get(who.device or "")
        return ("user", user) if user else ("device", who.device or "")

    @property
    def shared_devices(self) -> int:
        """Devices on which several accounts were seen."""
        return sum(user == _SHARED for user in self._user_of.values())
