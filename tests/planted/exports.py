"""A company's export in which every text is a sentence that can be found again."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from tests.stack.compose_file import ROOT

# The marks survive every way of writing JSON; a wish that one person alone has is quoted nowhere.
SENTENCE = "구르는 돌에는 이끼가 끼지 않는다고 할머니께서 늘 말씀하셨다 qzxv-sentence-7731"
PROMPT = "초등학생도 알아듣게 아주 쉽게 풀어 써 줘 qzxv-prompt-7732"
MARKS = {"a sentence": "qzxv-sentence-7731", "a wish": "qzxv-prompt-7732"}
ROWS = 400


def write_export(path: Path, first: int = 0) -> Path:
    """The sample's correction history, every text replaced; a few rows broken with it."""
    sample = ROOT / "personas_data" / "sample" / "correction_history.json.gz"
    rows = json.loads(gzip.decompress(sample.read_bytes()))[first : first + ROWS]
    for number, row in enumerate(rows):
        row["input_sentence"] = f"{SENTENCE} {number}"
        row["output_sentences"] = [f"{SENTENCE} {number}.{k}" for k in (1, 2)]
        row["user_prompt"] = PROMPT if number == 0 else None
    rows[1]["created_at"] = SENTENCE
    rows[2]["selected_index"] = SENTENCE
    rows[4]["field"] = SENTENCE
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    lines[3] = lines[3][: len(lines[3]) // 2]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
