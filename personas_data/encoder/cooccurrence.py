"""Vectors from counting: which pieces stand near which (positive PMI, truncated SVD, SIF)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from personas_data.encoder.corpus import mean_bags

WINDOW = 5
CONTEXT_SMOOTHING = 0.75  # Levy, Goldberg, Dagan (2015): tames rare contexts
SIF_WEIGHT = 1e-3  # Arora, Liang, Ma (2017): a / (a + p(piece))


def neighbour_counts(ids: Sequence[NDArray[np.int32]], pieces: int) -> csr_array:
    """Return the symmetric (pieces, pieces) counts within the window, weighted by 1/distance."""
    flat = np.concatenate(ids)
    text = np.repeat(np.arange(len(ids)), [len(one) for one in ids])
    counts = csr_array((pieces, pieces), dtype=np.float64)
    for distance in range(1, WINDOW + 1):
        left, right = flat[:-distance], flat[distance:]
        same = text[:-distance] == text[distance:]
        weight = np.full(int(same.sum()), 1.0 / distance)
        counts += coo_array((weight, (left[same], right[same])), shape=counts.shape).tocsr()
    return (counts + counts.T).tocsr()


def positive_pmi(counts: csr_array) -> csr_array:
    """Return max(0, log p(piece, context) / (p(piece) p(context)^0.75)) as a sparse matrix."""
    cells = counts.tocoo()
    rows = np.asarray(counts.sum(axis=1))
    smoothed = rows**CONTEXT_SMOOTHING
    expected = rows[cells.row] * smoothed[cells.col] / smoothed.sum()
    information = np.log(cells.data / expected)
    kept = information > 0
    place = (cells.row[kept], cells.col[kept])
    return coo_array((information[kept].astype(np.float32), place), shape=counts.shape).tocsr()


def factor(matrix: csr_array, dimension: int, seed: int) -> NDArray[np.float32]:
    """Return U√S, one row per piece."""
    from sklearn.utils.extmath import randomized_svd

    u, s, _ = randomized_svd(matrix, dimension, n_iter=4, random_state=seed)
    return np.asarray(u * np.sqrt(s), dtype=np.float32)


def fold_sif(table: NDArray[np.float32], ids: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
    """Return the table with frequency weights and the common direction's removal folded in.

    Both are linear in the rows, so a plain mean of these rows is the SIF sentence vector.
    """
    counts = np.bincount(np.concatenate(ids), minlength=len(table))
    weight = SIF_WEIGHT / (SIF_WEIGHT + counts / counts.sum())
    weighted = table * weight[:, None].astype(np.float32)
    sentences = mean_bags(ids, len(table)) @ weighted
    common = np.linalg.eigh(sentences.T @ sentences)[1][:, -1]
    return np.asarray(weighted - np.outer(weighted @ common, common), dtype=np.float32)


def count_table(
    ids: Sequence[NDArray[np.int32]], pieces: int, dimension: int, seed: int
) -> NDArray[np.float32]:
    """Return the (pieces, dimension) table that the fine-tune starts from."""
    information = positive_pmi(neighbour_counts(ids, pieces))
    return fold_sif(factor(information, dimension, seed), ids)
