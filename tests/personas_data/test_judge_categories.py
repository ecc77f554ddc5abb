"""How categories are judged: on texts that had no part in the vectors."""

from __future__ import annotations

import numpy as np
import pytest

from personas_data.encoder.judge_categories import (
    FOLDS,
    calibration_error,
    cross_validation,
    judge,
    print_categories,
)
from resources.context_pool import Pool, read_pool, split
from resources.encoder import open_encoder
from resources.settings import REPOSITORY


@pytest.fixture(scope="module")
def pool() -> Pool:
    return split(read_pool(REPOSITORY / "personas_data" / "contexts"))


def test_cross_validation_never_reads_the_judge_part(pool: Pool) -> None:
    held = {context.hash for context in pool.judge}
    draws = list(cross_validation(pool))
    assert len(draws) == FOLDS
    for known, judged in draws:
        one, other = ({context.hash for context in part} for part in (known, judged))
        assert not one & other
        assert not (one | other) & held
        assert len(one | other) == len(pool.reference) + len(pool.bots)
        assert len(one) == pytest.approx(len(pool.reference), rel=0.02)


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    sure = np.array([[0.95, 0.05]] * 4 + [[0.45, 0.55]] * 4)
    truth = np.array([0, 0, 0, 0, 1, 1, 0, 0])
    assert calibration_error(sure, truth) == pytest.approx((0.05 * 4 + 0.05 * 4) / 8)
    assert calibration_error(sure, 1 - truth) == pytest.approx((0.95 * 4 + 0.05 * 4) / 8)


def test_most_texts_not_seen_are_told_right(pool: Pool, capsys: pytest.CaptureFixture[str]) -> None:
    encoder = open_encoder("static")
    assert encoder is not None
    draw = next(cross_validation(pool))
    judged = judge(encoder, [draw])
    korean = judged.language == "ko"
    right = judged.says[korean].argmax(axis=1) == judged.truth[korean]
    assert right.mean() > 0.65
    assert (judged.says > 0).all()
    print_categories(judged, 1)
    shown = capsys.readouterr().out
    assert "among the six: 0." in shown
    assert shown.count("expected calibration error") == 4
