from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rec_assets.personas.choice_fit import fit_choice
from rec_assets.personas.persona import Choice
from rec_assets.personas.persona_defaults import CHOICE
from rec_assets.traffic.choice import position_shares


def selections(bias: float, first: float, total: int = 3, rows: int = 20_000) -> pd.DataFrame:
    choice = Choice(**{**CHOICE, "position_bias": bias, "satisficing": first})
    draw = np.random.default_rng(4)
    index = draw.choice(total, size=rows, p=position_shares(total, choice)).astype(float)
    return pd.DataFrame({"index": index, "total": float(total)})


@pytest.mark.parametrize(("bias", "first"), [(0.4, 0.3), (1.0, 0.5)])
def test_the_bots_own_model_is_found_again(bias: float, first: float) -> None:
    choice, assumed = fit_choice(selections(bias, first))
    assert (choice.position_bias, choice.satisficing) == pytest.approx((bias, first), abs=0.08)
    assert assumed == [f"choice.{p}" for p in ("leave", "sensitivity", "strictness")]


def test_satisficing_that_the_data_do_not_ask_for_is_the_default_and_marked() -> None:
    choice, assumed = fit_choice(selections(0.8, 0.0))
    assert choice.position_bias == pytest.approx(0.8, abs=0.05)
    assert choice.satisficing == CHOICE["satisficing"]
    assert "choice.satisficing" in assumed


@pytest.mark.parametrize("table", [selections(0.5, 0.3, total=2), selections(0.5, 0.3, rows=20)])
def test_lists_of_two_and_few_rows_fit_nothing(table: pd.DataFrame) -> None:
    choice, assumed = fit_choice(table)
    assert choice == Choice(**CHOICE)
    assert len(assumed) == len(CHOICE)
