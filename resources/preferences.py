"""The array form of G and J: what scoring reads and the profile cache stores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Decayed counts of what a user executed, as of one day.

    `ci` (7, 3): category × intensity. `ltl` (4, 4): text language × language, sessions whose text
    language is known. `n`: executed sessions, each 1 × decay (the evidence in `ci` is weighted).
    """

    ci: Floats
    ltl: Floats
    n: float

    @staticmethod
    def none() -> Evidence:
        """No history."""
        ci = np.zeros((len(CATEGORIES), len(INTENSITIES)))
        return Evidence(ci, np.zeros((len(LANGUAGES), len(LANGUAGES))), 0.0)

    def scaled(self, factor: float) -> Evidence:
        """The same history `factor` times as heavy: decay by some days."""
        return Evidence(self.ci * factor, self.ltl * factor, self.n * factor)


@dataclass(frozen=True, slots=True)
class Preferences:
    """Distributions over the options' words; every row sums to 1 and is strictly positive."""

    category: Floats  # (7,)
    strength: Floats  # (3,)
    language: Floats  # (4,)
    text_language: Floats  # (4,)
    strength_by_category: Floats  # (7, 3)
    language_by_text_language: Floats  # (4, 4)


@dataclass(frozen=True, slots=True)
class Cluster:
    """J in array form: a group of users, its centre and its share of all users."""

    cluster_id: str
    preferences: Preferences
    centroid: Floats  # (14,)
    user_count: int


@dataclass(frozen=True, slots=True)
class ServedProfile:
    """G in array form as the cache holds it: evidence as of `day`, the cluster of that day."""

    evidence: Evidence
    day: str
    cluster_id: str | None
    accept_rate: float | None
    executions: int


@dataclass(frozen=True, slots=True)
class ServedClusters:
    """All of J under one version, with the population they are shrunk to."""

    version: str  # the wheel's day, and a digest of what was written
    day: str
    population: Cluster
    clusters: tuple[Cluster, ...]  # by cluster_id
