"""Pulling counts towards the group above: the two ends, the rows, and what is assumed at first."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_api.shrinkage import (
    decay,
    embedding,
    language_given,
    population,
    population_before_data,
    shrink_group,
    shrink_user,
    weight,
)
from resources.options import LANGUAGES
from resources.preferences import Evidence, Floats, Preferences
from tests.strategies import evidences

ABOVE = population(Evidence(np.arange(21.0).reshape(7, 3), np.arange(16.0).reshape(4, 4), 9), "ko")
FULL = Evidence(1.0 + np.arange(21.0).reshape(7, 3), 1.0 + np.arange(16.0).reshape(4, 4), 9.0)


def blocks(preferences: Preferences) -> dict[str, Floats]:
    return {block.name: getattr(preferences, block.name) for block in fields(preferences)}


def assert_rows_are_distributions(preferences: Preferences) -> None:
    for rows in blocks(preferences).values():
        assert (rows > 0).all()
        assert rows.sum(-1) == pytest.approx(1, abs=1e-12)


def assert_same(found: Preferences, wanted: Preferences, within: float) -> None:
    for name, rows in blocks(found).items():
        assert rows == pytest.approx(blocks(wanted)[name], abs=within), name


@given(evidences(), evidences(), st.sampled_from(LANGUAGES))
def test_every_row_of_every_group_sums_to_one_and_is_positive(
    everybody: Evidence, own: Evidence, house: str
) -> None:
    above = population(everybody, house)
    cluster = shrink_group(own, above, 16)
    for group in (above, cluster, shrink_user(own, cluster), shrink_user(own, above)):
        assert_rows_are_distributions(group)


@given(evidences(), st.sampled_from(LANGUAGES))
def test_without_evidence_a_group_is_the_group_above(everybody: Evidence, house: str) -> None:
    above = population(everybody, house)
    assert_same(shrink_user(Evidence.none(), above), above, within=1e-15)
    assert_same(shrink_group(Evidence.none(), above, 16), above, within=1e-15)


def test_endless_evidence_is_its_own_share() -> None:
    own = shrink_user(FULL.scaled(1e14), ABOVE)
    assert own.category == pytest.approx(FULL.ci.sum(1) / FULL.ci.sum(), abs=1e-12)
    assert own.strength == pytest.approx(FULL.ci.sum(0) / FULL.ci.sum(), abs=1e-12)
    assert own.language == pytest.approx(FULL.ltl.sum(0) / FULL.ltl.sum(), abs=1e-12)
    by_category = FULL.ci / FULL.ci.sum(1, keepdims=True)
    by_text_language = FULL.ltl / FULL.ltl.sum(1, keepdims=True)
    assert own.strength_by_category == pytest.approx(by_category, abs=1e-12)
    assert own.language_by_text_language == pytest.approx(by_text_language, abs=1e-12)


def test_a_users_category_is_worth_four_sessions_of_the_group_above() -> None:
    own = shrink_user(FULL, ABOVE)
    for c in range(7):
        counted = sum(FULL.ci[c]) + 4 * ABOVE.category[c]
        assert own.category[c] == pytest.approx(counted / (FULL.ci.sum() + 4))


def test_a_users_strength_by_category_starts_from_the_users_own_strength() -> None:
    own, j = shrink_user(FULL, ABOVE), ABOVE
    strength = [(FULL.ci[:, i].sum() + 8 * j.strength[i]) / (FULL.ci.sum() + 8) for i in range(3)]
    for c in range(7):
        m = [j.strength_by_category[c, i] * strength[i] / j.strength[i] for i in range(3)]
        for i in range(3):
            counted = FULL.ci[c, i] + 12 * m[i] / sum(m)
            wanted = counted / (FULL.ci[c].sum() + 12)
            assert own.strength_by_category[c, i] == pytest.approx(wanted)


def test_a_users_language_by_text_language_starts_from_the_users_own_language() -> None:
    own, j, n = shrink_user(FULL, ABOVE), ABOVE, FULL.ltl.sum()
    language = [(FULL.ltl[:, x].sum() + 12 * j.language[x]) / (n + 12) for x in range(4)]
    for t in range(4):
        m = [j.language_by_text_language[t, x] * language[x] / j.language[x] for x in range(4)]
        for x in range(4):
            wanted = (FULL.ltl[t, x] + 24 * m[x] / sum(m)) / (FULL.ltl[t].sum() + 24)
            assert own.language_by_text_language[t, x] == pytest.approx(wanted)


def test_a_group_is_pulled_by_its_pseudo_counts_in_every_block() -> None:
    group = shrink_group(FULL, ABOVE, 16)
    wanted = (FULL.ci[2, 1] + 16 * ABOVE.strength_by_category[2, 1]) / (FULL.ci[2].sum() + 16)
    assert group.strength_by_category[2, 1] == pytest.approx(wanted)
    lt = (FULL.ltl[3].sum() + 16 * ABOVE.text_language[3]) / (FULL.ltl.sum() + 16)
    assert group.text_language[3] == pytest.approx(lt)


def test_the_population_is_worth_ten_sessions_before_data() -> None:
    before = population_before_data("ko")
    wanted = (FULL.ci[0].sum() + 10 / 7) / (FULL.ci.sum() + 10)
    assert population(FULL, "ko").category[0] == pytest.approx(wanted)
    assert_same(population(Evidence.none(), "ko"), before, within=1e-15)


@pytest.mark.parametrize("house", LANGUAGES)
def test_before_data_the_constants_of_the_design_hold(house: str) -> None:
    before, h = population_before_data(house), LANGUAGES.index(house)
    assert before.category == pytest.approx([1 / 7] * 7)
    assert before.strength == pytest.approx([0.3, 0.4, 0.3])
    assert before.strength_by_category == pytest.approx(np.tile([0.3, 0.4, 0.3], (7, 1)))
    for t in range(4):
        wanted = [0.025 + 0.7 * (lang == t) + 0.2 * (lang == h) for lang in range(4)]
        assert before.language_by_text_language[t] == pytest.approx(wanted)
    assert_rows_are_distributions(before)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_known_text_language_takes_its_own_row(language: str) -> None:
    row = ABOVE.language_by_text_language[LANGUAGES.index(language)]
    assert (language_given(ABOVE, language) == row).all()


@given(evidences())
def test_an_unknown_text_language_mixes_the_rows_by_their_share(own: Evidence) -> None:
    p = shrink_user(own, ABOVE)
    mixed = [
        sum(p.text_language[t] * p.language_by_text_language[t, lang] for t in range(4))
        for lang in range(4)
    ]
    assert language_given(p, None) == pytest.approx(mixed, abs=1e-12)


def test_sessions_of_unknown_text_language_say_nothing_about_languages() -> None:
    own = shrink_user(replace(FULL, ltl=np.zeros((4, 4))), ABOVE)
    assert own.language == pytest.approx(ABOVE.language, abs=1e-15)
    assert own.category != pytest.approx(ABOVE.category, abs=1e-3)


@given(st.floats(0, 500))
def test_evidence_halves_every_fourteen_days(days: float) -> None:
    assert decay(days + 14) == pytest.approx(decay(days) / 2, rel=1e-12)


def test_evidence_of_today_and_of_tomorrow_is_whole() -> None:
    assert decay(0) == decay(-3) == 1


@pytest.mark.parametrize(
    ("accepted", "changed", "worth"),
    [(True, False, 1.0), (False, False, 0.6), (True, True, 1.5), (False, True, 0.9)],
)
def test_a_session_is_worth_its_outcome(accepted: bool, changed: bool, worth: float) -> None:
    assert weight(accepted, changed) == pytest.approx(worth)


@given(evidences())
def test_the_embedding_is_the_roots_of_the_three_blocks(own: Evidence) -> None:
    p = shrink_user(own, ABOVE)
    assert embedding(p) ** 2 == pytest.approx([*p.category, *p.strength, *p.language], abs=1e-12)
    assert np.linalg.norm(embedding(p)) == pytest.approx(np.sqrt(3))
