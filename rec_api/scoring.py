"""P_final: four distributions over the options, weights that sum to one, scores that add up.

    P_final(o) = (1 − α − β)·P_vec(o) + α·P_doc(o) + β·[λ·P_user(o) + (1 − λ)·P_cluster(o)]

Pure: no store, no clock. Formulas: DESIGN §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rec_api.shrinkage import language_given, population_before_data, shrink_user
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES, OPTIONS
from resources.preferences import Cluster, Evidence, Floats, Preferences, ServedClusters

VERSION: Final = "scoring-1"
ALPHA_MAX: Final = 0.4
DOCUMENT_FROM, DOCUMENT_SPAN = 50, 450  # characters at which P_doc begins to count; until full
BETA: Final = 0.5
THIN: Final = 3.0  # λ = n / (n + 3)
DOCUMENT_EXPONENT: Final = 1.5
TERMS: Final = ("vec", "doc", "user", "cluster")
ABSENT: Final = {"vec": "encoder", "doc": "document", "user": "profile"}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a request is scored from. None: not there, and said so in `degraded`."""

    text: Floats | None  # v(c), (7,)
    document: Floats | None  # d(c), (7,)
    document_length: int  # Unicode characters
    text_language: str | None
    evidence: Evidence | None  # decayed to the request's day; None: the cache is away
    clusters: ServedClusters | None
    cluster_id: str | None  # the user's own
    house_language: str


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of the 84 options in the order of OPTIONS, and what they are made of."""

    final: Floats
    terms: dict[str, Floats]  # present terms, (84,) each, summing to 1
    weights: dict[str, float]  # all four terms, summing to 1
    categories: dict[str, Floats]  # present terms summed over style, (7,) each
    maturity: float  # 0–1: how much of the document's weight its length has earned
    alpha: float
    beta: float
    lambda_user: float
    n: float
    profile_source: str  # user, cluster, population
    cluster_id: str | None  # the user's own where it still stands, else the nearest
    degraded: tuple[str, ...]
    literal_cosine: Floats | None  # ContextVector·UserPreferredVector products, Σ = their cosine

    def contributions(self, option: int) -> dict[str, float]:
        """The four terms of an option's score; they add up to it."""
        return {
            term: float(self.weights[term] * self.terms[term][option])
            if term in self.terms
            else 0.0
            for term in TERMS
        }


def score(inputs: Inputs) -> Scores:
    """The scores of every option; defined for every combination of what may be missing."""
    above = _population(inputs)
    own = _own_cluster(inputs)
    q = context_category(inputs)
    style = options_of(np.ones(len(CATEGORIES)), above, inputs.text_language)
    terms: dict[str, Floats] = {}
    if inputs.text is not None:
        terms["vec"] = _by_category(inputs.text) * style
    if inputs.document is not None:
        terms["doc"] = _by_category(inputs.document) * style
    cosine: Floats | None = None
    if inputs.evidence is not None:
        theta = shrink_user(inputs.evidence, own.preferences if own else above)
        raw = options_of(q * theta.category, theta, inputs.text_language)
        terms["user"] = raw / raw.sum()
        cosine = _literal_cosine(q, theta, inputs.text_language)
    mixture, nearest = _cluster_term(inputs, above, q)
    terms["cluster"] = mixture
    return _combine(inputs, terms, own.cluster_id if own else nearest, cosine)


def context_category(inputs: Inputs) -> Floats:
    """q(c) ∝ v(c)·d(c)^(1.5 α): what the context says of the category; uniform without encoder."""
    if inputs.text is None:
        return np.full(len(CATEGORIES), 1 / len(CATEGORIES))
    q = inputs.text.copy()
    if inputs.document is not None:
        q *= inputs.document ** (DOCUMENT_EXPONENT * alpha_of(inputs.document_length))
    normal: Floats = q / q.sum()
    return normal


def maturity_of(length: int) -> float:
    """How ripe a document is: clip((length − 50) / 450, 0, 1), length in Unicode characters."""
    return min(max((length - DOCUMENT_FROM) / DOCUMENT_SPAN, 0.0), 1.0)


def alpha_of(length: int) -> float:
    """α = 0.4 · maturity."""
    return ALPHA_MAX * maturity_of(length)


def options_of(category: Floats, theta: Preferences, text_language: str | None) -> Floats:
    """category(c)·θ(i|c)·θ(l|lt) over the 84 options, in their order; not normalised."""
    product = (
        category[:, None, None]
        * theta.strength_by_category[:, :, None]
        * language_given(theta, text_language)[None, None, :]
    )
    return product.reshape(-1)


