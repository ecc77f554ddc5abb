from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rec_assets.raw import layers
from rec_assets.raw.layers import LayerReader

FIELDS = {"user": ("user", "user_id"), "user_id": ("user_id", "uid"), "word": ("word", "term")}
WORDS = {"word": {"none": "none", "general": "none"}}
KEYS = ["user", "user_id", "uid", "word", "term", "other"]
VALUES = st.none() | st.integers() | st.sampled_from(["u1", "General ", "none", "", " Poem"])


def plainly(layer: dict[str, Any]) -> dict[str, Any]:
    """The definition: the first spelling that is there and not null, the words translated."""
    known = {}
    for ours, spellings in FIELDS.items():
        given_ = [layer[name] for name in spellings if layer.get(name) is not None]
        if given_:
            value = given_[0]
            if ours in WORDS and isinstance(value, str):
                value = WORDS[ours].get(value.strip().lower(), value.strip().lower())
            known[ours] = value
    return known


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES), max_size=6))
def test_a_layer_is_read_by_the_first_spelling_that_is_not_null(
    rows: list[dict[str, Any]],
) -> None:
    reader = LayerReader(FIELDS, WORDS)
    assert [reader.known(row) for row in rows] == [plainly(row) for row in rows]


def test_keys_without_end_are_not_remembered() -> None:
    reader = LayerReader(FIELDS, WORDS)
    for number in range(3 * layers.SHAPES):
        assert reader.known({f"key {number}": 1, "uid": "u"}) == {"user_id": "u"}
    assert len(reader._shapes) <= layers.SHAPES
