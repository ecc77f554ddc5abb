"""What property tests draw: distributions, evidence, preferences, J, and a request's inputs."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rec_api.scoring import Inputs
from rec_api.shrinkage import CLUSTER, embedding, population, shrink_group
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES
from resources.preferences import Cluster, Evidence, Floats, Preferences, ServedClusters

DOCUMENT_LENGTHS = (0, 49, 50, 51, 275, 500, 2_000_000)
CLUSTER_COUNTS = (0, 1, 2, 3, 4, 5, 10)
WEIGHTS = (0.0, 1e-12, 0.6, 1.0, 1.5, 40.0)
HEAVY = 1e6

text_languages = st.sampled_from((None, *LANGUAGES))


@st.composite
def category_vectors(draw: st.DrawFn) -> Floats:
    """A softmax of cosines, as the prototypes make it: strictly positive, however far apart."""
    cosines = draw(arrays(np.float64, len(CATEGORIES), elements=st.floats(-1, 1, width=32)))
    shares = np.exp((cosines - cosines.max()) / draw(st.sampled_from((0.02, 0.1, 0.5))))
    normal: Floats = shares / shares.sum()
    return normal


@st.composite
def evidences(draw: st.DrawFn, heaviest: float = HEAVY) -> Evidence:
    """Counts with holes in them, from nearly nothing to `heaviest` in a cell."""
    counts = st.sampled_from((*WEIGHTS, heaviest))
    ci = draw(arrays(np.float64, (len(CATEGORIES), len(INTENSITIES)), elements=counts))
    ltl = draw(arrays(np.float64, (len(LANGUAGES), len(LANGUAGES)), elements=counts))
    return Evidence(ci, ltl, draw(st.floats(0, heaviest)))


@st.composite
def served(draw: st.DrawFn, heaviest: float = HEAVY) -> ServedClusters:
    """J of a day: the population and up to ten clusters shrunk to it."""
    everybody = population(draw(evidences(heaviest)), draw(st.sampled_from(LANGUAGES)))
    clusters = tuple(
        named(f"c{k + 1:02d}", draw(evidences(heaviest)), everybody, draw(st.integers(0, 9)))
        for k in range(draw(st.sampled_from(CLUSTER_COUNTS)))
    )
    whole = Cluster("population", everybody, embedding(everybody), 50)
    return ServedClusters("2026-03-01-test", "2026-03-01", whole, clusters)


def named(name: str, evidence: Evidence, above: Preferences, users: int) -> Cluster:
    """A cluster whose members executed `evidence`."""
    preferences = shrink_group(evidence, above, CLUSTER)
    return Cluster(name, preferences, embedding(preferences), users)


def inputs(heaviest: float = HEAVY) -> st.SearchStrategy[Inputs]:
    """Any request: whatever may be missing is missing sometimes."""
    return st.builds(
        Inputs,
        text=st.none() | category_vectors(),
        document=st.none() | category_vectors(),
        document_length=st.sampled_from(DOCUMENT_LENGTHS),
        text_language=text_languages,
        evidence=st.none() | st.just(Evidence.none()) | evidences(heaviest),
        clusters=st.none() | served(heaviest),
        cluster_id=st.sampled_from((None, "c01", "c03", "c99")),
        house_language=st.sampled_from(LANGUAGES),
    )
