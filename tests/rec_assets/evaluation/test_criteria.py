from __future__ import annotations

from rec_assets.evaluation.criteria import count_chains


def run(of: str, own: str) -> dict[str, object]:
    return {"_id": own, "source_recommend_event_id": of}


def selection(of: str, accepted: bool) -> dict[str, object]:
    return {"_id": f"c-{of}", "source_paraphrase_event_id": of, "accepted": accepted}


def test_a_chain_is_complete_with_a_b_and_its_c() -> None:
    runs = [run("a1", "b1"), run("a2", "b2"), run("a2", "b3")]
    counts = count_chains(["a1", "a2", "a3"], runs, [selection("b1", True), selection("b3", False)])
    assert (counts.recommendations, counts.runs, counts.selections) == (3, 3, 2)
    assert (counts.complete, counts.rejected) == (2, 1)
    assert (counts.orphan_runs, counts.orphan_selections) == (0, 0)


def test_orphans_are_counted_and_complete_nothing() -> None:
    counts = count_chains(
        ["a1"], [run("gone", "b1")], [selection("b1", True), selection("b9", True)]
    )
    assert (counts.complete, counts.orphan_runs, counts.orphan_selections) == (0, 1, 2)
