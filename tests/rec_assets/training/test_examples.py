"""H from chains: which B counts, what is dropped and why, in whatever order the rows come."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_assets.training.examples import (
    FOREIGN_RUN,
    FOREIGN_SELECTION,
    ORPHAN_RUN,
    ORPHAN_SELECTION,
    REJECTED_BUT_SELECTED,
    Chains,
    Examples,
    join_chains,
    outcomes,
)
from resources.records import Row, SchemaError, TrainingExample, from_row, to_row
from tests.builders import NOON, SLATE, correction, recommendation, run, selection, shown

BLOCKS = {"context-a1": {"embedding": "AAAA", "encoder_version": "static@0"}}


def joined(
    a: Sequence[Row] = (), b: Sequence[Row] = (), c: Sequence[Row] = (), d: Sequence[Row] = ()
) -> Examples:
    """H of these rows, within a minute counting as consistent."""
    return join_chains(Chains(a, b, c, d, BLOCKS), consistency_seconds=60.0)


def only(
    a: Sequence[Row] = (), b: Sequence[Row] = (), c: Sequence[Row] = (), d: Sequence[Row] = ()
) -> TrainingExample:
    examples = joined(a, b, c, d)
    assert len(examples.rows) == 1
    return examples.rows[0]


def rejected(identity: str = "c1", of: str = "b1", **changes: object) -> Row:
    return selection(identity, of, **{"accepted": False, "selected_index": None} | changes)


def test_an_accepted_chain_is_one_row_with_its_ground_truth() -> None:
    row = only([recommendation()], [run()], [selection()], [correction()])
    assert (row.id, row.executed, row.accepted, row.runs) == ("a1", True, True, 1)
    assert row.ground_truth == "thesis/strong/ko"
    assert row.source_paraphrase_event_id == "b1"
    assert row.error is None


def test_there_is_one_row_for_each_a_in_the_order_of_ids() -> None:
    examples = joined(
        [recommendation("a2"), recommendation("a1"), recommendation("a3")],
        [run("b1", "a2"), run("b2", "a2"), run("b3", "a3")],
        [selection("c1", "b1")],
    )
    assert [row.id for row in examples.rows] == ["a1", "a2", "a3"]
    assert [row.runs for row in examples.rows] == [0, 2, 1]


def test_without_a_b_the_row_is_kept_and_nothing_was_executed() -> None:
    row = only([recommendation()])
    assert (row.executed, row.accepted, row.changed, row.runs) == (False, False, False, 0)
    nothing = (row.category, row.ground_truth, row.match_metrics, row.consistency_flag)
    assert nothing == (None,) * 4
    assert (row.source_paraphrase_event_id, row.seconds_to_run, row.error) == (None,) * 3


def test_features_are_those_of_the_recommendation() -> None:
    row = only([recommendation()])
    assert row.slate == ["/".join(option) for option in SLATE]
    assert row.slate_scores == [0.5, 0.25, pytest.approx(0.5 / 3)]
    assert row.p_vec == [1 / 7] * 7
    assert row.p_doc is None
    assert (row.document_length, row.embedding) == (275, "AAAA")


def test_a_context_without_an_embedding_has_none() -> None:
    assert only([recommendation("a9")]).embedding is None


def test_of_several_b_the_accepted_one_counts_not_the_last() -> None:
    first = run("b1", category="email")
    last = run("b2", created_at=NOON + 30_000)
    row = only([recommendation()], [last, first], [selection(of="b1"), rejected("c2", "b2")])
    assert (row.source_paraphrase_event_id, row.category, row.accepted) == ("b1", "email", True)
    assert (row.runs, row.ground_truth) == (2, "email/strong/ko")


def test_of_several_b_the_last_counts_when_none_was_accepted() -> None:
    runs = [run(f"b{k}", created_at=NOON + 1000 * (4 - k)) for k in (2, 3, 1)]
    row = only([recommendation()], runs, [rejected(of="b1")])
    assert (row.source_paraphrase_event_id, row.accepted, row.ground_truth) == ("b1", False, None)


def test_b_of_the_same_millisecond_are_in_the_order_of_ids() -> None:
    row = only([recommendation()], [run("b2"), run("b1")])
    assert row.source_paraphrase_event_id == "b2"


def test_a_b_without_its_a_is_dropped_and_counted() -> None:
    examples = joined([recommendation()], [run("b1"), run("b2", "a9")])
    assert examples.dropped == Counter({ORPHAN_RUN: 1})
    assert examples.rows[0].runs == 1


def test_a_b_of_another_users_a_is_dropped_and_counted() -> None:
    examples = joined([recommendation()], [run("b1", user_id="u2")])
    assert examples.dropped == Counter({FOREIGN_RUN: 1})
    assert not examples.rows[0].executed


def test_a_c_without_its_b_is_dropped_and_counted() -> None:
    examples = joined([recommendation()], [run("b1")], [selection("c1", of="b9")])
    assert examples.dropped == Counter({ORPHAN_SELECTION: 1})
    assert not examples.rows[0].accepted


def test_the_c_of_a_dropped_b_is_dropped_with_it() -> None:
    examples = joined([recommendation()], [run("b1", "a9")], [selection("c1", of="b1")])
    assert examples.dropped == Counter({ORPHAN_RUN: 1, ORPHAN_SELECTION: 1})


def test_a_c_of_another_users_b_is_dropped_and_counted() -> None:
    examples = joined([recommendation()], [run()], [selection(user_id="u2")])
    assert examples.dropped == Counter({FOREIGN_SELECTION: 1})
    assert not examples.rows[0].accepted


def test_rejected_in_c_but_selected_in_d_is_an_error_row_that_stays() -> None:
    row = only([recommendation()], [run()], [rejected()], [correction(selected_index=1)])
    assert (row.error, row.executed, row.accepted) == (REJECTED_BUT_SELECTED, True, False)
    assert "contradictions" in outcomes(row)


def test_a_contradiction_in_a_run_that_was_not_executed_is_told_too() -> None:
    runs = [run("b1"), run("b2", created_at=NOON + 30_000)]
    taken, none = correction(selected_index=0), correction("b2", selected_index=None)
    row = only([recommendation()], runs, [rejected(), rejected("c2", "b2")], [taken, none])
    assert (row.source_paraphrase_event_id, row.error) == ("b2", REJECTED_BUT_SELECTED)
    row = only([recommendation()], runs, [rejected(), selection("c2", "b2")], [taken])
    assert (row.accepted, row.error) == (True, REJECTED_BUT_SELECTED)


@pytest.mark.parametrize("c", [selection(), rejected()])
def test_a_d_that_agrees_with_its_c_is_no_error(c: Row) -> None:
    row = only([recommendation()], [run()], [c], [correction(selected_index=c["selected_index"])])
    assert row.error is None


def test_a_d_without_a_c_is_no_error() -> None:
    assert only([recommendation()], [run()], [], [correction()]).error is None


@pytest.mark.parametrize(
    ("after_ms", "flag"),
    [(-1, "low"), (0, "high"), (59_999, "high"), (60_000, "high"), (60_001, "low")],
)
def test_a_run_within_the_limit_is_consistent(after_ms: int, flag: str) -> None:
    row = only([recommendation()], [run(created_at=NOON + after_ms)])
    assert row.consistency_flag == flag
    assert row.seconds_to_run == pytest.approx(after_ms / 1000)


@pytest.mark.parametrize(
    ("executed", "equal"),
    [
        (("thesis", "strong", "ko"), (1, 1, 1, 3)),
        (("thesis", "moderate", "ko"), (1, 0, 1, 2)),
        (("email", "strong", "en"), (0, 1, 0, 1)),
        (("email", "weak", "en"), (0, 0, 0, 0)),
    ],
)
def test_the_first_of_the_slate_is_matched_word_by_word(
    executed: tuple[str, str, str], equal: tuple[int, ...]
) -> None:
    words = dict(zip(("category", "intensity", "language"), executed, strict=True))
    metrics = only([recommendation()], [run(**words)]).match_metrics
    assert metrics == dict(zip((*words, "total"), equal, strict=True))


def test_what_the_texts_terms_contribute_orders_the_slate_without_personalization() -> None:
    parts = [{"vec": 0.1, "doc": 0.2, "user": 0.3, "cluster": 0.0}] * len(SLATE)
    slate = [{**one, "contributions": part} for one, part in zip(shown(*SLATE), parts, strict=True)]
    row = only([recommendation(reco_options=slate)])
    assert row.slate_plain == pytest.approx([0.3] * len(SLATE))
    absent = {"vec": 0.0, "doc": 0.0, "user": 0.5, "cluster": 0.5}
    row = only([recommendation(reco_options=slate, weights=absent)])
    assert row.slate_plain is None


def test_an_empty_slate_has_nothing_to_match() -> None:
    row = only([recommendation(reco_options=[])], [run(slate_position=None)], [selection()])
    assert (row.match_metrics, row.slate, row.accepted) == (None, [], True)


def test_an_option_that_was_not_shown_is_a_change_by_the_person() -> None:
    row = only([recommendation(reco_options=shown(*SLATE[1:]))], [run(slate_position=None)])
    assert (row.changed, row.slate_position) == (True, None)


@pytest.mark.parametrize(("position", "changed"), [(0, False), (1, True), (4, True)])
def test_running_another_than_the_first_option_is_a_change(position: int, changed: bool) -> None:
    row = only([recommendation()], [run(slate_position=position)])
    assert row.changed is changed


def test_what_came_late_dates_the_row() -> None:
    late = rejected(arrived_on="2026-03-04"), run("b2", arrived_on="2026-03-03")
    row = only([recommendation()], [run("b1"), late[1]], [late[0]])
    assert (row.day, row.arrived_on) == ("2026-03-02", "2026-03-04")


def test_what_was_dropped_dates_no_row() -> None:
    foreign = run("b1", user_id="u2", arrived_on="2026-03-09")
    assert only([recommendation()], [foreign]).arrived_on == "2026-03-02"


def test_a_row_of_a_newer_schema_stops_the_join() -> None:
    with pytest.raises(SchemaError, match="RecommendEvent 'a1' has schema_version 9"):
        joined([recommendation(schema_version=9)])


def test_outcomes_count_what_a_row_is() -> None:
    row = only([recommendation(origin="simulation")], [run(slate_position=None)], [selection()])
    facts = {"examples", "simulated", "executed", "accepted", "changed", "consistency_high"}
    assert set(outcomes(row)) == facts


# Two B for each of six A; b6, b7, b14, b15 have no A, b5 is another user's, and so is c3.
WORLD = Chains(
    [recommendation(f"a{k}", user_id=f"u{k % 3}") for k in range(6)],
    [run(f"b{k}", f"a{k % 8}", user_id="u9" if k == 5 else f"u{k % 8 % 3}") for k in range(16)],
    [
        (rejected if k % 4 else selection)(
            f"c{k}", f"b{k}", user_id="u9" if k == 3 else f"u{k % 8 % 3}"
        )
        for k in range(16)
    ],
    [correction(f"b{k}", selected_index=1 if k % 2 else None) for k in range(16)],
    BLOCKS,
)


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(dice: random.Random) -> None:
    def shuffled(rows: Sequence[Row]) -> list[Row]:
        return dice.sample(rows, len(rows))

    mixed = Chains(
        shuffled(WORLD.recommendations),
        shuffled(WORLD.runs),
        shuffled(WORLD.selections),
        shuffled(WORLD.corrections),
        WORLD.blocks,
    )
    assert join_chains(mixed, 60.0) == join_chains(WORLD, 60.0)


def test_the_world_that_is_shuffled_holds_every_kind_of_row() -> None:
    examples = join_chains(WORLD, 60.0)
    kinds = {fact for row in examples.rows for fact in outcomes(row)}
    assert {"accepted", "contradictions", "consistency_high"} <= kinds
    assert examples.dropped == {
        ORPHAN_RUN: 4,
        FOREIGN_RUN: 1,
        ORPHAN_SELECTION: 5,
        FOREIGN_SELECTION: 1,
    }


def test_a_row_of_h_comes_back_from_the_store() -> None:
    row = only([recommendation()], [run()], [selection()])
    assert from_row(TrainingExample, to_row(row)) == row


def test_a_vector_that_another_encoder_made_is_left_out() -> None:
    event = recommendation(versions={"encoder": "static@1"})
    row = only([event])
    assert (row.embedding, row.encoder_version) == (None, None)
    assert "without_embedding" in outcomes(row)
