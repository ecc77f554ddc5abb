from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from rec_assets.raw import inbox
from rec_assets.raw.inbox import (
    InboxFile,
    Seen,
    Visit,
    list_inbox,
    read_cursor,
    run_key_of,
    visit,
    write_cursor,
)
from rec_assets.raw.open_export import content_hash
from resources.settings import REPOSITORY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "inbox"
    made.mkdir()
    return made


def drop(folder: Path, name: str, text: str = "{}\n") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def never(name: str) -> None:
    """No file has brought anything yet."""


def look(
    folder: Path, before: Seen, standing: Callable[[str], str | None] = never, **limits: int
) -> Visit:
    return visit(list_inbox(folder), before, standing, **limits)


def names(found: Visit) -> list[str]:
    return [file.name for file in found.ready]


def test_a_file_is_ready_when_it_looks_the_same_twice(folder: Path) -> None:
    path = drop(folder, "a.jsonl")
    first = look(folder, {})
    assert (names(first), list(first.waiting)) == ([], ["a.jsonl"])
    second = look(folder, first.seen)
    assert names(second) == ["a.jsonl"]
    assert second.ready[0].run_key.startswith(f"a.jsonl:{content_hash(path)}:")
    third = look(folder, second.seen)
    assert (names(third), third.waiting) == ([], {})


def test_a_file_that_grows_waits_until_it_does_no_more(folder: Path) -> None:
    path, seen = drop(folder, "a.jsonl"), {}
    for _ in range(3):
        found = look(folder, seen)
        assert names(found) == []
        with path.open("a", encoding="utf-8") as file:
            file.write("{}\n")
        seen = found.seen
    seen = look(folder, seen).seen
    assert names(look(folder, seen)) == ["a.jsonl"]


