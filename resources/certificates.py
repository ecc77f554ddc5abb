"""Whom a TLS connection trusts."""

from __future__ import annotations

import ssl
from pathlib import Path

from resources.errors import SettingError


def trusting(authority: Path | None) -> ssl.SSLContext:
    """A context that trusts the authority's certificates, or the machine's own.

    SettingError when the file holds none.
    """
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise SettingError(
            f"REC_ELASTICSEARCH_CA {authority} cannot be read as certificates "
            f"({type(error).__name__}): it must be a PEM file"
        ) from None
