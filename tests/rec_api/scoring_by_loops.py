"""The terms of the score as DESIGN §5 says them, option by option: slow, and plain to check."""

from __future__ import annotations

from itertools import product
from math import exp, log

from rec_api.scoring import Inputs, context_category
from rec_api.shrinkage import population_before_data
from resources.options import LANGUAGES, OPTIONS
from resources.preferences import Cluster, Floats, Preferences


def language_row(p: Preferences, text_language: str | None) -> list[float]:
    if text_language is not None:
        return list(p.language_by_text_language[LANGUAGES.index(text_language)])
    return [
        sum(p.text_language[t] * p.language_by_text_language[t, lang] for t in range(4))
        for lang in range(4)
    ]


def by_loops(q: Floats, p: Preferences, text_language: str | None) -> list[float]:
    """q(c)·p(c)·p(i|c)·p(l|lt), option by option."""
    row = language_row(p, text_language)
    return [
        q[c] * p.category[c] * p.strength_by_category[c, i] * row[lang]
        for c, i, lang in product(range(7), range(3), range(4))
    ]


def normalised(values: list[float]) -> list[float]:
    return [value / sum(values) for value in values]


def own_or_above(asking: Inputs) -> Preferences:
    j = asking.clusters
    if j is None:
        return population_before_data(asking.house_language)
    same = [k.preferences for k in j.clusters if k.cluster_id == asking.cluster_id]
    return same[0] if same else j.population.preferences


def slow_responsibilities(asking: Inputs, clusters: tuple[Cluster, ...]) -> list[float]:
    users, logs = [max(k.user_count, 1) for k in clusters], []
    for k, cluster in enumerate(clusters):
        j, total = cluster.preferences, log(users[k] / sum(users))
        if asking.text_language is not None:
            total += log(j.text_language[LANGUAGES.index(asking.text_language)])
        if asking.evidence is not None:
            for c, i in product(range(7), range(3)):
                total += asking.evidence.ci[c, i] * (log(j.category[c]) + log(j.strength[i]))
            for t, lang in product(range(4), range(4)):
                total += asking.evidence.ltl[t, lang] * log(j.language[lang])
        logs.append(total)
    return normalised([exp(value - max(logs)) for value in logs])


def slow_cluster_term(asking: Inputs) -> list[float]:
    """P_cluster, option by option and cluster by cluster."""
    q, clusters = context_category(asking), asking.clusters.clusters if asking.clusters else ()
    if not clusters:
        above = asking.clusters.population.preferences if asking.clusters else None
        above = above or population_before_data(asking.house_language)
        return normalised(by_loops(q, above, asking.text_language))
    scores = [0.0] * len(OPTIONS)
    for r, cluster in zip(slow_responsibilities(asking, clusters), clusters, strict=True):
        for o, value in enumerate(by_loops(q, cluster.preferences, asking.text_language)):
            scores[o] += r * value
    return normalised(scores)
