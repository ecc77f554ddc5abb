"""How an address of a server is shown to people."""

from __future__ import annotations

import re
from typing import Final

import httpx

_HOST: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d+)?|")
HIDDEN: Final = "…"
LAST_PORT: Final = 65_535


def is_web_address(url: str) -> bool:
    """Whether requests can be sent there: http or https, a host, a port that there is or none."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:  # its message may hold a part of a password
        return False
    place = parts.netloc.decode("ascii")
    there = parts.port is None or 0 < parts.port <= LAST_PORT
    return parts.scheme in ("http", "https") and bool(place and _HOST.fullmatch(place)) and there


def without_secrets(url: str) -> str:
    """The URL's scheme and hosts (or socket path): no user, password or options.

    What is no host, port or path comes out as `…`: it may be a password in the wrong place.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "(an address without ://)"
    hosts, slash, path = rest.partition("?")[0].rpartition("@")[2].partition("/")
    shown = (host if _HOST.fullmatch(host) else HIDDEN for host in hosts.split(","))
    hidden = ":" in path and scheme != "sqlite"
    return scheme + separator + ",".join(shown) + slash + (HIDDEN if hidden else path)
