"""How well a text's category is found, learned and judged on texts that never meet."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rec_api.prototypes import Prototypes, category_distribution
from rec_assets.evaluation.judgement import wilson
from rec_assets.prototypes.prototype_fit import fit_prototypes
from resources.context_pool import Context, Pool
from resources.encoder import Encoder
from resources.options import CATEGORIES, LANGUAGES

NAMED = [k for k, category in enumerate(CATEGORIES) if category != "none"]
FOLDS = 5
LEARNED = 5 / 8  # of reference and bots: as much as the reference part alone has
BINS = 10  # of equal width, for the calibration error

Split = tuple[Sequence[Context], Sequence[Context]]


class Judged(NamedTuple):
    """What was said of the judged texts: (texts, 7) distributions, beside language and truth."""

    says: NDArray[np.float64]
    truth: NDArray[np.intp]
    language: NDArray[np.str_]


def cross_validation(pool: Pool) -> Iterator[Split]:
    """Yield texts to learn from and to judge, five draws from the reference and bots parts.

    The judge part has no share in it: whatever is to be chosen is chosen by these.
    """
    texts = sorted(pool.reference + pool.bots, key=lambda context: context.hash)
    strata: dict[tuple[str, str], list[Context]] = {}
    for context in texts:
        strata.setdefault((context.language, context.category), []).append(context)
    for seed in range(FOLDS):
        random, learn, judged = np.random.default_rng(seed), list[Context](), list[Context]()
        for key in sorted(strata):
            drawn = [strata[key][k] for k in random.permutation(len(strata[key]))]
            size = round(LEARNED * len(drawn))
            learn += drawn[:size]
            judged += drawn[size:]
        yield sorted(learn, key=lambda context: context.hash), judged


def learn(encoder: Encoder, contexts: Sequence[Context]) -> Prototypes:
    """Return the category vectors, as the asset makes them."""
    texts = [context.text for context in contexts]
    return fit_prototypes(
        texts,
        encoder.encode(texts),
        [context.category for context in contexts],
        [context.language for context in contexts],
        encoder.version,
    )


def judge(encoder: Encoder, splits: Sequence[Split]) -> Judged:
    """Return what category vectors of each split's first part say of its second."""
    says, contexts = list[NDArray[np.float64]](), list[Context]()
    for known, judged in splits:
        prototypes = learn(encoder, known)
        for context in judged:
            embedding = encoder.encode([context.text])[0]
            says.append(category_distribution(context.text, embedding, prototypes))
        contexts += judged
    truth = np.array([CATEGORIES.index(context.category) for context in contexts])
    return Judged(np.stack(says), truth, np.array([context.language for context in contexts]))


def print_categories(judged: Judged, repeats: int) -> None:
    """Print accuracy, calibration and confusion by language; intervals where no text repeats."""
    for language in LANGUAGES:
        own = judged.language == language
        says, truth = judged.says[own], judged.truth[own]
        named = np.isin(truth, NAMED)
        told = np.array(NAMED)[says[named][:, NAMED].argmax(axis=1)]
        hits = told == truth[named]
        served = says[named].argmax(axis=1) == truth[named]
        print(f"\n{language}: {len(hits) // repeats} judged texts of the six named categories")
        print(f"  among the six: {_share(hits, repeats)}")
        print(f"  as served, where none is an answer too: {_share(served, repeats)}")
        print(f"  with texts of none: {_share(says.argmax(axis=1) == truth, repeats)}")
        print(f"  expected calibration error: {calibration_error(says, truth):.3f}")
        _print_confusion(truth[named], told)


def calibration_error(says: NDArray[np.float64], truth: NDArray[np.intp]) -> float:
    """Return the mean distance between how sure it is and how often it is right, in ten bins."""
    sure, right = says.max(axis=1), says.argmax(axis=1) == truth
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs((sure - right)[place == k].sum()) for k in range(BINS)]
    return float(sum(gaps) / len(truth))


def _share(hits: NDArray[np.bool_], repeats: int) -> str:
    if repeats > 1:
        return f"{hits.mean():.3f} (mean of {repeats} draws)"
    share = wilson(int(hits.sum()), len(hits))
    return f"{share.value:.3f} [{share.low:.3f}, {share.high:.3f}]"


def _print_confusion(truth: NDArray[np.intp], told: NDArray[np.intp]) -> None:
    """Print which share of each true category (row) went to which (column), in per cent."""
    print(" " * 18 + "".join(f"{CATEGORIES[k][:9]:>10}" for k in NAMED))
    for k in NAMED:
        row = [100 * np.mean(told[truth == k] == other) for other in NAMED]
        print(f"{CATEGORIES[k]:>18}" + "".join(f"{share:10.0f}" for share in row))
