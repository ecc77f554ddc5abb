"""The users of a day on the two axes along which they differ most."""

from __future__ import annotations

from typing import Any

import numpy as np

from rec_api.shrinkage import embedding, shrink_user
from rec_assets.clusters.clusters import Crowd, Grouping
from rec_assets.plots import GRID, MORE, canvas, markdown_image, picture, readable_on
from resources.options import CATEGORIES, INTENSITIES
from resources.preferences import Cluster, Floats

SHOWN = 2000


def cluster_map(day: str, crowd: Crowd, grouping: Grouping, simulated: str) -> str:
    """Users by the first two principal components of their embeddings, coloured by cluster.

    Markdown: a picture, or the reason why there are no clusters. `simulated` says how much is.
    """
    if not grouping.members:
        return grouping.reason
    everybody = grouping.population.preferences
    shown = range(0, len(crowd.users), 1 + len(crowd.users) // SHOWN)
    embeddings = np.stack([embedding(shrink_user(crowd.evidence[k], everybody)) for k in shown])
    mean = embeddings.mean(0)
    _, sizes, axes = np.linalg.svd(embeddings - mean, full_matrices=False)
    figure, drawn = canvas(4.3)
    labels = np.array([grouping.members[k][1] for k in shown])
    for number, cluster in enumerate(grouping.clusters):
        own = (embeddings[labels == cluster.cluster_id] - mean) @ axes[:2].T
        centre = (cluster.centroid - mean) @ axes[:2].T
        share = cluster.user_count / len(crowd.users)
        _draw(drawn, own, centre, cluster, MORE[number % len(MORE)], share)
    drawn.grid(color=GRID)
    explained = sizes**2 / max(float((sizes**2).sum()), 1e-12)
    drawn.set_xlabel(f"first principal component ({explained[0]:.0%} of variance)", fontsize=8.5)
    drawn.set_ylabel(f"second principal component ({explained[1]:.0%})", fontsize=8.5)
    outside = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5), "frameon": False}
    legend = drawn.legend(fontsize=8, title="cluster · users · mostly", title_fontsize=8, **outside)
    for handle in legend.legend_handles:
        handle.set_sizes([70])
    of = "" if len(shown) == len(crowd.users) else f"; {len(shown):,} of them drawn"
    below = f"roots of preferences; a circle's area grows with its users; {simulated}{of}"
    title = f"{day}: {len(crowd.users):,} users in {len(grouping.clusters)} clusters"
    return markdown_image(picture(figure, title, below))


def _draw(
    axes: Any, own: Floats, centre: Floats, cluster: Cluster, colour: str, share: float
) -> None:
    preferred = cluster.preferences
    word = CATEGORIES[int(np.argmax(preferred.category))]
    strength = INTENSITIES[int(np.argmax(preferred.strength))]
    told = f"{cluster.cluster_id} · {cluster.user_count:,} · {word}, {strength}"
    axes.scatter(own[:, 0], own[:, 1], s=11, color=colour, alpha=0.7, linewidths=0)
    size = 120 + 1200 * share
    axes.scatter(
        *centre, s=size, color=colour, alpha=0.85, edgecolors="white", linewidths=1.5, label=told
    )
    name = cluster.cluster_id.removeprefix("c")
    axes.annotate(
        name,
        centre,
        ha="center",
        va="center",
        fontsize=7.5,
        color=readable_on(colour),
        weight="bold",
    )
