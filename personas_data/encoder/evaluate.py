"""Print the model card's figures.

`python -m personas_data.encoder.evaluate [--encoder NAME] [--data DIR] [--contexts DIR]
[--cross-validate]` judges genres on DIR's test_text.jsonl.gz where it is given, and categories on
the judge part of the context pool, learned from its reference part exactly as the service does.
With --cross-validate the judge part stays unread: choose by those figures, then look once.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from personas_data.encoder.corpus import TEST_FILE, read_rows
from personas_data.encoder.judge_categories import FOLDS, cross_validation, judge, print_categories
from resources.context_pool import read_pool, split
from resources.encoder import Encoder, open_encoder
from resources.settings import Settings

LABELLED = 100  # texts a class that a prototype is the mean of
SMALLEST_GENRE = 110  # test texts; smaller genres leave too few to judge
REPEATS = 5

Labels = NDArray[np.str_]
Places = tuple[NDArray[np.intp], NDArray[np.intp]]


def draw(labels: Labels, random: np.random.Generator) -> Places:
    """Return places to learn from (100 a class, or half of a smaller one) and to judge."""
    learn, judged = [], []
    for name in np.unique(labels):
        places = random.permutation(np.flatnonzero(labels == name))
        size = min(LABELLED, len(places) // 2)
        learn.append(places[:size])
        judged.append(places[size:])
    return np.concatenate(learn), np.concatenate(judged)


def nearest_prototype(
    vectors: NDArray[np.float32], labels: Labels, places: Places
) -> tuple[Labels, Labels]:
    """Return the true and the predicted labels of the judged places."""
    learn, judged = places
    names = np.unique(labels)
    means = np.array([vectors[learn][labels[learn] == name].mean(axis=0) for name in names])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return labels[judged], names[(vectors[judged] @ means.T).argmax(axis=1)]


def report(title: str, encoder: Encoder, texts: Sequence[str], labels: Labels) -> None:
    """Print accuracy and macro-F1 of nearest mean vectors, means over the repeats."""
    from sklearn.metrics import accuracy_score, f1_score

    vectors = encoder.encode(texts)
    drawn = [draw(labels, np.random.default_rng(seed)) for seed in range(REPEATS)]
    judged = [nearest_prototype(vectors, labels, places) for places in drawn]
    accuracy = np.mean([accuracy_score(*pair) for pair in judged])
    macro = np.mean([f1_score(*pair, average="macro") for pair in judged])
    print(f"{title}: {len(np.unique(labels))} classes, {len(judged[0][0])} judged texts, ", end="")
    print(f"accuracy {accuracy:.3f}, macro-F1 {macro:.3f} (means of {REPEATS} draws)")


def judge_genres(encoder: Encoder, data: Path) -> None:
    """Print how well prototypes of 100 texts tell kinds of source apart, Korean and English."""
    rows = read_rows(data / TEST_FILE)
    for language in ("ko", "en"):
        spoken = [row for row in rows if row.lang == language]
        sizes = Counter(row.genre for row in spoken)
        kept = [row for row in spoken if sizes[row.genre] >= SMALLEST_GENRE]
        labels = np.array([row.genre for row in kept])
        report(f"{language} genres", encoder, [row.text for row in kept], labels)


def judge_pool(encoder: Encoder, contexts: Path, cross_validate: bool) -> None:
    """Print how well the context pool's categories are found."""
    pool = split(read_pool(contexts))
    if cross_validate:
        print(f"categories, {FOLDS} draws from the reference and bots parts:")
        print_categories(judge(encoder, list(cross_validation(pool))), FOLDS)
    else:
        print("categories, learned from the reference part, judged on the judge part:")
        print_categories(judge(encoder, [(pool.reference, pool.judge)]), 1)


def main() -> None:
    """Read the arguments and print the figures."""
    settings = Settings()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default=settings.encoder, help="as in REC_ENCODER")
    parser.add_argument("--data", type=Path, default=settings.training_data)
    parser.add_argument("--contexts", type=Path, default=settings.contexts)
    parser.add_argument("--cross-validate", action="store_true")
    arguments = parser.parse_args()
    encoder = open_encoder(arguments.encoder)
    if encoder is None:
        parser.error("REC_ENCODER is none: there is nothing to judge")
    print(f"{encoder.version}, {encoder.dimension} dimensions")
    if arguments.data:
        judge_genres(encoder, arguments.data)
    judge_pool(encoder, arguments.contexts, arguments.cross_validate)


if __name__ == "__main__":
    main()
