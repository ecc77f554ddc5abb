"""How an address of a server is shown to people."""

from __future__ import annotations


def without_secrets(url: str) -> str:
    """The URL's scheme and hosts (or socket path): no user, password or options."""
    scheme, separator, rest = url.partition("://")
    return scheme + separator + rest.rpartition("@")[2].partition("?")[0]
