"""Which errors a command ends with in a sentence, and what it says when the disk is to blame."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from resources.disk import why_not_written as why_not_written_to
from resources.errors import Mendable
from resources.refused_settings import refused
from resources.settings import HOME

MENDABLE: Final = (Mendable, ValidationError, OSError)


def sentence_of(error: Exception) -> str:
    """What a person is told of an error that can be mended."""
    return refused(error) if isinstance(error, ValidationError) else str(error)


def why_not_written(error: Exception) -> str | None:
    """The sentence when REC_HOME cannot be written; None when the error has nothing to do with it.

    A value that is refused (ValueError) is refused on a full disk, too.
    """
    if isinstance(error, ValueError):
        return None
    home = Path(os.environ.get("REC_HOME") or HOME)
    return why_not_written_to(error, (home, Path(tempfile.gettempdir())))
