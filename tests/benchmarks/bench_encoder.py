"""Print what the static encoder costs: loading it, and one text beside its tokenizer alone."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from resources.encoder import COMMITTED_FOLDER, TOKENIZER_FILE, StaticEncoder
from resources.text_language import detect_language

ROOT = Path(__file__).parents[2]
CONTEXTS = ROOT / "personas_data" / "contexts"
TEXTS = 300
LOAD = (
    "import time; start = time.perf_counter(); from resources.encoder import open_encoder;"
    "open_encoder('static'); print(time.perf_counter() - start)"
)


def pool_texts(language: str, characters: int) -> list[str]:
    """Return texts of that many characters, cut from the context pool at every few words."""
    lines = (CONTEXTS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    joined = " ".join(json.loads(line)["text"] for line in lines)
    starts = range(0, len(joined) - characters, max(1, (len(joined) - characters) // TEXTS))
    return [joined[start : start + characters] for start in starts][:TEXTS]


def percentiles(work: Callable[[str], object], texts: Sequence[str]) -> str:
    """Return p50 and p99 of the time of one text, in microseconds."""
    taken = []
    for text in texts:
        start = time.perf_counter()
        work(text)
        taken.append(time.perf_counter() - start)
    p50, p99 = np.percentile(taken, [50, 99]) * 1e6
    return f"{p50:.0f}/{p99:.0f}"


def load_seconds() -> list[float]:
    """Return the seconds of import and load in five fresh processes, sorted."""
    runs = [
        subprocess.run([sys.executable, "-c", LOAD], cwd=ROOT, capture_output=True, check=True)
        for _ in range(5)
    ]
    return sorted(float(run.stdout) for run in runs)


def main() -> None:
    """Print one line for the load and one for each language and length."""
    print(
        "load with imports, fresh process: " + "/".join(f"{s:.2f}" for s in load_seconds()) + " s"
    )
    encoder = StaticEncoder(COMMITTED_FOLDER)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(COMMITTED_FOLDER / TOKENIZER_FILE))
    for language in ("ko", "en"):
        for characters in (100, 500, 2000):
            texts = pool_texts(language, characters)
            encoded = percentiles(lambda text: encoder.encode([text]), texts)
            split = percentiles(
                lambda text: tokenizer.encode(text, add_special_tokens=False), texts
            )
            told = percentiles(detect_language, texts)
            print(f"{language} {characters} characters, p50/p99 µs: encode {encoded}, ", end="")
            print(f"tokenizer alone {split}, detect_language {told}")


if __name__ == "__main__":
    main()
