"""Training the default encoder again, in a process of its own, and whether it is the committed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from resources.encoder import COMMITTED_FOLDER, StaticEncoder
from resources.errors import Mendable
from resources.settings import REPOSITORY, Settings

TRAINING_FILE: Final = "train_text.jsonl.gz"
PROGRAM: Final = "personas_data.encoder.train"
UNLIKE: Final = {
    "committed": "another text, another number of steps, or a machine whose sums end in other bits",
    "learn": "pieces come out a little different each time: the tokenizers library learns them in "
    "an order that changes from run to run; --tokenizer committed takes the committed ones",
}


class TrainingFailed(Mendable, RuntimeError):
    """The encoder could not be trained; the message says what to do."""


def train_encoder(console: Console, out: Path | None, tokenizer: str, steps: int) -> dict[str, Any]:
    """Train on REC_TRAINING_DATA into `out`; the folder, both versions, and whether they agree."""
    settings = Settings()
    data = _training_data(settings)
    folder = (out or settings.home / "encoder").resolve()
    words = ["--data", str(data), "--out", str(folder), "--tokenizer", tokenizer]
    # A process of its own: how many threads may sum is fixed before NumPy is imported.
    done = subprocess.run(
        [sys.executable, "-m", PROGRAM, *words, "--steps", str(steps)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=sys.stderr if console.stderr else None,
        check=False,
    )
    if done.returncode:
        raise TrainingFailed(
            f"training ended with status {done.returncode}: what it said stands above"
        )
    return _compared(console, folder, tokenizer)


def _training_data(settings: Settings) -> Path:
    """The folder that holds the training text."""
    folder = settings.training_data
    if folder is None:
        raise TrainingFailed(
            f"REC_TRAINING_DATA is not set: name the folder that holds {TRAINING_FILE} "
            "(personas_data/encoder/MODEL_CARD.md says what is in it)"
        )
    if not (folder / TRAINING_FILE).is_file():
        raise TrainingFailed(
            f"there is no {TRAINING_FILE} in {folder}, where REC_TRAINING_DATA points"
        )
    return folder.resolve()


def _compared(console: Console, folder: Path, tokenizer: str) -> dict[str, Any]:
    made, committed = (StaticEncoder(path).version for path in (folder, COMMITTED_FOLDER))
    equal = made == committed
    verdict = "the committed encoder, byte for byte" if equal else f"not the committed {committed}"
    console.print(f"{made} is {verdict}", markup=False)
    if not equal:
        console.print(f"why that may be: {UNLIKE[tokenizer]}", markup=False)
    console.print(f"to use it: REC_ENCODER=static:{folder}", markup=False, soft_wrap=True)
    return {
        "folder": str(folder),
        "version": made,
        "committed": committed,
        "equal": equal,
        "tokenizer": tokenizer,
    }
