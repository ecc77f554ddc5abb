"""Print the model card's figures.

`python personas_data/encoder/evaluate.py --data DIR [--contexts DIR]` judges genres on DIR's
test_text.jsonl.gz, and categories on the context pool where it is given.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from corpus import read_rows
from numpy.typing import NDArray

from resources.encoder import COMMITTED_FOLDER, Encoder, StaticEncoder

LABELLED = 100  # texts a class that a prototype is the mean of
SMALLEST_GENRE = 110  # test texts; smaller genres leave too few to judge
REPEATS = 5
CATEGORIES = ("thesis", "report", "article", "email", "marketing", "customer_service")

Labels = NDArray[np.str_]
Split = tuple[NDArray[np.intp], NDArray[np.intp]]


def split(labels: Labels, per_class: int, random: np.random.Generator) -> Split:
    """Return places to learn from (`per_class`, or half of a smaller class) and to judge."""
    learn, judge = [], []
    for name in np.unique(labels):
        places = random.permutation(np.flatnonzero(labels == name))
        size = min(per_class, len(places) // 2)
        learn.append(places[:size])
        judge.append(places[size:])
    return np.concatenate(learn), np.concatenate(judge)


def nearest_prototype(
    vectors: NDArray[np.float32], labels: Labels, places: Split
) -> tuple[Labels, Labels]:
    """Return the true and the predicted labels of the judged places."""
    learn, judge = places
    names = np.unique(labels)
    means = np.array([vectors[learn][labels[learn] == name].mean(axis=0) for name in names])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return labels[judge], names[(vectors[judge] @ means.T).argmax(axis=1)]


def report(
    title: str, encoder: Encoder, texts: Sequence[str], labels: Labels, per_class: int
) -> None:
    """Print accuracy and macro-F1, means over the repeats; for categories the confusions too."""
    from sklearn.metrics import accuracy_score, f1_score

    vectors = encoder.encode(texts)
    drawn = [split(labels, per_class, np.random.default_rng(seed)) for seed in range(REPEATS)]
    judged = [nearest_prototype(vectors, labels, places) for places in drawn]
    accuracy = np.mean([accuracy_score(*pair) for pair in judged])
    macro = np.mean([f1_score(*pair, average="macro") for pair in judged])
    print(f"{title}: {len(np.unique(labels))} classes, {len(judged[0][0])} judged texts, ", end="")
    print(f"accuracy {accuracy:.3f}, macro-F1 {macro:.3f} (means of {REPEATS} draws)")
    if set(labels) == set(CATEGORIES):
        print_confusion(judged)


def print_confusion(judged: Sequence[tuple[Labels, Labels]]) -> None:
    """Print which share of each true category (row) went to which (column), in per cent."""
    from sklearn.metrics import confusion_matrix

    counts = sum(confusion_matrix(*pair, labels=CATEGORIES) for pair in judged)
    shares = 100 * counts / counts.sum(axis=1, keepdims=True)
    print(" " * 18 + "".join(f"{name[:9]:>10}" for name in CATEGORIES))
    for name, row in zip(CATEGORIES, shares, strict=True):
        print(f"{name:>18}" + "".join(f"{share:10.0f}" for share in row))


def judge_genres(encoder: Encoder, data: Path) -> None:
    """Print how well prototypes of 100 texts tell kinds of source apart, Korean and English."""
    rows = read_rows(data / "test_text.jsonl.gz")
    for language in ("ko", "en"):
        spoken = [row for row in rows if row.lang == language]
        sizes = Counter(row.genre for row in spoken)
        kept = [row for row in spoken if sizes[row.genre] >= SMALLEST_GENRE]
        labels = np.array([row.genre for row in kept])
        report(f"{language} genres", encoder, [row.text for row in kept], labels, LABELLED)


def judge_categories(encoder: Encoder, contexts: Path) -> None:
    """Print how well prototypes of half the context pool tell the other half's categories."""
    for path in sorted(contexts.glob("*.jsonl")):
        pool = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        named = [row for row in pool if row["category"] in CATEGORIES]
        labels = np.array([row["category"] for row in named])
        texts = [row["text"] for row in named]
        report(f"{path.stem} categories", encoder, texts, labels, len(named))


def main() -> None:
    """Read the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of test_text.jsonl.gz")
    parser.add_argument("--contexts", type=Path, help="folder of the context pool's *.jsonl")
    parser.add_argument("--model", type=Path, default=COMMITTED_FOLDER, help="model folder")
    arguments = parser.parse_args()
    encoder = StaticEncoder(arguments.model)
    print(f"{encoder.version}, {encoder.dimension} dimensions")
    judge_genres(encoder, arguments.data)
    if arguments.contexts:
        judge_categories(encoder, arguments.contexts)


if __name__ == "__main__":
    main()
