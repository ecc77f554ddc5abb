from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from rec_assets.personas.persona import PersonaError, read_personas, write_personas
from rec_assets.personas.persona_checks import complete
from tests.rec_assets.traffic.people import entry, personas


def read(tmp_path: Path, content: Any) -> list[Any]:
    path = tmp_path / "personas.json"
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return list(read_personas(path))


def one(**fields: Any) -> list[dict[str, Any]]:
    return [{**entry("Writer", "thesis", "strong"), **fields}]


def test_the_product_teams_five_fields_are_enough(tmp_path: Path) -> None:
    persona = read(tmp_path, one())[0]
    assert persona.category["thesis"] == max(persona.category.values())
    assert set(persona.assumed) >= {"category", "hours", "choice", "concentration"}
    assert not {"name", "accept_rate", "origin"} & set(persona.assumed)


def test_what_is_written_is_read_and_the_defaults_stay_marked(tmp_path: Path) -> None:
    path = tmp_path / "personas.json"
    write_personas(path, personas())
    assert read_personas(path) == personas()
    assert path.read_text(encoding="utf-8").startswith('[\n  {\n    "name": "Writer"')
    assert [file.name for file in tmp_path.iterdir()] == ["personas.json"]


def test_korean_is_written_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "personas.json"
    write_personas(path, [replace(personas()[0], style_prompt="논문체로")])
    assert "논문체로" in path.read_text(encoding="utf-8")


def test_shares_left_out_get_what_is_left(tmp_path: Path) -> None:
    persona = read(tmp_path, one(category={"thesis": 0.82}))[0]
    assert persona.category["email"] == pytest.approx(0.03)
    assert "category" not in persona.assumed


def test_a_part_of_a_field_may_be_given(tmp_path: Path) -> None:
    persona = read(tmp_path, one(choice={"leave": 0.2}, text_length={"p50": 100}))[0]
    assert persona.choice.leave == 0.2
    assert persona.text_length.p90 == 250
    assert "choice.position_bias" in persona.assumed
    assert "choice.leave" not in persona.assumed


NONSENSE = [
    ("{]", "personas.json is not JSON: .* at line 1, column 2"),
    ("[\n{,}]", "line 2, column 2"),
    ("[NaN]", "holds NaN"),
    ("{}", "must be a list of at least one persona"),
    ("[]", "must be a list of at least one persona"),
    ([3], "entry 1 is 3; it must be an object"),
    ([{"name": "A"}], r"entry 1 \(A\): preferred_category is missing"),
    (one(preferred_category="essay"), '"essay"; it must be one of thesis, report'),
    (one(preferred_intensity=["strong"]), "preferred_intensity is .*it must be one of weak"),
    (one(origin="guess"), "origin is .* one of mined, manual"),
    (one(accept_rate=1.4), "accept_rate is 1.4; it must be a number from 0 to 1"),
    (one(accept_rate="80%"), 'accept_rate is "80%"; it must be a number'),
    (one(accept_rate=True), "accept_rate is true"),
    (one(accept_rate=None), "accept_rate is null"),
    (one(name=" "), "name must be a text"),
    (one(style_prompt=None), "style_prompt must be a text"),
    (one(category={"thesis": "much"}), r"category.thesis is \"much\"; a share is a number"),
    (one(category={"poem": 0.5}), "category must give shares to words among thesis"),
    (one(category={"thesis": 0.9, "email": 0.9}), "category sums to 1.8"),
    (one(intensity={"weak": 0.1, "moderate": 0.1, "strong": 0.2}), "intensity sums to 0.4"),
    (one(category={"email": 0.9}), "category gives email more .* than the preferred thesis"),
    (one(intensity={"weak": 0.9}), "intensity_by_category.thesis gives weak more"),
    (one(intensity_by_category={"poem": {}}), "intensity_by_category must be an object"),
    (one(hours=[1, 2]), "hours must be 24 numbers"),
    (one(hours=[0] * 24), "hours must be 24 numbers"),
    (one(share=0), "share is 0; it must be a number from"),
    (one(concentration=-1), "concentration is -1"),
    (one(choice={"leave": 2}), "choice.leave is 2"),
    (one(choice={"leaf": 0.2}), "choice: .*leaf"),
    (one(text_length={"p50": 100, "p10": 300}), "p10, p50, p90 must ascend"),
    (one(prompts="shorter"), "prompts: Expected `array`"),
    (one(acept_rate=0.8), "acept_rate is not a field of a persona; did you mean accept_rate"),
    (one() * 2, r"entry 2: name 'Writer' is also entry 1's name"),
]


@pytest.mark.parametrize(("content", "sentence"), NONSENSE, ids=lambda value: str(value)[:40])
def test_nonsense_is_named(tmp_path: Path, content: Any, sentence: str) -> None:
    with pytest.raises(PersonaError, match=sentence):
        read(tmp_path, content)


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(PersonaError, match=r"personas\.json cannot be read: No such file"):
        read_personas(tmp_path / "personas.json")
    (tmp_path / "personas.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PersonaError, match="cannot be read"):
        read_personas(tmp_path / "personas.json")


def test_the_assumed_share_is_an_equal_one() -> None:
    many = complete([entry(f"W{n}", "thesis", "strong") for n in range(4)])
    assert {persona.share for persona in many} == {0.25}
