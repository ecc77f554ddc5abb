"""Ids of what a POST makes: derived from the caller's key, so that a repeat meets its own row."""

from __future__ import annotations

import os
import uuid
from typing import Final

import msgspec
from pydantic import BaseModel

from rec_api.problems import Problem
from resources.records import Row
from resources.row_keys import digest_id

KEY_LENGTH: Final = 255
HASH_FIELD: Final = "request_hash"  # on A, B and C: what the stored answer was asked with


def uuid7(milliseconds: int) -> str:
    """A UUID version 7 (RFC 9562): sorts by its time in milliseconds since 1970."""
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (2**48 - 1)) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def insert_id(role: str, user_id: str, route: str, key: str | None, milliseconds: int) -> str:
    """The same for the same (role, user, route, key); without a key a new UUIDv7."""
    if key is None:
        return uuid7(milliseconds)
    return digest_id(role, user_id, route, key)


def session_id(recommend_id: str) -> str:
    """`recommend_session_id` of an A."""
    return digest_id(recommend_id, "session")


def history_id(paraphrase_id: str) -> str:
    """`correction_history_id` (D) of a B."""
    return digest_id(paraphrase_id, "history")


def selection_id(paraphrase_id: str) -> str:
    """`insert_id` of the one C that a B can have."""
    return digest_id(paraphrase_id, "selection")


def request_hash(route: str, body: BaseModel) -> str:
    """The same for bodies that ask the same, whatever the order or the spelling of their fields."""
    asked = msgspec.json.encode(body.model_dump(exclude_defaults=True), order="sorted")
    return digest_id(route, asked.decode())


def check_repeat(stored: Row, expected: str, conflict: str) -> None:
    """409 with the sentence `conflict` when the stored row was asked with another body."""
    if stored.get(HASH_FIELD) != expected:
        raise Problem(409, conflict)
