"""Print what the static encoder and the category of a text cost, beside the tokenizer alone.

    python -m tests.benchmarks.bench_encoder

All stages of one text are timed one after the other, so that a busy machine slows them alike; a
ratio is the median over the texts of each text's own ratio.
"""

import itertools
import subprocess
import sys
import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rec_api.prototypes import Prototypes, category_distribution
from rec_assets.prototypes.prototype_fit import fit_prototypes
from resources.context_pool import Context, read_pool, split
from resources.encoder import COMMITTED_FOLDER, TOKENIZER_FILE, StaticEncoder
from resources.settings import REPOSITORY
from resources.text_language import detect_language

CONTEXTS = REPOSITORY / "personas_data" / "contexts"
TEXTS, ROUNDS = 300, 5
ALLOWED = 1.6  # × the tokenizer's time, 100 Korean characters
STAGES = ("tokenizer alone", "encode", "category of text", "detect_language")
LOAD = (
    "import time; start = time.perf_counter(); from resources.encoder import open_encoder;"
    "open_encoder('static'); print(time.perf_counter() - start)"
)


class Opened(NamedTuple):
    """What a text goes through."""

    encoder: StaticEncoder
    tokenizer: object
    prototypes: Prototypes


def pool_texts(contexts: list[Context], language: str, characters: int) -> list[str]:
    """Return texts of that many characters, cut from the context pool at every few words."""
    joined = " ".join(context.text for context in contexts if context.language == language)
    starts = range(0, len(joined) - characters, max(1, (len(joined) - characters) // TEXTS))
    return [joined[start : start + characters] for start in starts][:TEXTS]


def microseconds(opened: Opened, text: str) -> list[float]:
    """Return what each stage took, in the order of STAGES."""
    encode = opened.tokenizer.encode  # type: ignore[attr-defined]
    marks = [time.perf_counter()]
    encode(text, add_special_tokens=False)
    marks.append(time.perf_counter())
    (embedding,) = opened.encoder.encode([text])
    marks.append(time.perf_counter())
    category_distribution(text, embedding, opened.prototypes)
    marks.append(time.perf_counter())
    detect_language(text)
    marks.append(time.perf_counter())
    return [1e6 * (end - start) for start, end in itertools.pairwise(marks)]


def measure(opened: Opened, texts: list[str]) -> NDArray[np.float64]:
    """Return (texts, stages) microseconds: each cell the best of the rounds but the first."""
    rounds = [[microseconds(opened, text) for text in texts] for _ in range(ROUNDS + 1)]
    return np.min(rounds[1:], axis=0)


def load_seconds() -> list[float]:
    """Return the seconds of import and load in five fresh processes, sorted."""
    runs = [
        subprocess.run(
            [sys.executable, "-c", LOAD], cwd=REPOSITORY, capture_output=True, check=True
        )
        for _ in range(5)
    ]
    return sorted(float(run.stdout) for run in runs)


def open_all(contexts: list[Context]) -> Opened:
    """Return encoder, tokenizer, and category vectors of the pool's reference part."""
    from tokenizers import Tokenizer

    encoder = StaticEncoder(COMMITTED_FOLDER)
    reference = split(contexts).reference
    texts = [context.text for context in reference]
    categories = [context.category for context in reference]
    languages = [context.language for context in reference]
    prototypes = fit_prototypes(
        texts, encoder.encode(texts), categories, languages, encoder.version
    )
    alone = Tokenizer.from_file(str(COMMITTED_FOLDER / TOKENIZER_FILE))
    # A tokenizer keeps the first words it meets: both measured ones shall have met the same.
    return Opened(StaticEncoder(COMMITTED_FOLDER), alone, prototypes)


def main() -> None:
    """Print the load, one line for each language and length, and whether the bound holds."""
    seconds = "/".join(f"{s:.2f}" for s in load_seconds())
    print(f"load with imports, fresh process: {seconds} s")
    contexts = read_pool(CONTEXTS)
    opened = open_all(contexts)
    print(f"{len(opened.prototypes.vocabulary.keys)} character grams known")
    for language in ("ko", "en"):
        for characters in (100, 500, 2000):
            taken = measure(opened, pool_texts(contexts, language, characters))
            shown = (
                f"{stage} {np.percentile(taken[:, k], 50):.0f}/{np.percentile(taken[:, k], 99):.0f}"
                for k, stage in enumerate(STAGES)
            )
            print(f"{language} {characters} characters, p50/p99 µs: {', '.join(shown)}")
            alone = np.median(taken[:, 1] / taken[:, 0])
            whole = np.median(taken[:, 1:3].sum(axis=1) / taken[:, 0])
            print(f"  × the tokenizer alone: encode {alone:.2f}, with its category {whole:.2f}")
            if (language, characters) == ("ko", 100):
                verdict = "holds" if alone <= ALLOWED else "DOES NOT HOLD"
                print(f"  encode ≤ {ALLOWED} × the tokenizer {verdict}")


if __name__ == "__main__":
    main()
