from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rec_api.answers import RecommendAnswer
from rec_api.shrinkage import population_before_data
from resources.options import CATEGORIES, OPTIONS
from resources.packed_arrays import unpack
from resources.preferences import Cluster, Evidence, ServedClusters, ServedProfile
from resources.profile_cache import ProfileCache
from resources.records import RecommendEvent, from_row
from tests.rec_api.conftest import TEXT, Running

A, E, I_ = "editor_recommend_options", "context_block", "recommend_log"


@pytest.fixture
def answer(service: Running, user: str) -> dict[str, Any]:
    return service.recommend(user_id=user, limit=5).json()  # type: ignore[no-any-return]


def test_an_answer_has_exactly_the_documented_fields(answer: dict[str, Any]) -> None:
    RecommendAnswer.model_validate(answer)


def test_contributions_add_up_to_the_score(answer: dict[str, Any]) -> None:
    for option in answer["reco_options"]:
        assert math.isclose(sum(option["contributions"].values()), option["score"], abs_tol=1e-12)


def test_weights_sum_to_one_and_an_absent_term_has_none(answer: dict[str, Any]) -> None:
    assert math.isclose(sum(answer["weights"].values()), 1)
    assert answer["weights"]["doc"] == 0
    assert answer["P_doc"] is None
    assert answer["degraded"] == ["document"]


def test_scores_fall_along_the_slate(answer: dict[str, Any]) -> None:
    scores = [option["score"] for option in answer["reco_options"]]
    assert scores == sorted(scores, reverse=True)


def test_a_is_stored_before_it_is_answered(service: Running, answer: dict[str, Any]) -> None:
    event = from_row(RecommendEvent, service.row(A, answer["insert_id"]) or {})
    assert event.reco_options == answer["reco_options"]
    assert (event.policy, event.propensity, event.origin) == ("greedy", 1.0, "live")


def test_all_scores_and_vectors_can_be_rebuilt_from_a(
    service: Running, answer: dict[str, Any]
) -> None:
    row = service.row(A, answer["insert_id"]) or {}
    assert unpack(row["scores"], "<f8").sum() == pytest.approx(1)
    assert unpack(row["p_vec"], "<f8").tolist() == [answer["P_vec"][c] for c in CATEGORIES]


def test_e_holds_the_text_and_its_embedding(service: Running, answer: dict[str, Any]) -> None:
    block = service.row(E, answer["context_hash"]) or {}
    assert block["text"] == TEXT
    assert np.linalg.norm(unpack(block["embedding"])) == pytest.approx(1, abs=1e-5)


def test_i_says_what_was_in_the_cache(service: Running, answer: dict[str, Any]) -> None:
    log = service.row(I_, answer["insert_id"]) or {}
    assert log["cache_hits"] == {"profile": False, "clusters": False, "document": False}
    assert log["latency_ms"] > 0


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ({"field": "general"}, {"category": "none"}),
        ({"maintenance": "weak"}, {"intensity": "weak"}),
        ({"target_language": "en"}, {"language": "en"}),
        ({"category": "email", "language": "zh"}, {"category": "email", "language": "zh"}),
    ],
)
def test_a_restriction_filters_the_list_and_rescales_nothing(
    service: Running, user: str, asked: dict[str, str], stored: dict[str, str]
) -> None:
    free = service.recommend(user_id=user, limit=84).json()["reco_options"]
    narrow = service.recommend(user_id=user, limit=84, **asked).json()
    fitting = [o for o in free if all(o[word] == value for word, value in stored.items())]
    assert narrow["reco_options"] == fitting
    row = service.row(A, narrow["insert_id"]) or {}
    assert row["restriction"] == stored
    assert len(unpack(row["scores"], "<f8")) == len(fitting)


def test_explain_adds_all_scores_and_what_they_rest_on(service: Running, user: str) -> None:
    explained = service.recommend(user_id=user, explain=True, language="en").json()["explain"]
    assert explained["scores"].keys() == {option.id for option in OPTIONS}
    assert 0 < explained["literal_cosine"] <= 1
    assert explained["evidence"]["executed_sessions"] == 0


def test_a_document_gains_weight_with_its_length(service: Running, user: str) -> None:
    service.put_document(user, "d", TEXT * 20)
    answer = service.recommend(user_id=user).json()
    assert answer["doc_maturity_score"] == 1
    assert answer["applied_weight_doc"] == pytest.approx(0.4)
    assert answer["degraded"] == []
    assert answer["cache_hit_document"]


def publish(cache: ProfileCache, user: str, day: str, cluster_id: str) -> None:
    population = population_before_data("ko")
    cluster = Cluster("c0", population, np.zeros(14), 3)
    evidence = Evidence.none()
    evidence.ci[3, 2] = 20.0
    profile = ServedProfile(Evidence(evidence.ci, evidence.ltl, 20.0), day, cluster_id, 0.5, 20)
    clusters = ServedClusters(
        f"v-{day}", day, Cluster("population", population, np.zeros(14), 3), (cluster,)
    )
    assert cache.publish([(user, profile)], clusters)


def test_a_published_profile_is_used_at_once_and_decays_with_the_days(
    service: Running, cache: ProfileCache, user: str
) -> None:
    service.recommend(user_id=user)
    publish(cache, user, "2026-01-01", "c0")
    at = 1_767_225_600_000  # 2026-01-01
    day = 86_400_000
    answers = [
        service.recommend("simulator", user_id=user, created_at=at + days * day).json()
        for days in (0, 14, -5)
    ]
    assert [a["versions"]["serving"] for a in answers] == ["v-2026-01-01"] * 3
    assert answers[0]["profile_source"] == "user"
    assert answers[0]["cluster_id"] == "c0"
    assert answers[0]["weights"]["user"] == pytest.approx(0.5 * 20 / 23, rel=1e-6)
    assert answers[1]["weights"]["user"] < answers[0]["weights"]["user"]
    assert answers[2]["weights"] == answers[0]["weights"]


def test_a_cluster_that_the_served_j_lacks_is_read_as_none(
    service: Running, cache: ProfileCache, user: str
) -> None:
    publish(cache, user, "2026-01-02", "gone")
    assert service.recommend(user_id=user).json()["cluster_id"] == "c0"
