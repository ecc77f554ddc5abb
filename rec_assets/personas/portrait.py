"""A group's persona, from its members' rows. Nothing that one person alone did is quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.dispersion import fit_log_normal
from rec_assets.personas.evidence import Evidence
from rec_assets.personas.persona import Activity, SessionLength, TextLength
from rec_assets.personas.persona_checks import LENGTHS
from rec_assets.personas.persona_defaults import PLAIN
from rec_assets.raw import activity as raw

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


def habits(
    activity: raw.Activity, evidence: Evidence, members: Flags, hours: Floats
) -> dict[str, Any]:
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
        "hours": [round(float(share), _DIGITS) for share in hours],
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


def _rate(hits: float, rows: float, all_hits: float, all_rows: float) -> float:
    whole = all_hits / all_rows if all_rows else 0.0
    return round(min(1.0, float((hits + PRIOR * whole) / (rows + PRIOR))), _DIGITS)


def _share(own: pd.Series[bool], all_: pd.Series[bool]) -> float:
    return _rate(own.sum(), len(own), all_.sum(), len(all_))


def _sessions(runs: pd.DataFrame) -> int:
    return max(1, len(runs[["person", "session"]].drop_duplicates()))


def _lengths(own: pd.DataFrame, all_: pd.DataFrame) -> TextLength:
    known = own["length"].dropna() if own["length"].notna().any() else all_["length"].dropna()
    if known.empty:
        return TextLength(**PLAIN["text_length"])
    p10, p50, p90 = np.clip(np.quantile(known.to_numpy(dtype=float), [0.1, 0.5, 0.9]), *LENGTHS)
    return TextLength(float(p10), float(p50), float(p90))
