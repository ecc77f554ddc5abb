"""The committed context pool keeps its own rules."""

from __future__ import annotations

from collections import defaultdict

import pytest

from resources.context_pool import near_duplicates, read_pool, split
from resources.options import CATEGORIES
from resources.settings import REPOSITORY
from resources.text_language import detect_language

POOL = read_pool(REPOSITORY / "personas_data" / "contexts")
FEWEST = {"ko": 40, "en": 40, "ja": 15, "zh": 15}


@pytest.mark.parametrize("language", FEWEST)
@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_has_enough_texts_over_enough_topics(category: str, language: str) -> None:
    own = [c for c in POOL if (c.category, c.language) == (category, language)]
    assert len(own) >= FEWEST[language]
    assert len({context.topic for context in own}) >= 8


def test_no_two_texts_share_more_than_sixty_per_cent_of_their_5_grams() -> None:
    groups = near_duplicates([context.text for context in POOL])
    assert [g for g in groups if len(g) > 1] == []


def test_the_parts_are_disjoint_and_every_persona_language_has_ten_judge_texts() -> None:
    parts = split(POOL)
    texts = [{c.text for c in part} for part in (parts.reference, parts.bots, parts.judge)]
    assert sum(map(len, texts)) == len(set().union(*texts)) == len(POOL)
    judged: defaultdict[tuple[str, str], int] = defaultdict(int)
    for context in parts.judge:
        judged[context.category, context.language] += 1
    assert min(judged[c, lang] for c in CATEGORIES for lang in ("ko", "en")) >= 10


def test_the_detector_knows_the_language_of_nearly_every_text() -> None:
    right = sum(detect_language(context.text) == context.language for context in POOL)
    assert right / len(POOL) >= 0.99
