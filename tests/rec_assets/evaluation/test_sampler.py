from __future__ import annotations

import numpy as np

from rec_assets.evaluation.judgement import JudgeText
from rec_assets.evaluation.sampler import most_neutral


def text(words: str, *shares: float) -> JudgeText:
    return JudgeText(words, "none", "ko", np.array(shares), "ko")


def test_the_most_neutral_text_rules_out_no_category() -> None:
    sure, torn, open_ = (
        text("a", 0.9, 0.05, 0.05),
        text("b", 0.5, 0.49, 0.01),
        text("c", 0.4, 0.4, 0.2),
    )
    assert most_neutral([sure, torn, open_]) is open_


def test_without_an_encoder_there_is_none() -> None:
    assert most_neutral([JudgeText("a", "none", "ko", None, "ko")]) is None
