"""Secrets that travel in a header of HTTP: checked before a client could quote one in its error."""

from __future__ import annotations

from pydantic import SecretStr

from resources.errors import SettingError


def sendable(setting: str, secret: SecretStr) -> str:
    """The secret without space around it, as a file's last line break; empty where none is set.

    SettingError, which names the setting alone, when no header can hold it (RFC 9110 5.5).
    """
    value = secret.get_secret_value().strip()
    if value.isascii() and value.isprintable():
        return value
    raise SettingError(
        f"{setting} holds a line break or another character that no HTTP header can carry: set it "
        "anew, in printable ASCII alone"
    )
