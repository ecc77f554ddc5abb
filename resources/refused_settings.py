"""Settings that were refused, as a person is told of them: by variable, without a secret."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from resources.settings import Settings

QUOTED: Final = (int, float, bool)  # settings of these kinds: a text may hold a password


def refused(error: ValidationError) -> str:
    """A sentence for each setting: its variable, what was found where it holds no text, and why."""
    return "; ".join(_sentence(one) for one in error.errors(include_url=False))


def _sentence(one: ErrorDetails) -> str:
    name = ".".join(str(part) for part in one["loc"])
    field = Settings.model_fields.get(name)
    found = f" is {one['input']}" if field is not None and field.annotation in QUOTED else ""
    return f"REC_{name.upper()}{found}: {one['msg'].removeprefix('Value error, ')}"
