"""A group's persona, from its members' rows. Nothing that one person alone did is quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.dispersion import (
    fit_concentration,
    fit_dirichlet,
    fit_log_normal,
    floored,
)
from rec_assets.personas.evidence import Evidence
from rec_assets.personas.naming import Taste
from rec_assets.personas.persona import Activity, Concentrations, SessionLength, TextLength
from rec_assets.personas.persona_defaults import PLAIN
from rec_assets.raw import activity as raw
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
PRIOR: Final = 10.0  # rows that the whole export counts as, in what a group may have few rows for
QUOTED: Final = 5  # people who must have written a prompt before it is quoted
PROMPTS: Final = 8  # quoted at most
_DIGITS: Final = 4
_TONES: Final = {"formal": "a formal", "normal": "a plain", "common": "a casual"}
_GENRES: Final = {
    "thesis": "academic prose",
    "report": "business reports",
    "article": "articles",
    "email": "emails",
    "marketing": "marketing copy",
    "customer_service": "answers to customers",
    "none": "everyday text",
}
_DEGREES: Final = {
    "weak": "keep the wording and only smooth it",
    "moderate": "rephrase freely but keep the structure",
    "strong": "rewrite thoroughly",
}


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """A group's preferences and how its members lie around them. None: the data do not tell."""

    taste: Taste
    text_language: Floats  # (4,)
    language_by_text_language: Floats  # (4, 4)
    concentrations: dict[str, float | None]
    concentration: float | None


def spread_of(evidence: Evidence, members: Flags, whole: Spread | None = None) -> Spread:
    """Fitted to the members' runs; tables are shrunk to the whole's, which counts as 10 runs."""
    options, texts = evidence.options[members], evidence.texts[members]
    category, by_category = fit_dirichlet(options.sum(axis=2))
    language, by_language = fit_dirichlet(evidence.languages[members])
    text, by_text = fit_dirichlet(texts.sum(axis=2))
    if whole is not None and by_text is None:
        text = whole.text_language
    strength = _table(options.sum(axis=0), whole and whole.taste.intensity_by_category)
    answers = _table(texts.sum(axis=0), whole and whole.language_by_text_language)
    strengths = [(options[:, row], strength[row]) for row in range(len(CATEGORIES))]
    languages = [(texts[:, row], answers[row]) for row in range(len(LANGUAGES))]
    blocks = [(options.sum(axis=2), category), (texts.sum(axis=2), text)]
    return Spread(
        taste=Taste(category, strength, language),
        text_language=text,
        language_by_text_language=answers,
        concentrations={
            "category": by_category,
            "intensity": fit_concentration(strengths),
            "text_language": by_text,
            "language": fit_concentration(languages) or by_language,
        },
        concentration=fit_concentration([*blocks, *strengths, *languages]),
    )


def preferences(spread: Spread) -> dict[str, Any]:
    """The persona's fields about what its people want."""
    taste = spread.taste
    category = named(taste.category, CATEGORIES)
    table = {
        word: named(row, INTENSITIES)
        for word, row in zip(CATEGORIES, taste.intensity_by_category, strict=True)
    }
    language = named(taste.language, LANGUAGES)
    preferred = max(category, key=lambda word: category[word])
    overall = spread.concentration or PLAIN["concentration"]
    alike = {block: round(a or overall, 2) for block, a in spread.concentrations.items()}
    return {
        "preferred_category": preferred,
        "preferred_intensity": max(table[preferred], key=lambda word: table[preferred][word]),
        "preferred_language": max(language, key=lambda word: language[word]),
        "category": category,
        "intensity": named(taste.category @ taste.intensity_by_category, INTENSITIES),
        "language": language,
        "intensity_by_category": table,
        "text_language": named(spread.text_language, LANGUAGES),
        "language_by_text_language": {
            word: named(row, LANGUAGES)
            for word, row in zip(LANGUAGES, spread.language_by_text_language, strict=True)
        },
        "concentration": round(overall, 2),
        "concentrations": Concentrations(**alike),
    }


