"""Which text of the context pool is in which part, kept in a file: a cut takes seconds to make."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from resources.whole_files import write_whole

FOLDER: Final = "pool"  # under REC_HOME
Parts = list[list[str]]  # hashes of texts, by part


def key_of(files: Sequence[Path], rule: str) -> str:
    """32 hex digits of the files' bytes and the rule by which they are cut."""
    digest = hashlib.blake2b(rule.encode(), digest_size=16)
    for file in files:
        content = file.read_bytes()
        digest.update(f"{len(content)} ".encode() + content)
    return digest.hexdigest()


def read_parts(home: Path, key: str) -> Parts | None:
    """The parts as they were kept; None when they were not, or cannot be read."""
    try:
        parts = json.loads((home / FOLDER / f"{key}.json").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    whole = isinstance(parts, list) and len(parts) == 3 and all(map(_is_part, parts))
    return parts if whole else None


def keep_parts(home: Path, key: str, parts: Parts) -> None:
    """Keep them in place of those of any other pool; a folder that takes none is no fault."""
    folder = home / FOLDER
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{key}.json", json.dumps(parts))
        for other in folder.glob("*.json"):
            if other.stem != key:
                other.unlink(missing_ok=True)


def _is_part(part: object) -> bool:
    return isinstance(part, list) and all(isinstance(each, str) for each in part)