def responsibilities(inputs: Inputs, clusters: tuple[Cluster, ...]) -> Floats:
    """r_k, shape (k,), sums to 1: how much the user's evidence and the text's language say k.

    r_k ∝ π_k · J_k(lt) · exp(Σ N·ln J_k) over the category, strength and language blocks.
    """
    users = np.array([max(cluster.user_count, 1) for cluster in clusters], dtype=np.float64)
    log_r = np.log(users / users.sum())
    for k, cluster in enumerate(clusters):
        j = cluster.preferences
        if inputs.text_language is not None:
            log_r[k] += np.log(j.text_language[LANGUAGES.index(inputs.text_language)])
        if inputs.evidence is not None:
            ci, ltl = inputs.evidence.ci, inputs.evidence.ltl
            log_r[k] += (ci.sum(1) * np.log(j.category)).sum()
            log_r[k] += (ci.sum(0) * np.log(j.strength)).sum()
            log_r[k] += (ltl.sum(0) * np.log(j.language)).sum()
    r = np.exp(log_r - log_r.max())
    normal: Floats = r / r.sum()
    return normal


def _population(inputs: Inputs) -> Preferences:
    if inputs.clusters is None:
        return population_before_data(inputs.house_language)
    return inputs.clusters.population.preferences


def _own_cluster(inputs: Inputs) -> Cluster | None:
    """The user's cluster; None when there is none, or none of that id any more."""
    for cluster in inputs.clusters.clusters if inputs.clusters else ():
        if cluster.cluster_id == inputs.cluster_id:
            return cluster
    return None


def _cluster_term(inputs: Inputs, above: Preferences, q: Floats) -> tuple[Floats, str | None]:
    """P_cluster (84,) and the cluster with the largest responsibility."""
    clusters = inputs.clusters.clusters if inputs.clusters else ()
    if not clusters:
        raw = options_of(q * above.category, above, inputs.text_language)
        return raw / raw.sum(), None
    r = responsibilities(inputs, clusters)
    raw = np.zeros(len(OPTIONS))
    for share, cluster in zip(r, clusters, strict=True):
        j = cluster.preferences
        raw = raw + share * options_of(q * j.category, j, inputs.text_language)
    return raw / raw.sum(), clusters[int(np.argmax(r))].cluster_id


def _literal_cosine(q: Floats, theta: Preferences, text_language: str | None) -> Floats:
    """K(o)·U(o) with K = √(q/12), U = √(θ(c)·θ(i|c)·θ(l|lt)): the cosine, option by option."""
    context = np.sqrt(_by_category(q) / (len(INTENSITIES) * len(LANGUAGES)))
    user = np.sqrt(options_of(theta.category, theta, text_language))
    return context * user


def _by_category(category: Floats) -> Floats:
    return np.repeat(category, len(INTENSITIES) * len(LANGUAGES))


def _combine(
    inputs: Inputs, terms: dict[str, Floats], cluster_id: str | None, cosine: Floats | None
) -> Scores:
    n = inputs.evidence.n if inputs.evidence is not None else 0.0
    alpha, lambda_user = alpha_of(inputs.document_length), n / (n + THIN)
    wanted = {
        "vec": 1 - alpha - BETA,
        "doc": alpha,
        "user": BETA * lambda_user,
        "cluster": BETA * (1 - lambda_user),
    }
    kept = {term: wanted[term] if term in terms else 0.0 for term in TERMS}
    total = sum(kept.values())
    weights = {term: kept[term] / total for term in TERMS}
    final = np.zeros(len(OPTIONS))
    for term in TERMS:
        if term in terms:
            final = final + weights[term] * terms[term]
    grid = (len(CATEGORIES), len(INTENSITIES) * len(LANGUAGES))
    return Scores(
        final=final,
        terms=terms,
        weights=weights,
        categories={term: values.reshape(grid).sum(1) for term, values in terms.items()},
        maturity=maturity_of(inputs.document_length),
        alpha=alpha,
        beta=BETA,
        lambda_user=lambda_user,
        n=n,
        profile_source=_source(n, cluster_id),
        cluster_id=cluster_id,
        degraded=tuple(ABSENT[term] for term in TERMS if term not in terms),
        literal_cosine=cosine,
    )


def _source(n: float, cluster_id: str | None) -> str:
    """Whose taste weighs most in β: the user's own from n > 3 (λ > ½), else the group's."""
    if n > THIN:
        return "user"
    return "cluster" if cluster_id is not None else "population"
