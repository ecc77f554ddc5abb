"""P_final over everything a request may lack, against references written as loops."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rec_api.scoring import TERMS, Inputs, Scores, alpha_of, context_category, score
from rec_api.shrinkage import population_before_data, shrink_user
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES, OPTIONS, Option, ranking
from resources.preferences import Cluster, Evidence, Floats, ServedClusters
from tests.rec_api.scoring_by_loops import (
    by_loops,
    normalised,
    own_or_above,
    slow_cluster_term,
)
from tests.strategies import (
    CLUSTER_COUNTS,
    DOCUMENT_LENGTHS,
    HEAVY,
    category_vectors,
    inputs,
    named,
    served,
)

THESIS_LIKE = np.array([0.4, 0.2, 0.1, 0.1, 0.05, 0.05, 0.1])


def evidence_of(category: str, intensity: str, language: str, weight: float) -> Evidence:
    """`weight` sessions of one option on texts in its own language."""
    ci, ltl = np.zeros((7, 3)), np.zeros((4, 4))
    ci[CATEGORIES.index(category), INTENSITIES.index(intensity)] = weight
    ltl[LANGUAGES.index(language), LANGUAGES.index(language)] = weight
    return Evidence(ci, ltl, weight)


def clusters_of(count: int) -> ServedClusters:
    """J with `count` clusters, each of another taste."""
    everybody = population_before_data("ko")
    clusters = tuple(
        named(f"c{k + 1:02d}", evidence_of(*OPTIONS[8 * k], 30.0), everybody, k)
        for k in range(count)
    )
    return ServedClusters(
        "v", "2026-03-01", Cluster("population", everybody, np.ones(14), 9), clusters
    )


def asked(**changes: object) -> Inputs:
    """A complete request about a thesis, with `changes`."""
    whole = Inputs(
        text=THESIS_LIKE,
        document=THESIS_LIKE,
        document_length=500,
        text_language="ko",
        evidence=evidence_of("thesis", "strong", "ko", 5.0),
        clusters=clusters_of(5),
        cluster_id="c01",
        house_language="ko",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def assert_distribution(p: Floats) -> None:
    assert np.isfinite(p).all()
    assert (p >= 0).all()
    assert abs(p.sum() - 1) < 1e-12


@given(inputs())
def test_every_term_and_the_score_are_distributions(asking: Inputs) -> None:
    scores = score(asking)
    for p in (scores.final, *scores.terms.values(), *scores.categories.values()):
        assert_distribution(p)


@pytest.mark.parametrize("clusters", [None, *CLUSTER_COUNTS])
@pytest.mark.parametrize("language", [None, *LANGUAGES])
def test_every_combination_of_what_may_be_missing_is_scored(
    clusters: int | None, language: str | None
) -> None:
    j = None if clusters is None else clusters_of(clusters)
    evidence = [evidence_of("email", "weak", "en", n) for n in (HEAVY, 1e-9)]
    for text, doc, length, known, own in product(
        (None, THESIS_LIKE),
        (None, THESIS_LIKE),
        DOCUMENT_LENGTHS,
        (None, Evidence.none(), *evidence),
        (None, "c01", "c99"),
    ):
        scores = score(Inputs(text, doc, length, language, known, j, own, "ko"))
        assert_distribution(scores.final)
        assert abs(sum(scores.weights.values()) - 1) < 1e-12


@given(inputs())
def test_the_contributions_add_up_to_the_score_of_every_option(asking: Inputs) -> None:
    scores = score(asking)
    for option in range(len(OPTIONS)):
        parts = scores.contributions(option)
        assert tuple(parts) == TERMS
        assert sum(parts.values()) == pytest.approx(scores.final[option], abs=1e-12)


@given(inputs())
def test_weights_sum_to_one_and_an_absent_term_has_none(asking: Inputs) -> None:
    scores = score(asking)
    assert sum(scores.weights.values()) == pytest.approx(1, abs=1e-12)
    assert all(0 <= weight <= 1 for weight in scores.weights.values())
    assert all(scores.weights[term] == 0 for term in TERMS if term not in scores.terms)


@given(inputs())
def test_present_terms_keep_their_proportions(asking: Inputs) -> None:
    scores = score(asking)
    lam, alpha = scores.lambda_user, alpha_of(asking.document_length)
    wanted = dict(zip(TERMS, (0.5 - alpha, alpha, 0.5 * lam, 0.5 * (1 - lam)), strict=True))
    kept = sum(wanted[term] for term in scores.terms)
    for term in scores.terms:
        assert scores.weights[term] == pytest.approx(wanted[term] / kept, abs=1e-12)


@pytest.mark.parametrize(
    ("length", "alpha"),
    [(0, 0), (49, 0), (50, 0), (51, 0.4 / 450), (275, 0.2), (500, 0.4), (2_000_000, 0.4)],
)
def test_alpha_grows_from_50_to_500_characters(length: int, alpha: float) -> None:
    scores = score(asked(document_length=length))
    assert scores.alpha == pytest.approx(alpha, abs=1e-15)
    assert scores.maturity == pytest.approx(alpha / 0.4, abs=1e-15)
    assert scores.weights["doc"] == pytest.approx(alpha, abs=1e-15)


@given(st.floats(0, HEAVY), st.floats(0, HEAVY))
def test_lambda_grows_with_the_sessions_and_stays_below_one(a: float, b: float) -> None:
    fewer, more = (score(asked(evidence=replace(Evidence.none(), n=n))) for n in sorted((a, b)))
    assert 0 <= fewer.lambda_user <= more.lambda_user < 1
    assert more.lambda_user == max(a, b) / (max(a, b) + 3)


@given(inputs().filter(lambda asking: asking.evidence is not None))
def test_p_user_is_the_squared_share_of_the_cosine_of_k_and_u(asking: Inputs) -> None:
    q, evidence = context_category(asking), asking.evidence or Evidence.none()
    theta = shrink_user(evidence, own_or_above(asking))
    ones = np.ones(len(CATEGORIES))
    k = [sqrt(q[CATEGORIES.index(option.category)] / 12) for option in OPTIONS]
    u = [sqrt(value) for value in by_loops(ones, theta, asking.text_language)]
    assert sum(x * x for x in k) == pytest.approx(1)
    assert sum(x * x for x in u) == pytest.approx(1)
    shares = normalised([(x * y) ** 2 for x, y in zip(k, u, strict=True)])
    assert score(asking).terms["user"] == pytest.approx(shares, abs=1e-12)


@given(inputs().filter(lambda asking: asking.evidence is not None))
def test_the_literal_cosine_lies_between_zero_and_one_and_says_p_user(asking: Inputs) -> None:
    scores = score(asking)
    assert scores.literal_cosine is not None
    assert 0 < scores.literal_cosine.sum() <= 1 + 1e-12
    squares = list(scores.literal_cosine**2)
    assert scores.terms["user"] == pytest.approx(normalised(squares), abs=1e-12)


@given(inputs(heaviest=1000.0))
def test_p_cluster_equals_a_slow_reference(asking: Inputs) -> None:
    assert score(asking).terms["cluster"] == pytest.approx(slow_cluster_term(asking), abs=1e-9)


@given(category_vectors(), served(), st.sampled_from((None, "c01", "c99")))
def test_a_new_users_p_user_is_the_group_above_times_the_context(
    text: Floats, j: ServedClusters, own: str | None
) -> None:
    asking = asked(text=text, clusters=j, cluster_id=own, evidence=Evidence.none())
    prior = by_loops(context_category(asking), own_or_above(asking), "ko")
    assert score(asking).terms["user"] == pytest.approx(normalised(prior), abs=1e-12)
    assert score(asking).weights["user"] == 0


@given(category_vectors(), category_vectors(), st.sampled_from(DOCUMENT_LENGTHS))
def test_the_context_multiplies_text_and_document(v: Floats, d: Floats, length: int) -> None:
    q = context_category(asked(text=v, document=d, document_length=length))
    alpha = 0.4 * min(max((length - 50) / 450, 0), 1)
    loops = [v[c] * d[c] ** (1.5 * alpha) for c in range(7)]
    assert q == pytest.approx(normalised(loops), abs=1e-12)


def test_without_an_encoder_the_context_says_nothing() -> None:
    assert context_category(asked(text=None)) == pytest.approx([1 / 7] * 7)


@given(inputs())
def test_text_and_document_terms_carry_the_populations_style(asking: Inputs) -> None:
    j = asking.clusters
    above = j.population.preferences if j else population_before_data(asking.house_language)
    flat = replace(above, category=np.ones(len(CATEGORIES)))
    scores = score(asking)
    for term, said in (("vec", asking.text), ("doc", asking.document)):
        if said is not None:
            loops = by_loops(said, flat, asking.text_language)
            assert scores.terms[term] == pytest.approx(loops, abs=1e-12)


@given(inputs(), *[st.none() | st.sampled_from(w) for w in (CATEGORIES, INTENSITIES, LANGUAGES)])
def test_a_restriction_only_filters_the_ranked_list(
    asking: Inputs, category: str | None, intensity: str | None, language: str | None
) -> None:
    final = score(asking).final
    wanted = (category, intensity, language)
    allowed = {o for o in OPTIONS if all(w in (None, x) for w, x in zip(wanted, o, strict=True))}
    listed = [OPTIONS[k] for k in ranking(final) if OPTIONS[k] in allowed]
    position = {option: k for k, option in enumerate(OPTIONS)}
    assert listed == sorted(allowed, key=lambda o: (-final[position[o]], o.id))


def test_equal_scores_are_ordered_by_id() -> None:
    scores = score(asked(text=None, document=None, evidence=None, clusters=None))
    best = [OPTIONS[k] for k in ranking(scores.final)[:7]]
    assert {(option.intensity, option.language) for option in best} == {("moderate", "ko")}
    assert [option.category for option in best] == sorted(CATEGORIES)


@pytest.mark.parametrize(
    ("missing", "degraded"),
    [
        ({}, ()),
        ({"text": None, "document": None}, ("encoder", "document")),
        ({"text": None}, ("encoder",)),
        ({"document": None}, ("document",)),
        ({"evidence": None}, ("profile",)),
        ({"text": None, "document": None, "evidence": None}, ("encoder", "document", "profile")),
    ],
)
def test_degraded_names_what_is_missing(
    missing: dict[str, None], degraded: tuple[str, ...]
) -> None:
    assert score(asked(**missing)).degraded == degraded


@pytest.mark.parametrize(
    ("evidence", "clusters", "source"),
    [
        (evidence_of("email", "weak", "en", 3.5), 5, "user"),
        (evidence_of("email", "weak", "en", 3.0), 5, "cluster"),
        (Evidence.none(), 5, "cluster"),
        (None, 5, "cluster"),
        (Evidence.none(), 0, "population"),
        (None, None, "population"),
    ],
)
def test_the_profile_source_is_the_one_that_weighs_most(
    evidence: Evidence | None, clusters: int | None, source: str
) -> None:
    j = None if clusters is None else clusters_of(clusters)
    assert score(asked(evidence=evidence, clusters=j)).profile_source == source


@given(inputs())
def test_the_cluster_id_answered_is_one_that_is_served(asking: Inputs) -> None:
    ids = {k.cluster_id for k in asking.clusters.clusters} if asking.clusters else set()
    answered = score(asking).cluster_id
    assert answered in ids or (answered is None and not ids)
    assert answered == asking.cluster_id or asking.cluster_id not in ids


def test_a_new_user_is_placed_by_the_language_of_the_text() -> None:
    taste = {lt: evidence_of("email", "weak", lt, 200.0) for lt in ("ko", "ja")}
    above = population_before_data("ko")
    groups = tuple(named(lt, evidence, above, 5) for lt, evidence in taste.items())
    j = replace(clusters_of(0), clusters=groups)
    new = asked(clusters=j, cluster_id=None, evidence=Evidence.none())
    assert score(replace(new, text_language="ja")).cluster_id == "ja"
    assert score(replace(new, text_language="ko")).cluster_id == "ko"


def first(scores: Scores) -> Option:
    return OPTIONS[int(ranking(scores.final)[0])]


@pytest.mark.parametrize(
    "taste", [("thesis", "strong", "ko"), ("thesis", "weak", "en"), ("report", "moderate", "ko")]
)
def test_a_thesis_writers_options_come_first_as_their_history_has_them(
    taste: tuple[str, str, str],
) -> None:
    category, intensity, language = taste
    evidence = evidence_of(category, intensity, "ko", 40.0)
    ltl = np.zeros((4, 4))
    ltl[LANGUAGES.index("ko"), LANGUAGES.index(language)] = 40.0
    scores = score(asked(evidence=replace(evidence, ltl=ltl), clusters=None))
    assert first(scores) == Option(*taste)
    assert scores.profile_source == "user"
