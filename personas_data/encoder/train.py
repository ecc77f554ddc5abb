"""Train the default encoder: `python personas_data/encoder/train.py --data DIR --out DIR`.

DIR of --data holds train_text.jsonl.gz. Three minutes on two cores; needs no torch. Learning the
pieces differs in the last digits from run to run (the library's hash order, whatever the threads);
--tokenizer takes pieces learned before, and then the same text gives the same bytes.
"""

import os

os.environ["RAYON_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "2"

import argparse
from pathlib import Path

import numpy as np
from contrastive import Schedule, fine_tune
from cooccurrence import count_table
from corpus import Row, mean_bags, piece_ids, read_rows
from model_folder import write_folder
from pairs import PairSampler
from pieces import train_tokenizer
from rich.progress import track
from tokenizers import Tokenizer

PIECES = 16_000
DIMENSION = 256
SEED = 7


def train(rows: list[Row], tokenizer: Tokenizer, out: Path) -> None:
    """Train a table for the tokenizer's pieces on `rows` and write the model folder `out`."""
    ids = piece_ids(tokenizer, [row.text for row in rows])
    pieces = tokenizer.get_vocab_size()
    print(f"{sum(map(len, ids))} pieces of {pieces} kinds: counting neighbours")
    table = count_table(ids, pieces, DIMENSION, SEED)
    schedule = Schedule()
    losses = fine_tune(table, mean_bags(ids, pieces), PairSampler(rows, SEED), schedule)
    shown = list(track(losses, "contrastive steps", total=schedule.steps))
    print(f"loss {np.mean(shown[:10]):.3f} at first, {np.mean(shown[-10:]):.3f} at last")
    print(f"wrote {write_folder(out, tokenizer, table)}")


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of train_text.jsonl.gz")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model into")
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.json learned before")
    arguments = parser.parse_args()
    rows = read_rows(arguments.data / "train_text.jsonl.gz")
    if arguments.tokenizer:
        tokenizer = Tokenizer.from_file(str(arguments.tokenizer))
    else:
        print(f"learning {PIECES} pieces from {len(rows)} texts")
        tokenizer = train_tokenizer([row.text for row in rows], PIECES)
    train(rows, tokenizer, arguments.out)


if __name__ == "__main__":
    main()
