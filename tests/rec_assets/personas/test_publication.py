from __future__ import annotations

import pytest
from msgspec.structs import replace

from rec_assets.personas.persona import Persona, PersonaError
from rec_assets.personas.persona_checks import complete
from rec_assets.personas.publication import with_manual
from tests.rec_assets.traffic.people import entry

A, B, OWN = complete([entry(name, "thesis", "weak") for name in ("A", "B", "Own")])


def mined(*personas: Persona) -> list[Persona]:
    return [replace(persona, origin="mined") for persona in personas]


def test_manual_entries_stay_as_they_are_edited_now_and_mined_ones_are_replaced() -> None:
    edited = [*mined(A), replace(OWN, accept_rate=0.1)]
    assert with_manual(mined(B), edited) == [*mined(B), replace(OWN, accept_rate=0.1)]


def test_a_manual_entry_that_bears_a_mined_name_says_what_to_do() -> None:
    with pytest.raises(PersonaError, match=r"personas\.json, A: .* rename the manual entry"):
        with_manual(mined(A), [A])
