"""What a row is found by: its id, its day, its shard."""

from __future__ import annotations

import hashlib
import zlib
from datetime import UTC, datetime

from resources.records import SHARDS


def shard_of(user_id: str) -> int:
    """crc32(user_id) mod 256: the unit in which per-user work is split."""
    return zlib.crc32(user_id.encode("utf-8", "surrogatepass")) % SHARDS


def day_of(created_at: int) -> str:
    """The UTC date (ISO) of a time in milliseconds."""
    return datetime.fromtimestamp(created_at / 1000, tz=UTC).date().isoformat()


def digest_id(*parts: str) -> str:
    """A 32-hex id that is the same for the same parts, in every process."""
    # Lengths first: no character that a text may hold can move the border between two parts.
    joined = "".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=16).hexdigest()
