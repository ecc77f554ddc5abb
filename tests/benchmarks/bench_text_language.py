"""Print how often the language of a text is found, by language and length, and on mixed texts.

    REC_TRAINING_DATA=FOLDER python -m tests.benchmarks.bench_text_language

FOLDER holds test_text.jsonl.gz; its sentences are cut at their beginning. A sentence begun with a
foreign name or a number counts against the detector too. Without the folder only the mixed texts
are judged.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from resources.options import LANGUAGES
from resources.settings import Settings
from resources.text_language import CJK_SHARE, HAN, HANGUL, KANA, detect_language

LENGTHS = ((1, 3), (4, 10), (11, 30), (31, 200))  # characters
OWN_SCRIPTS = {"ko": (HANGUL,), "ja": (KANA, HAN), "zh": (HAN,)}

MIXED: dict[str, tuple[tuple[str, str | None], ...]] = {
    "Korean with English terms": (
        ("API endpoint를 호출할 때 timeout이 발생합니다", "ko"),
        ("React 18의 Suspense와 Server Components 비교", "ko"),
        ("Kubernetes cluster에 deploy했어요", "ko"),
        ("Q3 KPI는 MAU 12% 상승", "ko"),
        ("LGTM, merge 부탁드려요", "ko"),
        ("FYI: meeting은 3시로 변경", "ko"),
    ),
    "English quoting Korean": (
        ("The word 눈치 has no direct English translation.", "en"),
        ("He said “괜찮아요” and left the room.", "en"),
        ("Samsung (삼성) announced its quarterly results today.", "en"),
        ("We visited 경복궁 in Seoul and it was beautiful.", "en"),
        ("Please translate 안녕하세요 into English for me.", "en"),
    ),
    "Japanese in kanji alone": (
        ("東京都渋谷区", "ja"),
        ("売上報告書", "ja"),
        ("緊急連絡先一覧", "ja"),
        ("年末年始休業案内", "ja"),
        ("営業時間変更", "ja"),
        ("会員登録完了", "ja"),
        ("経費精算", "ja"),
        ("取扱説明書", "ja"),
        ("日本国憲法", "ja"),
        ("一般社団法人", "ja"),
    ),
    "Chinese with Latin names": (
        ("请把 Word 文件发到我的 Gmail 邮箱", "zh"),
        ("iPhone 16 Pro Max 今天正式开售", "zh"),
        ("使用 Docker Compose 部署服务", "zh"),
        ("ChatGPT 和 Claude 哪个更好用？", "zh"),
        ("PyTorch 模型训练", "zh"),
    ),
    "traditional Chinese": (
        ("我們明天下午開會", "zh"),
        ("這個問題需要進一步研究", "zh"),
        ("會議資料", "zh"),
        ("請問您的訂單編號是多少？", "zh"),
    ),
    "Japanese with Latin terms": (
        ("GitHub Actionsでテストを自動化する", "ja"),
        ("Excelファイルを開けません", "ja"),
        ("API設計", "ja"),
        ("AWSのS3にアップロード", "ja"),
    ),
    "no language": (
        ("2024-11-03 14:30", None),
        ("👍🎉🎉", None),
        ("https://example.com/a/b?c=d", None),
        ("010-1234-5678", None),
        ("3.14 × 2 = 6.28", None),
        ("someone@example.com", None),
        ("…!?", None),
    ),
    "numbers, emoji and addresses beside words": (
        ("👍 좋아요 1234", "ko"),
        ("https://example.com/very/long/path 참고하세요", "ko"),
        ("Thanks!! 🎉🎉🎉 2024", "en"),
        ("see https://example.com/보고서 please", "en"),
    ),
}


def read_texts(file: Path) -> dict[str, list[str]]:
    """Return the sentences of each language."""
    texts = defaultdict(list)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            texts[row["lang"]].append(row["text"])
    return texts


def in_own_script(text: str, language: str) -> bool:
    """Tell whether enough of the text's own letters stand in it that a person could tell."""
    letters = sum(c.isalpha() for c in text)
    scripts = OWN_SCRIPTS.get(language)
    if scripts is None:
        return letters > 1
    own = sum(len(run) for script in scripts for run in script.findall(text))
    return own > CJK_SHARE * letters


def print_lengths(texts: dict[str, list[str]]) -> None:
    """Print one line for each language and length."""
    random = np.random.default_rng(1)
    print("language  characters   texts   found  found where its own letters stand   else told")
    for language in LANGUAGES:
        for least, most in LENGTHS:
            long_enough = [text for text in texts[language] if len(text) >= least]
            sizes = random.integers(least, most, len(long_enough), endpoint=True)
            cut = [text[:size].strip() for text, size in zip(long_enough, sizes, strict=True)]
            told = [detect_language(text) for text in cut]
            own = [
                t == language for t, c in zip(told, cut, strict=True) if in_own_script(c, language)
            ]
            others = Counter(str(one) for one in told if one != language).most_common(3)
            share = sum(one == language for one in told) / len(told)
            print(f"{language:8} {least:6}–{most:<5} {len(told):7} {share:7.3f}", end="")
            print(f" {np.mean(own):12.3f} of {len(own):<18}", dict(others))


def print_mixed() -> None:
    """Print one line for each kind of mixed text, and what was told wrong."""
    for kind, cases in MIXED.items():
        wrong = [
            (text, detect_language(text)) for text, own in cases if detect_language(text) != own
        ]
        print(f"{kind}: {len(cases) - len(wrong)} of {len(cases)}", *wrong)


def main() -> None:
    """Print both tables."""
    folder = Settings().training_data
    if folder is None:
        print("lengths left out: REC_TRAINING_DATA, the folder of test_text.jsonl.gz, is not set")
    else:
        print_lengths(read_texts(folder / "test_text.jsonl.gz"))
    print_mixed()


if __name__ == "__main__":
    main()