def habits(activity: raw.Activity, evidence: Evidence, members: Flags) -> dict[str, Any]:
    """The persona's fields about how its people work. Rates are shrunk to the whole's."""
    runs = activity.runs[members[activity.runs["person"]]]
    written = activity.corrections
    own = written[members[written["person"]]]
    custom = _rate(
        evidence.changed[members].sum(), evidence.followed[members].sum(),
        evidence.changed.sum(), evidence.followed.sum(),
    )  # fmt: skip
    log_mean, log_sd = fit_log_normal(evidence.runs[members].astype(float))
    return {
        "accept_rate": _share(own["accepted"], written["accepted"]),
        "custom_rate": custom,
        # `edited` marks an input that is an edited earlier output: one for each edit.
        "edit_rate": _rate(
            own["edited"].sum(), own["accepted"].sum(),
            written["edited"].sum(), written["accepted"].sum(),
        ),
        "prompt_rate": _share(own["prompt"].notna(), written["prompt"].notna()),
        "prompts": quoted_prompts(written, members),
        "session_length": SessionLength(round(len(runs) / _sessions(runs), _DIGITS)),
        "hours": _hours(runs, activity.runs),
        "text_length": _lengths(runs, activity.runs),
        "activity": Activity(round(log_mean, _DIGITS), round(log_sd, _DIGITS)),
    }  # fmt: skip


def quoted_prompts(corrections: pd.DataFrame, members: Flags) -> list[str]:
    """Instructions that five people of the export wrote, commonest among the members first."""
    pairs = corrections[["prompt", "person"]].dropna()
    pairs = pairs.assign(prompt=pairs["prompt"].str.split().str.join(" ")).drop_duplicates()
    people = pairs["prompt"].value_counts()
    own = pairs[members[pairs["person"]]]["prompt"].value_counts()
    known = [str(prompt) for prompt in own.index if people[prompt] >= QUOTED]
    return sorted(known, key=lambda prompt: (-own[prompt], prompt))[:PROMPTS]


def style_prompt(tones: pd.Series[Any], category: str, intensity: str, quoted: list[str]) -> str:
    """One instruction to the rewriter, out of tone, category and intensity, and common prompts."""
    tone = _TONES.get(
        max(sorted(set(tones.dropna())), key=list(tones).count, default=""), "an even"
    )
    asked = f" Often asked for: {'; '.join(quoted[:3])}." if quoted else ""
    return f"Rewrite {_GENRES[category]} in {tone} tone; {_DEGREES[intensity]}.{asked}"


def named(shares: Floats, words: Sequence[str]) -> dict[str, float]:
    """Shares with four digits, by word."""
    return {word: round(float(share), _DIGITS) for word, share in zip(words, shares, strict=True)}


def _table(counts: Floats, whole: Floats | None) -> Floats:
    """Rows of shares; the whole's (for the whole itself: the rows' sum) counts as 10 runs."""
    prior = floored(counts.sum(axis=0)) if whole is None else whole
    shrunk: Floats = (counts + PRIOR * prior) / (counts.sum(axis=1, keepdims=True) + PRIOR)
    return shrunk


def _rate(hits: float, rows: float, all_hits: float, all_rows: float) -> float:
    whole = all_hits / all_rows if all_rows else 0.0
    return round(min(1.0, float((hits + PRIOR * whole) / (rows + PRIOR))), _DIGITS)


def _share(own: pd.Series[bool], all_: pd.Series[bool]) -> float:
    return _rate(own.sum(), len(own), all_.sum(), len(all_))


def _sessions(runs: pd.DataFrame) -> int:
    return max(1, len(runs[["person", "session"]].drop_duplicates()))


def _hours(own: pd.DataFrame, all_: pd.DataFrame) -> list[float]:
    """Shares of the 24 hours of the day (UTC); the whole's count as one run each, 24 in all."""
    mine, whole = (
        np.bincount((table["time"].to_numpy() // 3600 % 24).astype(int), minlength=24)
        for table in (own, all_)
    )
    shares = mine + (whole + 1) / (whole.sum() + 24) * 24
    return [round(float(share), _DIGITS) for share in shares / shares.sum()]


def _lengths(own: pd.DataFrame, all_: pd.DataFrame) -> TextLength:
    known = own["length"].dropna() if own["length"].notna().any() else all_["length"].dropna()
    if known.empty:
        return TextLength(**PLAIN["text_length"])
    p10, p50, p90 = np.maximum(np.quantile(known.to_numpy(dtype=float), [0.1, 0.5, 0.9]), 1.0)
    return TextLength(float(p10), float(p50), float(p90))
