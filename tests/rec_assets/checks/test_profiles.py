from __future__ import annotations

import pytest

from rec_assets.checks.profiles import is_distribution, profile_faults
from resources.records import Row


def profile(**other: object) -> Row:
    return {
        "_id": "u1",
        "preferred_category_vector": [1 / 7] * 7,
        "preferred_strength_vector": [1 / 3] * 3,
        "preferred_language_vector": [0.25] * 4,
        "user_embedding_v1": [(1 / 7) ** 0.5] * 7 + [(1 / 3) ** 0.5] * 3 + [0.5] * 4,
        "evidence": {"2026-01-05": [[0, 0, 1, 0, 1, 2]]},
        **other,
    }


def test_a_sound_profile_has_no_fault() -> None:
    assert list(profile_faults(profile())) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("preferred_category_vector", [0.5] * 7),
        ("preferred_strength_vector", [0.5, 0.5]),
        ("preferred_language_vector", [1.5, -0.5, 0, 0]),
        ("user_embedding_v1", [0.0] * 14),
        ("user_embedding_v1", [float("nan")] * 14),
        ("evidence", {"2026-01-05": [[0, 0, 1, 0, 1, 0]]}),
    ],
)
def test_a_broken_profile_is_named_with_its_field(field: str, value: object) -> None:
    ((kind, offender),) = profile_faults(profile(**{field: value}))
    assert kind.startswith(field)
    assert offender.startswith("u1")


def test_nan_is_no_distribution() -> None:
    assert not is_distribution([float("nan"), 1.0], 2)
