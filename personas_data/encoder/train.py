"""Train the default encoder: `python -m personas_data.encoder.train --data DIR --out DIR`.

DIR of --data holds train_text.jsonl.gz. Three minutes on two cores; needs no torch. Learning the
pieces differs in the last digits from run to run (the library's hash order, whatever the threads):
with the committed pieces, which is the default, the same text gives the same bytes.
"""

import os

# Fixed, for the order of sums and so the last bits hang on them; read when NumPy is imported.
os.environ["RAYON_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "2"

import argparse
from pathlib import Path

import numpy as np
from rich.progress import track
from tokenizers import Tokenizer

from personas_data.encoder.contrastive import Schedule, fine_tune
from personas_data.encoder.cooccurrence import count_table
from personas_data.encoder.corpus import TRAINING_FILE, Row, mean_bags, piece_ids, read_rows
from personas_data.encoder.model_folder import write_folder
from personas_data.encoder.pairs import PairSampler
from personas_data.encoder.pieces import train_tokenizer
from resources.encoder import COMMITTED_FOLDER, TOKENIZER_FILE

PIECES = 16_000
DIMENSION = 256
SEED = 7


def train(rows: list[Row], tokenizer: Tokenizer, out: Path, schedule: Schedule) -> None:
    """Train a table for the tokenizer's pieces on `rows` and write the model folder `out`."""
    ids = piece_ids(tokenizer, [row.text for row in rows])
    pieces = tokenizer.get_vocab_size()
    print(f"{sum(map(len, ids))} pieces of {pieces} kinds: counting neighbours", flush=True)
    table = count_table(ids, pieces, DIMENSION, SEED)
    losses = fine_tune(table, mean_bags(ids, pieces), PairSampler(rows, SEED), schedule)
    shown = list(track(losses, "contrastive steps", total=schedule.steps))
    print(f"loss {np.mean(shown[:10]):.3f} at first, {np.mean(shown[-10:]):.3f} at last")
    print(f"wrote {write_folder(out, tokenizer, table)}", flush=True)


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help=f"folder of {TRAINING_FILE}")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model into")
    parser.add_argument("--tokenizer", choices=("committed", "learn"), default="committed")
    parser.add_argument("--steps", type=int, default=Schedule.steps, help="of the fine-tune")
    arguments = parser.parse_args()
    rows = read_rows(arguments.data / TRAINING_FILE)
    if arguments.tokenizer == "committed":
        tokenizer = Tokenizer.from_file(str(COMMITTED_FOLDER / TOKENIZER_FILE))
    else:
        print(f"learning {PIECES} pieces from {len(rows)} texts", flush=True)
        tokenizer = train_tokenizer([row.text for row in rows], PIECES)
    train(rows, tokenizer, arguments.out, Schedule(steps=arguments.steps))


if __name__ == "__main__":
    main()
