from __future__ import annotations

from resources.search_patience import Patience


def test_pauses_double_up_to_the_longest_and_end_with_the_patience() -> None:
    assert list(Patience(9, 1, 4).pauses()) == [0, 1, 2, 4, 4]
    assert list(Patience(0).pauses()) == [0]
