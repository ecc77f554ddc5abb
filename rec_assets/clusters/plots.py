"""The users of a day on the two axes along which they differ most."""

from __future__ import annotations

import numpy as np

from rec_api.shrinkage import embedding, shrink_user
from rec_assets.clusters.clusters import Crowd, Grouping
from rec_assets.plots import markdown_image, points

SHOWN = 2000


def cluster_map(crowd: Crowd, grouping: Grouping) -> str:
    """Users by the first two principal components of their embeddings, coloured by cluster."""
    if not grouping.members:
        return grouping.reason
    everybody = grouping.population.preferences
    shown = range(0, len(crowd.users), 1 + len(crowd.users) // SHOWN)
    embeddings = np.stack([embedding(shrink_user(crowd.evidence[k], everybody)) for k in shown])
    centred = embeddings - embeddings.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    labels = [grouping.members[k][1] for k in shown]
    return markdown_image(points("users by what they prefer", centred @ axes[:2].T, labels))
