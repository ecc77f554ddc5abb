"""Export files made in a line, and a real store."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resources.sqlite_log_store import SqliteLogStore

Row = dict[str, Any]
Write = Callable[..., Path]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteLogStore]:
    opened = SqliteLogStore(tmp_path / "store" / "log.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write(rows or bytes, name)` → the file's path; a name ending in .gz is compressed."""

    def writer(content: bytes | list[Any], name: str = "export.jsonl") -> Path:
        if isinstance(content, list):
            content = "".join(json.dumps(row) + "\n" for row in content).encode()
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return writer


def run(**fields: Any) -> Row:
    """A run as the customer's editor sends it."""
    return {
        "event": "editor_run_paraphrasing",
        "distinct_id": "u1",
        "device_id": "d1",
        "user_id": "u1",
        "insert_id": "i1",
        "time": 1_750_000_000,
        "field": "email",
        "maintenance": "moderate",
        "target_language": "ko",
        "tone": "formal",
        "input_sentence_length": 20,
    } | fields


def selection(**fields: Any) -> Row:
    """A selection after such a run."""
    own = {"index": 0, "total_paraphrasing_sentence_count": 3, "insert_id": "s1"}
    return run(event="editor_selected_paraphrasing") | own | fields


def history(**fields: Any) -> Row:
    """A correction history."""
    return {
        "_id": "h1",
        "created_at": "2025-06-15T15:06:40.120Z",
        "user": "u1",
        "field": "email",
        "intensity": "moderate",
        "tone": "formal",
        "user_prompt": None,
        "input_sentence": "회의 일정 좀 알려주세요. 감사.",
        "output_sentences": ["회의 일정을 알려 주시기 바랍니다.", "회의 일정을 회신해 주십시오."],
        "selected_index": 1,
        "models": ["m"],
    } | fields
