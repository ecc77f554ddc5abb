from __future__ import annotations

from rec_assets.checks.degraded import degraded_finding, degraded_of
from rec_assets.checks.finding import Finding
from tests.builders import recommendation


def found(degraded: int, whole: int, lacking: str = "encoder") -> Finding:
    rows = [recommendation(f"a{k}", degraded=[lacking]) for k in range(degraded)]
    rows += [recommendation(f"w{k}") for k in range(whole)]
    return degraded_finding(*degraded_of(rows), len(rows))


def test_whole_answers_pass() -> None:
    assert found(0, 100).holds


def test_an_outage_is_told_with_its_share_and_its_first_ids() -> None:
    outage = found(60, 140)
    assert not outage.holds
    assert "60 of 200 answers were degraded (30.0%" in outage.sentence
    assert "answer without encoder (a0, a1, a2, a3, a4, …)" in outage.sentence


def test_one_of_ten_may_be_chance() -> None:
    assert found(1, 9).holds


def test_an_absent_document_is_told_not_judged() -> None:
    without = found(100, 0, lacking="document")
    assert without.holds
    assert without.figures["missing"] == {"document": 100}


def test_a_day_without_answers_passes() -> None:
    assert found(0, 0).holds
