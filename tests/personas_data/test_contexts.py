"""The committed context pool keeps its own rules."""

from __future__ import annotations

import json
import re
from collections import defaultdict

import pytest

from resources.context_pool import near_duplicates, read_pool, split
from resources.options import CATEGORIES
from resources.settings import REPOSITORY
from resources.text_language import detect_language

FOLDER = REPOSITORY / "personas_data" / "contexts"
POOL = read_pool(FOLDER)
FEWEST = {"ko": 210, "en": 210, "ja": 52, "zh": 52}
TOPICS = {"ko": 32, "en": 32, "ja": 17, "zh": 17}
LENGTHS = {"ko": (35, 180), "en": (50, 320), "ja": (20, 130), "zh": (20, 100)}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CONTACT = re.compile(r"@|https?:|www\.|\d{2,4}[-. ]\d{3,4}[-. ]\d{4}|\d{6}-\d{7}")
KEYS = ["text", "category", "language", "topic"]


@pytest.mark.parametrize("language", FEWEST)
@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_has_enough_texts_over_enough_topics(category: str, language: str) -> None:
    own = [c for c in POOL if (c.category, c.language) == (category, language)]
    assert len(own) >= FEWEST[language]
    assert len({context.topic for context in own}) >= TOPICS[language]


@pytest.mark.parametrize("language", FEWEST)
def test_a_language_has_as_many_texts_in_every_category(language: str) -> None:
    sizes = {sum((c.category, c.language) == (k, language) for c in POOL) for k in CATEGORIES}
    assert len(sizes) == 1


@pytest.mark.parametrize("language", FEWEST)
def test_a_file_holds_its_own_language_alone_in_the_documented_shape(language: str) -> None:
    lines = (FOLDER / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        row = json.loads(line)
        assert list(row) == KEYS
        assert row["language"] == language
        assert json.dumps(row, ensure_ascii=False) == line
        assert SLUG.fullmatch(row["topic"])


@pytest.mark.parametrize("language", FEWEST)
def test_rows_of_a_category_and_of_a_topic_stand_together(language: str) -> None:
    keys = [(c.category, c.topic) for c in POOL if c.language == language]
    for order in (keys, [category for category, _ in keys]):
        starts = [key for n, key in enumerate(order) if n == 0 or order[n - 1] != key]
        assert len(starts) == len(set(starts))


@pytest.mark.parametrize("language", FEWEST)
def test_no_text_is_shorter_or_longer_than_its_language_allows(language: str) -> None:
    shortest, longest = LENGTHS[language]
    texts = [c.text for c in POOL if c.language == language]
    assert [text for text in texts if not shortest <= len(text) <= longest] == []


@pytest.mark.parametrize("language", FEWEST)
def test_no_text_holds_an_address_a_stranger_could_write_to_or_ring(language: str) -> None:
    assert [c.text for c in POOL if c.language == language and CONTACT.search(c.text)] == []


def test_no_two_texts_share_more_than_sixty_per_cent_of_their_5_grams() -> None:
    groups = near_duplicates([context.text for context in POOL])
    assert [g for g in groups if len(g) > 1] == []


def test_the_parts_are_disjoint_and_every_persona_language_has_forty_judge_texts() -> None:
    parts = split(POOL)
    texts = [{c.text for c in part} for part in (parts.reference, parts.bots, parts.judge)]
    assert sum(map(len, texts)) == len(set().union(*texts)) == len(POOL)
    judged: defaultdict[tuple[str, str], int] = defaultdict(int)
    for context in parts.judge:
        judged[context.category, context.language] += 1
    assert min(judged[c, lang] for c in CATEGORIES for lang in ("ko", "en")) >= 40


def test_the_detector_knows_the_language_of_nearly_every_text() -> None:
    right = sum(detect_language(context.text) == context.language for context in POOL)
    assert right / len(POOL) >= 0.99
