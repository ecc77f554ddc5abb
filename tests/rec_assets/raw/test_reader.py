from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rec_assets.raw import blocks, reader
from rec_assets.raw.reader import BadRow, RawRow, read_rows

ROWS: list[dict[str, Any]] = [{"a": 1}, {"b": 'x, "y" ] } \\'}, {"c": {"d": [1, {"e": "한"}]}}]
JSON_ROWS = st.lists(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=4), inner, max_size=3)
            ),
            max_leaves=6,
        ),
        max_size=5,
    ),
    min_size=1,
    max_size=8,
)
ONCE_A_FUNCTION = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def as_lines(rows: list[Any]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def as_array(rows: list[Any]) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


def good(path: Path) -> list[Any]:
    return [item.raw for item in read_rows(path) if isinstance(item, RawRow)]


def bad(path: Path) -> list[tuple[int, str]]:
    return [(item.position, item.label) for item in read_rows(path) if isinstance(item, BadRow)]


@pytest.mark.parametrize("make", [as_lines, as_array])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["export.json", "export.json.gz"])
def test_the_make_of_a_file_is_told_by_its_content(
    write: Callable[..., Path], make: Callable[..., bytes], bom: bytes, name: str
) -> None:
    path = write(bom + make(ROWS), name)
    assert list(read_rows(path)) == [RawRow(i + 1, row) for i, row in enumerate(ROWS)]


@pytest.mark.parametrize("make", [as_lines, as_array])
@pytest.mark.parametrize("block", [1, 3, 64])
@given(rows=JSON_ROWS)
@ONCE_A_FUNCTION
def test_rows_come_back_as_they_are_wherever_a_block_ends(
    tmp_path: Path, make: Callable[..., bytes], block: int, rows: list[Any]
) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(make(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", block)
        assert good(path) == rows
        assert bad(path) == []


@given(
    content=st.binary(max_size=400), head=st.sampled_from([b"", b"[", b'{"a":1}\n', b"\x1f\x8b"])
)
@ONCE_A_FUNCTION
def test_no_bytes_raise(tmp_path: Path, content: bytes, head: bytes) -> None:
    path = tmp_path / "export"
    path.write_bytes(head + content)
    for item in read_rows(path):
        assert isinstance(item, RawRow) or (item.reason.endswith(".") and len(item.text) <= 2_000)


@given(rows=JSON_ROWS, cut=st.integers(0, 10_000), make=st.sampled_from([as_lines, as_array]))
@ONCE_A_FUNCTION
def test_what_stands_before_a_cut_is_kept(
    tmp_path: Path, rows: list[Any], cut: int, make: Callable[..., bytes]
) -> None:
    path, whole = tmp_path / "export.json", make(rows)
    path.write_bytes(whole[: cut % len(whole)])
    kept = good(path)
    assert kept == rows[: len(kept)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(0, "unreadable file")]),
        (b" \n\n ", [(0, "unreadable file")]),
        (b"[]", [(0, "unreadable file")]),
        (b"\x00\x01\x02PNG", [(0, "unreadable file")]),
        (b"PK\x03\x04zip", [(0, "unreadable file")]),
        ('{"a":1}'.encode("utf-16"), [(0, "unreadable file")]),
        (b"hello\nworld\n", [(1, "not JSON"), (2, "not JSON")]),
        (b'{"a":1}\n{"a":', [(2, "truncated")]),
        (b'{"a":1}\n{"a":\n{"a":2}\n', [(2, "not JSON")]),
        (b'{"a":1}\n5\n[1]\n"x"\nnull\n', [(i, "not an object") for i in range(2, 6)]),
        ('{"a":"한"}\n'.encode("cp949") + b'{"a":1}', [(1, "not UTF-8")]),
        (b'[{"a":1},{"a":2', [(2, "truncated"), (3, "truncated")]),
        (b'[{"a":1},{"a":2}', [(3, "truncated")]),
        (b'[{"a":1},', [(2, "truncated")]),
        (b'[{"a":1},{"a" 2},{"a":3}]', [(2, "not JSON")]),
        (b'[{"a":1},,{"a":3}]', [(2, "not JSON")]),
        (b'[{"a":1}] {"b":2}', [(2, "text behind the array")]),
        (b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}", [(1, "too deep")]),
        (b'{"a":' + b"[" * 70 + b"]" * 70 + b"}", [(1, "too deep")]),
    ],
)
def test_what_is_broken_is_named_and_placed(
    write: Callable[..., Path], content: bytes, expected: list[tuple[int, str]]
) -> None:
    assert bad(write(content)) == expected


def test_a_bad_row_costs_none_of_its_neighbours(write: Callable[..., Path]) -> None:
    assert good(write(b'[{"a":1},{"a" 2},{"a":3}]')) == [{"a": 1}, {"a": 3}]
    assert good(write(b'{"a":1}\n{"a" 2}\n{"a":3}')) == [{"a": 1}, {"a": 3}]


def test_a_truncated_gzip_keeps_its_rows(write: Callable[..., Path]) -> None:
    rows = [{"number": number, "text": f"{number * 7919:x}"} for number in range(3_000)]
    path = write(gzip.compress(as_lines(rows))[:-2_000], "cut.json")
    kept = good(path)
    assert 1_000 < len(kept) < 3_000
    assert kept == rows[: len(kept)]
    (broken,) = [item for item in read_rows(path) if isinstance(item, BadRow)]
    assert broken.reason == "The gzip file breaks off: the export or its copy is truncated."


def test_a_damaged_gzip_is_said_to_be_one(write: Callable[..., Path]) -> None:
    zipped = bytearray(gzip.compress(as_lines([{"a": i} for i in range(2_000)])))
    zipped[300:330] = b"\xff" * 30
    assert bad(write(bytes(zipped), "damaged.json"))[-1][1] == "unreadable file"


@pytest.mark.parametrize("array", [False, True])
def test_a_row_without_end_is_not_held_in_memory(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, array: bool
) -> None:
    monkeypatch.setattr(reader, "LONGEST_ROW", 1_000)
    monkeypatch.setattr(blocks, "BLOCK", 256)
    long = b'{"a":"' + b"x" * 50_000 + b'"}'
    content = b'[{"a":1},' + long + b"]" if array else b'{"a":1}\n' + long + b'\n{"a":2}\n'
    labels = [item.label for item in read_rows(write(content)) if isinstance(item, BadRow)]
    assert labels == (["too long", "given up"] if array else ["too long"])
    assert good(write(content)) == ([{"a": 1}] if array else [{"a": 1}, {"a": 2}])


def test_junk_without_end_is_given_up(write: Callable[..., Path]) -> None:
    items = list(read_rows(write(b"junk\n" * 5_000)))
    assert len(items) == reader.GIVE_UP_AFTER + 1
    assert isinstance(items[-1], BadRow)
    assert items[-1].label == "given up"


@pytest.mark.parametrize("make", [as_lines, as_array])
@pytest.mark.parametrize("name", ["big.json", "big.json.gz"])
def test_memory_does_not_grow_with_the_file(
    write: Callable[..., Path], make: Callable[..., bytes], name: str
) -> None:
    peaks = [_peak(write(make([{"text": "가" * 200}] * count), name)) for count in (4_000, 24_000)]
    assert peaks[1] < peaks[0] + (1 << 20)
    assert peaks[1] < 6 << 20


def _peak(path: Path) -> int:
    tracemalloc.start()
    for _ in read_rows(path):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_file_that_is_not_there_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_rows(tmp_path / "nowhere.json"))
