from __future__ import annotations

from rec_assets.checks.finding import NAMED, Faults, found


def test_the_first_offenders_are_named_and_all_are_counted() -> None:
    faults = Faults()
    faults.add_all(("B without its A", f"b{k}") for k in range(1_234))
    assert faults.sentence() == "1,234 × B without its A (b0, b1, b2, b3, b4, …)"
    assert len(faults.named["B without its A"]) == NAMED


def test_faults_of_several_blocks_add_up() -> None:
    first, second = Faults(), Faults()
    first.add("lost", "x1")
    second.add("lost", "x2")
    second.add("foreign", "y1")
    first.take(second)
    assert first.sentence() == "1 × foreign (y1); 2 × lost (x1, x2)"
    assert first.total == 3


def test_a_finding_says_what_was_looked_at_when_nothing_is_wrong() -> None:
    finding = found(Faults(), "7 rows, nothing wrong", {"looked_at": 7})
    assert finding.holds
    assert finding.sentence == "7 rows, nothing wrong"
    assert finding.figures["faults"] == 0
