"""Groups of people: how many there are, and who belongs to which.

The frame that personas and J share is `agreement`: a number of groups stands only if it is stable.
J is grouped here, personas by a mixture (rec_assets.personas.group_choice).

K-Means (Lloyd) on points that the caller has made comparable. A number of groups k stands only if
it is stable: two random halves of the points, grouped each for itself, put all points together in
the same way (adjusted Rand index above 0.75 on average; Ben-Hur, Elisseeff and Guyon 2002). Among
those the best mean silhouette wins, or the largest k within one standard error of it (Breiman's
rule, towards the finer picture: a reader can merge personas, not split them). A k that was chosen
before stays while it is within that error, so that the number does not flap from day to day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STABLE: Final = 0.75
HALVES: Final = 10  # random splits into two halves for each k
STARTS, HALF_STARTS = 10, 7  # K-Means initialisations (the best is kept), of all and of a half
SAMPLE: Final = 20_000  # points that groups are looked for in
HALF_SAMPLE, SILHOUETTE_SAMPLE = 2_000, 2_000


@dataclass(frozen=True, slots=True)
class Groups:
    """`labels` (n,) are rows of `centroids` (k, d), largest group first; figures by k tried."""

    k: int
    labels: Ints
    centroids: Floats
    stability: dict[int, float]
    silhouette: dict[int, float]
    reason: str


def choose_groups(
    points: Floats,
    *,
    ks: Sequence[int],
    seed: int,
    weights: Floats | None = None,
    start: Floats | None = None,
) -> Groups:
    """Group the points (n, d); the same for the same rows in the same order.

    `weights` (n,) count in the centroids. `start` (k, d), centroids of the last time, is where
    K-Means begins for that k. k = 1 comes out where `ks` holds it and nothing else is stable; where
    it does not, the most stable k. ValueError without points.
    """
    import sklearn.cluster  # noqa: F401 - limits reach only the libraries that are loaded
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    if not len(points) or not ks:
        raise ValueError("there is nobody to group, or no number of groups to try")
    with threadpool_limits(limits=1):  # the order of sums, and so the last bits, depend on threads
        return _choose(points, sorted(set(ks)), seed, weights, start)


def match_centroids(previous: Floats, current: Floats) -> list[int]:
    """For each current centroid the row of the previous one it continues, -1 for a new one.

    The assignment of least total distance (Hungarian).
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    matched = [-1] * len(current)
    if len(previous) and len(current):
        for row, column in zip(*linear_sum_assignment(cdist(current, previous)), strict=True):
            matched[int(row)] = int(column)
    return matched


def nearest(points: Floats, centroids: Floats) -> Ints:
    """The centroid nearest to each point, the first of equals: shape (n,)."""
    distances = np.stack([((points - centre) ** 2).sum(axis=1) for centre in centroids])
    closest: Ints = np.argmin(distances, axis=0).astype(np.int64)
    return closest


def _choose(
    points: Floats, ks: list[int], seed: int, weights: Floats | None, start: Floats | None
) -> Groups:
    draw = np.random.default_rng(seed)
    chosen = np.sort(draw.permutation(len(points))[:SAMPLE])
    sample = points[chosen]
    weight = np.ones(len(sample)) if weights is None else weights[chosen]
    possible = [k for k in ks if k == 1 or 2 * k <= len(np.unique(sample, axis=0))]
    splits = [draw.permutation(len(sample)) for _ in range(HALVES)]
    fits = {k: _fit(sample, k, seed, weight, STARTS, start) for k in possible}
    stability = {k: _stability(sample, weight, k, seed, splits) for k in possible}
    shapes = {k: _silhouette(sample, fits[k], draw) for k in possible}
    silhouette = {k: mean for k, (mean, _) in shapes.items()}
    k, reason = _decide(stability, shapes, ks, 0 if start is None else len(start))
    centroids = fits[k] if k in fits else _fit(sample, 1, seed, weight, 1, None)
    order = _by_size(nearest(points, centroids), centroids)
    centroids = centroids[order]
    return Groups(
        len(centroids), nearest(points, centroids), centroids, stability, silhouette, reason
    )


