"""Pictures stay small and are drawn whatever the day was like."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from rec_assets.clusters.clusters import Crowd, group_users
from rec_assets.clusters.plots import cluster_map
from rec_assets.days import days_before
from rec_assets.personas.persona import read_personas
from rec_assets.personas.plots import persona_bars
from rec_assets.plots import MOST_BYTES, intervals, readable_on, told_simulated
from rec_assets.training.day_counts import DayCounts
from rec_assets.training.plots import accept_rates, day_funnel
from resources.preferences import Evidence
from tests.rec_assets.wheel import persona_file

BUSY = DayCounts(examples=50_000, people=9_000, executed=41_000, answered=39_000, accepted=23_000)


def size_of(uri: str) -> tuple[int, int]:
    """Width and height; AssertionError for what is no small picture."""
    assert len(uri) < MOST_BYTES
    return Image.open(io.BytesIO(base64.b64decode(uri.partition("base64,")[2]))).size


def crowd(people: int) -> Crowd:
    draw = np.random.default_rng(3)
    tastes = draw.dirichlet(np.full(21, 0.3), 8)
    counts = (draw.multinomial(12, tastes[k % 8]).reshape(7, 3) * 1.0 for k in range(people))
    spoken = np.diag([9.0, 2.0, 1.0, 0.0])
    return Crowd(
        tuple(f"u{k:05d}" for k in range(people)),
        tuple(Evidence(ci, spoken, 12.0) for ci in counts),
    )


@pytest.mark.parametrize("counts", [BUSY, DayCounts(), DayCounts(examples=3, people=1)])
def test_a_days_funnel_is_drawn_busy_or_empty(counts: DayCounts) -> None:
    assert size_of(day_funnel("2026-01-05", counts))[0] == 740


@pytest.mark.parametrize("days", [1, 7, 30])
def test_accept_rates_are_drawn_from_one_day_to_thirty(days: int) -> None:
    assert size_of(accept_rates(dict.fromkeys(days_before("2026-02-05", days), BUSY)))[0] == 740


def test_the_same_figures_give_the_same_bytes() -> None:
    assert day_funnel("2026-01-05", BUSY) == day_funnel("2026-01-05", BUSY)


@pytest.mark.parametrize("number", [1, 2, 3, 30])
def test_one_persona_and_thirty_are_drawn_in_one_picture(tmp_path: Path, number: int) -> None:
    personas = (read_personas(persona_file(tmp_path)) * 10)[:number]
    named = [msgspec.structs.replace(p, name=f"{p.name}_{k}") for k, p in enumerate(personas)]
    assert size_of(persona_bars(named))[1] < 1_100


def test_four_thousand_users_fit_into_a_small_picture() -> None:
    people = crowd(4_000)
    grouping = group_users(people, {}, 0, members_before={}, house_language="ko", seed=1)
    size_of(cluster_map("2026-01-05", people, grouping, "all simulated"))


def test_too_few_users_for_clusters_are_told_in_words() -> None:
    people = crowd(4)
    grouping = group_users(people, {}, 0, members_before={}, house_language="ko", seed=1)
    assert "too few" in cluster_map("2026-01-05", people, grouping, "")


def test_intervals_are_drawn() -> None:
    size_of(intervals("title", "below", "share", {"one": (0.5, 0.4, 0.6), "two": (1.0, 1.0, 1.0)}))


def test_how_much_is_simulated_is_said_in_words() -> None:
    told = [told_simulated(*of) for of in ((0, 0), (0, 5), (5, 5), (1, 4))]
    assert told == ["none simulated", "none simulated", "all simulated", "25% simulated"]


def test_letters_are_dark_on_light_and_light_on_dark() -> None:
    assert readable_on("#ffffff") != readable_on("#000000") == "white"
