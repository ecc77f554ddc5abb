"""How an address of a server is shown to people."""

from __future__ import annotations

import re
from typing import Final

_HOST: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d+)?|")
HIDDEN: Final = "…"


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