def _decide(
    stability: dict[int, float],
    shapes: dict[int, tuple[float, float]],
    ks: list[int],
    before: int,
) -> tuple[int, str]:
    """The rule of the module, and a sentence that says how it came out."""
    tried = [k for k in stability if k > 1]
    stable = [k for k in tried if stability[k] > STABLE]
    if not tried:
        least = min((k for k in ks if k > 1), default=2)
        return 1, f"Too few people who differ for {least} groups: one group."
    if not stable and 1 in stability:
        most = max(tried, key=lambda k: stability[k])
        return 1, (
            f"No number of groups from {tried[0]} to {tried[-1]} is stable (best: {most} with an "
            f"ARI of {stability[most]:.2f}, {STABLE} is asked for): one group."
        )
    if not stable:
        most = max(tried, key=lambda k: stability[k])
        return most, (
            f"None of {tried[0]} to {tried[-1]} groups is stable; {most} is the most stable "
            f"(ARI {stability[most]:.2f})."
        )
    best = max(stable, key=lambda k: shapes[k][0])
    mean, error = shapes[best]
    close = [k for k in stable if shapes[k][0] >= mean - error]
    k = before if before in close else max(close)
    return k, (
        f"Stable (ARI > {STABLE}): {', '.join(map(str, stable))} of {tried[0]} to {tried[-1]} "
        f"groups; silhouette is best for {best} ({mean:.3f} ± {error:.3f}), {k} taken "
        f"({shapes[k][0]:.3f}, ARI {stability[k]:.2f})."
    )


def _fit(
    points: Floats, k: int, seed: int, weight: Floats, starts: int, start: Floats | None
) -> Floats:
    """Centroids (k, d); from `start` alone where it has k rows of the same length."""
    from sklearn.cluster import KMeans

    warm = start is not None and start.shape == (k, points.shape[1])
    init: Any = start if warm else "k-means++"
    model = KMeans(k, init=init, n_init=1 if warm else starts, random_state=seed)
    centroids: Floats = model.fit(points, sample_weight=weight).cluster_centers_
    return centroids


def agreement(splits: Sequence[Ints], group: Callable[[Ints], Ints | None]) -> float:
    """Mean adjusted Rand index (Hubert and Arabie 1985) of all as grouped by two halves of them.

    Each split is an order of the rows, `group` gives everybody's group from one half's rows (None:
    they cannot be grouped, which counts as no agreement).
    """
    from sklearn.metrics import adjusted_rand_score

    scores = []
    for order in splits:
        middle = len(order) // 2
        one, other = group(order[:middle]), group(order[middle:])
        agreed = one is not None and other is not None
        scores.append(float(adjusted_rand_score(one, other)) if agreed else 0.0)
    return float(np.mean(scores))


def _stability(points: Floats, weight: Floats, k: int, seed: int, splits: list[Ints]) -> float:
    """Mean adjusted Rand index of all points as grouped by two halves; 1 for one group."""

    def grouped(half: Ints) -> Ints | None:
        half = half[:HALF_SAMPLE]
        if len(np.unique(points[half], axis=0)) < k:
            return None
        return nearest(points, _fit(points[half], k, seed, weight[half], HALF_STARTS, None))

    return 1.0 if k == 1 else agreement(splits, grouped)


def _silhouette(
    points: Floats, centroids: Floats, draw: np.random.Generator
) -> tuple[float, float]:
    """Mean silhouette and its standard error, on at most 2,000 points; (0, 0) for one group."""
    from sklearn.metrics import silhouette_samples

    some = np.sort(draw.permutation(len(points))[:SILHOUETTE_SAMPLE])
    labels = nearest(points[some], centroids)
    if not 1 < len(np.unique(labels)) < len(some):
        return 0.0, 0.0
    values = silhouette_samples(points[some], labels)
    return float(np.mean(values)), float(np.std(values) / np.sqrt(len(values)))


def _by_size(labels: Ints, centroids: Floats) -> list[int]:
    """Groups, largest first, equals by their centroid; groups without a point are left out."""
    sizes = np.bincount(labels, minlength=len(centroids))
    order = sorted(range(len(centroids)), key=lambda g: (-sizes[g], centroids[g].tolist()))
    return [group for group in order if sizes[group]]
