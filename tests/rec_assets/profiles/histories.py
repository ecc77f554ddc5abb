"""Histories of one user: sessions by day, as H rows and as a plain oracle reads them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from rec_assets.profiles.evidence import Cells, cells_of
from resources.options import LANGUAGES, OPTIONS, Option
from resources.records import Row
from tests.builders import example

FIRST = date(2026, 1, 1)


class Session(NamedTuple):
    """What was executed, and what became of it."""

    option: Option
    text_language: str | None
    accepted: bool
    changed: bool
    simulated: bool

    def row(self) -> Row:
        return example(
            **self.option._asdict(),
            text_language=self.text_language,
            accepted=self.accepted,
            changed=self.changed,
            origin="simulation" if self.simulated else "live",
        )


def day_after(days: int) -> str:
    """The ISO date so many days after the first."""
    return (FIRST + timedelta(days=days)).isoformat()


def cells(sessions: list[Session]) -> Cells:
    """The cells of a day with these sessions."""
    return cells_of([session.row() for session in sessions])


sessions = st.builds(
    Session,
    st.sampled_from(OPTIONS),
    st.sampled_from((None, *LANGUAGES)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def histories(last: int) -> st.SearchStrategy[dict[str, list[Session]]]:
    """Some days up to `last`, each with one to four sessions, done up to three times."""
    days = st.integers(0, last).map(day_after)
    once = st.lists(sessions, min_size=1, max_size=4)
    of_day = st.builds(lambda done, times: done * times, once, st.integers(1, 3))
    return st.dictionaries(days, of_day, min_size=1, max_size=8)
