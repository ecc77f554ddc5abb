from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_assets.raw.envelope import envelope
from rec_assets.raw.kinds import understand_row
from rec_assets.raw.reader import RawRow, read_rows
from resources.log_store import Encoded, Poison, encode_row
from tests.rec_assets.raw.conftest import history, run

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 70), 1 << 70)
    | st.floats()
    | st.sampled_from(["$set", "\0", "\ud800", "9" * 30, "\\u0000", "é\n"])
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def read(path: Path, text: str) -> RawRow:
    path.write_text(text + "\n", encoding="utf-8")
    (item,) = read_rows(path)
    assert isinstance(item, RawRow)
    return item


def sealed(item: RawRow) -> dict[str, Any]:
    return envelope(item, understand_row(item.raw), "export.jsonl", "0" * 16)


@given(extra=st.dictionaries(st.text(max_size=6), VALUES, max_size=4), ascii_only=st.booleans())
def test_a_pasted_row_is_the_row_that_would_have_been_encoded(
    tmp_path_factory: pytest.TempPathFactory, extra: dict[str, Any], ascii_only: bool
) -> None:
    text = json.dumps({**run(), "extra": extra}, ensure_ascii=ascii_only)
    if not ascii_only:
        text = text.encode("utf-8", "replace").decode()
    row = sealed(read(tmp_path_factory.mktemp("export") / "a.jsonl", text))
    assert repr(row["raw"]) == repr(json.loads(text))  # NaN is not equal to itself
    try:
        looked_at = encode_row(dict(row))
    except Poison:
        assert type(row) is dict
    else:
        assert orjson.loads(encode_row(row)) == orjson.loads(looked_at)


def test_most_rows_are_pasted_as_they_came(tmp_path: Path) -> None:
    text = json.dumps(history(), ensure_ascii=False)
    row = sealed(read(tmp_path / "a.jsonl", text))
    assert isinstance(row, Encoded)
    assert encode_row(row).endswith(text.encode() + b"}")


@pytest.mark.parametrize(
    "text",
    [
        '{"event": "run_paraphrasing", "user_id": "u", "time": 1750000000, "big": 1%s}'
        % ("0" * 18),
        '{"event": "run_paraphrasing", "user_id": "u", "time": 1750000000, "\\u0024set": 1}',
        '{"event": "run_paraphrasing", "user_id": "u", "time": 1750000000, "nan": NaN}',
    ],
)
def test_a_row_that_may_read_otherwise_is_looked_at_value_by_value(
    tmp_path: Path, text: str
) -> None:
    row = sealed(read(tmp_path / "a.jsonl", text))
    assert type(row) is dict
    assert row["raw"].keys() == json.loads(text).keys()
