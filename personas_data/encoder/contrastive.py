"""The fine-tune: texts that belong together are drawn near (multiple negatives ranking)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from personas_data.encoder.pairs import PairSampler

SCALE = 20.0
BETAS = (0.9, 0.999)
EPSILON = 1e-8


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast: steps, pairs a step, peak learning rate, share of warm-up."""

    steps: int = 500
    pairs: int = 512
    rate: float = 0.003
    warm_up: float = 0.1

    def rates(self) -> Iterator[float]:
        """Yield a linear rise to the peak, then a linear fall to zero."""
        rise = max(1, round(self.steps * self.warm_up))
        for step in range(self.steps):
            up = (step + 1) / rise
            down = (self.steps - step) / max(1, self.steps - rise)
            yield self.rate * min(1.0, up, down)


class Adam:
    """Adam (Kingma, Ba 2015) on one array, in place."""

    def __init__(self, table: NDArray[np.float32]) -> None:
        self.table = table
        self.mean = np.zeros_like(table)
        self.square = np.zeros_like(table)
        self.step = 0

    def move(self, gradient: NDArray[np.float32], rate: float) -> None:
        """Take one step of `rate` against `gradient`, of the table's shape."""
        first, second = BETAS
        self.step += 1
        self.mean += (1 - first) * (gradient - self.mean)
        self.square += (1 - second) * (gradient * gradient - self.square)
        spread = np.sqrt(self.square / (1 - second**self.step)) + EPSILON
        self.table -= (rate / (1 - first**self.step)) * self.mean / spread


def unit(means: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the rows at length one, and their lengths as a column (at least 1e-6)."""
    lengths = np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6)
    return means / lengths, lengths


def softmax(logits: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """Return probabilities along `axis`."""
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True), dtype=np.float32)


def ranking_gradient(
    table: NDArray[np.float32],
    left: csr_array,
    right: csr_array,
    masked: NDArray[np.bool_],
) -> tuple[float, NDArray[np.float32]]:
    """Return the loss and its gradient by the table's cells.

    The loss is the mean over both directions of the cross-entropy of picking a text's own partner
    among the batch's partners; `masked` (pairs, pairs) marks partners that are no true negatives.
    """
    (a, a_length), (b, b_length) = unit(left @ table), unit(right @ table)
    logits = np.where(masked, np.float32(-1e4), SCALE * (a @ b.T))
    by_row, by_column = softmax(logits, 1), softmax(logits, 0)
    own = np.log(np.diagonal(by_row)) + np.log(np.diagonal(by_column))
    away = (by_row + by_column) / 2 - np.eye(len(a), dtype=np.float32)
    pull = (away * (SCALE / len(a))).astype(np.float32)
    gradient = left.T @ through_unit(pull @ b, a, a_length)
    gradient += right.T @ through_unit(pull.T @ a, b, b_length)
    return float(-own.mean() / 2), gradient


def through_unit(
    gradient: NDArray[np.float32], rows: NDArray[np.float32], lengths: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Carry a gradient by unit rows back to the rows before they were normalised."""
    along = np.sum(gradient * rows, axis=1, keepdims=True)
    return np.asarray((gradient - rows * along) / lengths, dtype=np.float32)


def fine_tune(
    table: NDArray[np.float32], bags: csr_array, sampler: PairSampler, schedule: Schedule
) -> Iterator[float]:
    """Train `table` in place; yield the loss of each step."""
    adam = Adam(table)
    for rate in schedule.rates():
        left, right = sampler.draw(schedule.pairs)
        masked = sampler.not_negatives(left, right)
        loss, gradient = ranking_gradient(table, bags[left], bags[right], masked)
        adam.move(gradient, rate)
        yield loss
