"""GET /users/{id}/profile: what the wheel has learned of a user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rec_api.answers import ProfileAnswer
from rec_api.problems import Problem
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES
from resources.records import COLLECTIONS

if TYPE_CHECKING:
    from rec_api.service import Service


async def profile_of(service: Service, user_id: str) -> ProfileAnswer:
    """The user's G; 404 before the first one was built."""
    (row,) = await service.outbox.get((COLLECTIONS["G"], user_id))
    known = await service.served.look_up(user_id, None)
    if row is None:
        raise Problem(
            404,
            "nothing is known of this user: a profile is built the day after the first session",
        )
    return ProfileAnswer(
        user_id=user_id,
        day=row["day"],
        served=known.profile is not None,
        executed_sessions=row["executed_sessions"],
        paraphrase_execution_count=row["paraphrase_execution_count"],
        recommend_accept_rate=row["recommend_accept_rate"],
        cluster_id=row["cluster_id"],
        preferred_category=_named(CATEGORIES, row["preferred_category_vector"]),
        preferred_strength=_named(INTENSITIES, row["preferred_strength_vector"]),
        preferred_language=_named(LANGUAGES, row["preferred_language_vector"]),
    )


def _named(words: Sequence[str], shares: Sequence[float]) -> dict[str, float]:
    return dict(zip(words, shares, strict=True))
