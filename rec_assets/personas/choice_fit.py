"""What the export tells about how people pick from a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.persona import Choice
from rec_assets.personas.persona_defaults import CHOICE

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
LEAST: Final = 100  # selections below which nothing is fitted
# A second parameter stays if it raises twice the log-likelihood by more than ln n (BIC).
_START: Final = (0.5, 0.1)


def fit_choice(selections: pd.DataFrame) -> tuple[Choice, list[str]]:
    """The choice model, and the names of its parts that the export does not give.

    P(index j of n) = s·[j = 0] + (1 - s)·(1 + j)^-b / Σ_i (1 + i)^-b: some take the first unweighed
    (satisficing s), the others weigh with a position bias b. By maximum likelihood on lists of
    three and more: a list of two has one free share and cannot tell the two apart. s stays only if
    BIC says so. What an option's match is worth cannot be told: an export shows what was run,
    not what was wanted, and neither lists that were left.
    """
    index = selections["index"].to_numpy(dtype=float)
    total = selections["total"].to_numpy(dtype=float)
    usable = (total >= 3) & (index >= 0) & (index < total)
    counts = {int(n): _counts(index[usable & (total == n)], int(n)) for n in set(total[usable])}
    assumed = {f"choice.{part}" for part in CHOICE}
    if usable.sum() < LEAST:
        return Choice(**CHOICE), sorted(assumed)
    bias, first, gain = _fit(counts)
    values = {**CHOICE, "position_bias": round(bias, 4)}
    assumed.remove("choice.position_bias")
    if gain > np.log(usable.sum()):
        values["satisficing"] = round(first, 4)
        assumed.remove("choice.satisficing")
    return Choice(**values), sorted(assumed)


def _counts(index: Floats, total: int) -> Floats:
    counts: Floats = np.bincount(index.astype(int), minlength=total).astype(float)
    return counts


def _fit(counts: dict[int, Floats]) -> tuple[float, float, float]:
    """Position bias and satisficing, and twice what the latter adds to the log-likelihood.

    Where it adds too little, the bias is that of the model without it.
    """
    from scipy.optimize import minimize

    def loss(bias: float, first: float) -> float:
        return -sum(float(seen @ np.log(_shares(n, bias, first))) for n, seen in counts.items())

    bounds = ((0.0, 10.0), (0.0, 0.95))
    lone = minimize(lambda x: loss(x[0], 0.0), _START[:1], bounds=bounds[:1])
    both = minimize(lambda x: loss(x[0], x[1]), _START, bounds=bounds)
    gain = 2 * float(lone.fun - both.fun)
    seen = sum(float(column.sum()) for column in counts.values())
    bias = both.x[0] if gain > np.log(seen) else lone.x[0]
    return float(bias), float(both.x[1]), gain


def _shares(total: int, bias: float, first: float) -> Floats:
    weighed = np.exp(-bias * np.log1p(np.arange(total)))
    shares: Floats = (1 - first) * weighed / weighed.sum()
    shares[0] += first
    return shares