def test_a_change_that_sets_size_and_time_back_is_seen(folder: Path) -> None:
    path = drop(folder, "a.jsonl", "1\n")
    done = look(folder, look(folder, {}).seen)
    stat = path.stat()
    path.write_text("2\n", encoding="utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert names(look(folder, look(folder, done.seen).seen)) == ["a.jsonl"]


def test_the_content_that_stands_already_is_not_asked_for_again(folder: Path) -> None:
    standing = content_hash(drop(folder, "a.jsonl"))
    found = look(folder, look(folder, {}).seen, lambda name: standing)
    assert (names(found), found.waiting, found.seen["a.jsonl"]["done"]) == ([], {}, True)


def test_a_file_is_hashed_once_for_each_look(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    real = InboxFile.content
    monkeypatch.setattr(InboxFile, "content", lambda f: hashed.append(f.path.name) or real(f))
    drop(folder, "a.jsonl")
    seen: Seen = {}
    for _ in range(5):
        seen = look(folder, seen).seen
    assert hashed == ["a.jsonl"]


def test_the_key_of_a_content_that_comes_back_is_another(folder: Path) -> None:
    keys, seen = [], dict[str, dict[str, object]]()
    for text in ("1\n", "2\n", "1\n"):
        path = drop(folder, "a.jsonl", text)
        found = look(folder, look(folder, seen).seen)
        assert [file.run_key for file in found.ready] == [run_key_of(path)]
        keys.append(run_key_of(path))
        seen = found.seen
    assert len(set(keys)) == 3


def test_no_more_files_than_asked_for_and_the_others_take_their_turn(folder: Path) -> None:
    for number in range(5):
        drop(folder, f"{number}.jsonl")
    seen, found = look(folder, {}).seen, list[list[str]]()
    for _ in range(4):
        visited = look(folder, seen, at_most=2)
        found.append(names(visited))
        seen = visited.seen
    assert found == [["0.jsonl", "1.jsonl"], ["2.jsonl", "3.jsonl"], ["4.jsonl"], []]


def test_no_more_bytes_are_hashed_than_a_tick_has_time_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "HASHED_A_TICK", 10)
    for name in ("a", "b", "c"):
        drop(folder, name, "1234\n")
    drop(folder, "large", "1" * 11)
    first = look(folder, look(folder, {}).seen)
    assert names(first) == ["a", "b", "large"]
    assert "next tick" in first.waiting["c"]
    assert ":11-" in first.ready[2].run_key  # told by size and time
    assert names(look(folder, first.seen)) == ["c"]


def test_an_empty_file_waits_and_it_is_said_why(folder: Path) -> None:
    drop(folder, "a.jsonl", "")
    drop(folder, "b.jsonl")
    found = look(folder, look(folder, {}).seen)
    assert names(found) == ["b.jsonl"]
    assert found.waiting["a.jsonl"].startswith("is empty (0 bytes)")
    drop(folder, "a.jsonl")
    assert names(look(folder, look(folder, found.seen).seen)) == ["a.jsonl"]


def test_a_file_that_is_being_loaded_waits(folder: Path) -> None:
    drop(folder, "a.jsonl")
    seen = look(folder, {}).seen
    found = visit(list_inbox(folder), seen, never, loading=["a.jsonl"])
    assert found.waiting == {"a.jsonl": "is being loaded"}
    assert names(look(folder, found.seen)) == ["a.jsonl"]


def test_a_file_that_nobody_may_read_stops_no_other(folder: Path) -> None:
    """Root may read everything: it goes without that right, as a daemon of its own user would."""
    drop(folder, "a.jsonl").chmod(0)
    drop(folder, "b.jsonl")
    code = f"""
import sys; sys.path.insert(0, {str(REPOSITORY)!r})
from pathlib import Path
from rec_assets.raw.inbox import list_inbox, visit
files = list_inbox(Path({str(folder)!r}))
found = visit(files, visit(files, {{}}, lambda n: None).seen, lambda n: None)
print([f.name for f in found.ready], found.waiting)
"""
    bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    done = subprocess.run([*bare, sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "['b.jsonl'] {'a.jsonl': 'cannot be read (Permission denied)'}\n"


def test_a_file_that_nobody_can_read_takes_no_others_turn(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "HASHED_A_TICK", 10)
    unreadable = InboxFile(folder / "gone", size=8, modified_ns=1, changed_ns=1)
    drop(folder, "readable", "1234\n")
    files = [unreadable, *list_inbox(folder)]
    found = visit(files, visit(files, {}, never).seen, never)
    assert names(found) == ["readable"]
    assert found.waiting["gone"].startswith("cannot be read")


def test_a_file_whose_rows_were_taken_out_is_loaded_anew_each_time_under_another_key(
    folder: Path,
) -> None:
    path = drop(folder, "a.jsonl")
    seen = look(folder, look(folder, {}).seen).seen
    keys = [run_key_of(path)]
    for times in (1, 2):
        for wanted in (["a.jsonl"], []):
            found = visit(list_inbox(folder), seen, never, emptied={"a.jsonl": times})
            assert names(found) == wanted
            keys += [arrival.run_key for arrival in found.ready]
            seen = read_cursor(write_cursor(found.seen))
    assert len(set(keys)) == 3
    assert names(look(folder, seen)) == []


def test_a_file_whose_rows_were_taken_out_waits_while_it_is_loaded(folder: Path) -> None:
    drop(folder, "a.jsonl")
    seen = look(folder, look(folder, {}).seen).seen
    found = visit(list_inbox(folder), seen, never, ["a.jsonl"], emptied={"a.jsonl": 1})
    assert found.waiting == {"a.jsonl": "is being loaded"}


def test_what_was_there_and_is_not_any_more_is_named(folder: Path) -> None:
    path = drop(folder, "a.jsonl")
    seen = look(folder, {}).seen
    path.unlink()
    found = look(folder, seen)
    assert found.removed == ["a.jsonl"]
    assert look(folder, found.seen).removed == []


def test_what_is_hidden_or_no_file_is_let_be(folder: Path) -> None:
    drop(folder, ".a.jsonl.part")
    (folder / "folder").mkdir()
    (folder / "nowhere").symlink_to(folder / "gone")
    assert list_inbox(folder) == []
    assert list_inbox(folder / "gone") == []


def test_a_name_that_cannot_be_loaded_is_told_and_stops_no_other(folder: Path) -> None:
    drop(folder, "a\nb.jsonl")
    drop(folder, b"caf\xe9.jsonl".decode("utf-8", "surrogateescape"))
    drop(folder, "１月　export.jsonl")
    found = look(folder, look(folder, {}).seen)
    assert names(found) == ["１月　export.jsonl"]
    assert list(found.waiting) == [r"'a\nb.jsonl'", r"'caf\udce9.jsonl'"]
    assert all(why.endswith("rename it") for why in found.waiting.values())
    assert look(folder, found.seen).removed == []


def test_a_name_in_decomposed_characters_is_the_same_file(folder: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "é.jsonl") for form in ("NFC", "NFD"))
    path = drop(folder, decomposed)
    first = look(folder, look(folder, {}).seen)
    assert names(first) == [composed]
    assert first.ready[0].run_key == run_key_of(path)
    standing = content_hash(path)
    path.unlink()
    drop(folder, composed)
    again = look(folder, look(folder, first.seen).seen, lambda name: standing)
    assert (names(again), again.removed) == ([], [])


def test_of_two_files_of_one_name_the_composed_one_is_loaded_and_the_other_told(
    folder: Path,
) -> None:
    drop(folder, unicodedata.normalize("NFD", "é.jsonl"), "1\n")
    drop(folder, unicodedata.normalize("NFC", "é.jsonl"), "2\n")
    found = look(folder, look(folder, {}).seen)
    assert names(found) == ["é.jsonl"]
    assert content_hash(folder / "é.jsonl") in found.ready[0].run_key
    assert found.waiting == {
        r"'e\u0301.jsonl'": r"has the name of '\xe9.jsonl' in other characters: rename it"
    }


@pytest.mark.parametrize("cursor", [None, "", "not JSON", '{"a.jsonl": [3, 4, "hash"]}'])
def test_a_cursor_that_cannot_be_read_is_a_first_look(folder: Path, cursor: str | None) -> None:
    drop(folder, "a.jsonl")
    seen = look(folder, read_cursor(cursor)).seen
    assert names(look(folder, read_cursor(write_cursor(seen)))) == ["a.jsonl"]
