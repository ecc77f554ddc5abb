from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rec_assets.personas.mining import Mined, mine_personas
from rec_assets.personas.persona import Persona, PersonaError, read_personas, write_personas
from rec_assets.personas.persona_checks import complete
from tests.rec_assets.personas.exports import FIVE, activity, planted
from tests.rec_assets.traffic.people import entry


@cache
def mined_once() -> Mined:
    return mine_personas(planted(), seed=7)


def by_category() -> dict[str, Persona]:
    return {persona.preferred_category: persona for persona in mined_once().personas}


def test_planted_groups_become_personas_with_their_words_and_shares() -> None:
    assert (mined_once().k, mined_once().people) == (5, 200)
    for category, intensity, people in FIVE:
        persona = by_category()[category]
        assert persona.preferred_intensity == intensity
        assert persona.share == pytest.approx(people / 200, abs=0.03)
        assert persona.users == pytest.approx(people, abs=6)
        assert persona.category[category] == pytest.approx(0.75, abs=0.05)
        assert persona.accept_rate == pytest.approx(0.7, abs=0.05)


def test_the_concentration_is_that_of_the_members() -> None:
    found = [persona.concentrations.category for persona in mined_once().personas]
    assert 25 < np.median(found) < 80  # 40 was planted; a group of 30 people tells it to a factor 2
    spread = mine_personas(planted(alike=8.0), seed=7).personas
    assert 5 < np.median([persona.concentrations.category for persona in spread]) < 13


def test_names_are_those_of_the_categories_and_unique() -> None:
    names = {persona.name for persona in mined_once().personas}
    assert len(names) == 5
    assert {"Academic_Writer", "Everyday_Writer"} <= names


def test_groups_of_one_category_are_told_apart_by_what_they_do_more() -> None:
    groups = [("email", "weak", 40), ("email", "strong", 40), ("thesis", "strong", 40)]
    names = {p.name for p in mine_personas(planted(groups, lead=0.9), seed=7).personas}
    assert len(names) == 3
    assert any(name.endswith("_Email_Correspondent") for name in names)


def test_language_is_added_only_where_trades_are_fewer_than_five() -> None:
    assert mine_personas(planted(monolingual=True), seed=7).k == 5
    groups = [("email", "weak", 120), ("thesis", "strong", 120), ("none", "moderate", 120)]
    mined = mine_personas(planted(groups, alike=200.0, monolingual=True), seed=7)
    assert mined.considered[0].k == 3
    assert 5 <= mined.k <= 10
    assert {persona.preferred_language for persona in mined.personas} >= {"ko", "en"}
    assert len({persona.name for persona in mined.personas}) == mined.k


def test_people_who_are_all_alike_are_one_persona_and_it_is_said() -> None:
    mined = mine_personas(planted([("email", "weak", 120)], alike=15.0), seed=7)
    assert mined.k == len(mined.personas) == 1
    assert "one group" in mined.reason
    assert "Fewer than the 5 asked for" in mined.reason
    assert len(mined.considered) == 2


def test_one_person_is_a_persona_too() -> None:
    mined = mine_personas(planted([("email", "weak", 1)], runs=2), seed=7)
    assert mined.personas[0].preferred_category == "email"


def test_the_same_export_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    again = mine_personas(planted(), seed=7)
    assert msgspec.json.encode(again.personas) == msgspec.json.encode(mined_once().personas)
    write_personas(tmp_path / "personas.json", again.personas)
    assert [p.name for p in read_personas(tmp_path / "personas.json")] == [
        p.name for p in again.personas
    ]


LENGTHS = st.one_of(st.none(), st.integers(0, 2**31 - 1))


@given(lengths=st.lists(LENGTHS, min_size=1, max_size=12))
def test_what_is_mined_is_read_again_however_long_the_texts_are(
    tmp_path: Path, lengths: list[int | None]
) -> None:
    export = planted([("email", "weak", 3)])
    of_all = np.resize(np.array(lengths, dtype=float), len(export.runs))
    export = dataclasses.replace(export, runs=export.runs.assign(length=of_all))
    mined = mine_personas(export, seed=7).personas
    write_personas(tmp_path / "personas.json", mined)
    assert [p.text_length for p in read_personas(tmp_path / "personas.json")] == [
        p.text_length for p in mined
    ]


def test_manual_entries_survive_and_keep_their_names() -> None:
    manual = complete([entry("Academic_Writer", "thesis", "weak")])
    mined = mine_personas(planted(), seed=7, previous=[*mined_once().personas[1:3], *manual])
    assert mined.personas[-1] == manual[0]
    names = [persona.name for persona in mined.personas]
    assert len(set(names)) == len(names) == 6


def test_a_persona_keeps_the_name_of_the_last_mining() -> None:
    renamed = [replace(persona, name=f"Old_{persona.name}") for persona in mined_once().personas]
    mined = mine_personas(planted(seed=2), seed=7, previous=renamed)
    assert {persona.name for persona in mined.personas} == {persona.name for persona in renamed}


def test_prompts_are_quoted_only_if_five_people_wrote_them() -> None:
    common = mine_personas(planted(prompts=["  더  짧게 "]), seed=7).personas
    assert all(persona.prompts == ["더 짧게"] and persona.prompt_rate > 0.9 for persona in common)
    four = planted([("email", "weak", 4)], prompts=["my secret"])
    persona = mine_personas(four, seed=7).personas[0]
    assert persona.prompts == []
    assert "secret" not in msgspec.json.encode(persona).decode()


def test_what_the_export_does_not_give_is_marked() -> None:
    for persona in mined_once().personas:
        assert "choice.sensitivity" in persona.assumed
        assert "choice.position_bias" not in persona.assumed
        assert "accept_rate" not in persona.assumed


def test_an_export_without_runs_is_an_error_unless_somebody_wrote_personas() -> None:
    manual = complete([entry("Writer", "thesis", "weak")])
    assert mine_personas(activity([], 0), seed=7, previous=manual).personas == manual
    with pytest.raises(PersonaError, match="recwheel load"):
        mine_personas(activity([], 0), seed=7)
