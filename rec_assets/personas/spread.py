"""How alike a group's members are: concentrations fitted to them, never tuned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rec_assets.personas.dispersion import Block, fit_concentration
from rec_assets.personas.evidence import Evidence
from rec_assets.personas.persona import Concentrations
from rec_assets.personas.persona_defaults import PLAIN
from rec_assets.personas.taste import Taste, fit_taste
from resources.options import CATEGORIES, LANGUAGES

Floats = NDArray[np.float64]
PARTS: Final = Concentrations.__struct_fields__
_OPTIONS: Final = ("category", "intensity")  # what `concentration` alone sums up


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """A group's taste and how its members lie around it. None: the data do not tell."""

    taste: Taste
    concentration: float | None
    concentrations: dict[str, float | None]

    def fields(self) -> dict[str, Any]:
        """The persona's fields; what the data do not tell is the default."""
        overall = self.concentration or PLAIN["concentration"]
        parts = {part: round(a or overall, 2) for part, a in self.concentrations.items()}
        return {"concentration": round(overall, 2), "concentrations": Concentrations(**parts)}

    def unknown(self) -> list[str]:
        """Names of the fields that are defaults."""
        parts = [f"concentrations.{part}" for part, a in self.concentrations.items() if a is None]
        return parts + (["concentration"] if self.concentration is None else [])


def fit_spreads(evidence: Evidence, groups: Sequence[Floats], whole: Taste) -> list[Spread]:
    """Each group's taste and concentrations; a group is how likely each person is a member (P,).

    A group's concentration is drawn (by e at most, say) towards that of all groups together, so
    that a small group is not made of clones because too few people differ visibly.
    """
    tastes = [fit_taste(evidence, belonging, whole) for belonging in groups]
    blocks = [_blocks(evidence, g, taste) for g, taste in zip(groups, tastes, strict=True)]
    common = {part: _fit(blocks, (part,), None) for part in PARTS}
    overall = _fit(blocks, _OPTIONS, None)
    return [
        Spread(
            taste,
            _fit([own], _OPTIONS, overall),
            {part: _fit([own], (part,), common[part]) for part in PARTS},
        )
        for taste, own in zip(tastes, blocks, strict=True)
    ]


def _fit(
    groups: Sequence[dict[str, list[Block]]], parts: Sequence[str], near: float | None
) -> float | None:
    return fit_concentration([b for group in groups for part in parts for b in group[part]], near)


def _blocks(evidence: Evidence, belonging: Floats, taste: Taste) -> dict[str, list[Block]]:
    """By part: what each member did, the shares it lies around, and how likely it is one."""
    members = belonging > 0
    sure = belonging[members]
    options, texts = evidence.options[members], evidence.texts[members]
    accepted, starts = evidence.accepted[members], evidence.starts[members]
    kept = evidence.followed[members] - evidence.changed[members]
    custom = np.stack([evidence.changed[members], kept], axis=1).astype(float)
    strengths: list[Block] = [
        (options[:, c], taste.intensity_by_category[c], sure) for c in range(len(CATEGORIES))
    ]
    answers: list[Block] = [
        (texts[:, t], taste.language_by_text_language[t], sure) for t in range(len(LANGUAGES))
    ]
    return {
        "category": [(options.sum(axis=2), taste.category, sure)],
        "intensity": strengths,
        "text_language": [(texts.sum(axis=2), taste.text_language, sure)],
        "language": answers,
        "accept": [(accepted, _mean(accepted, sure), sure)],
        "custom": [(custom, _mean(custom, sure), sure)],
        "hours": [(starts, taste.hours, sure)],
    }


def _mean(counts: Floats, sure: Floats) -> Floats:
    """Shares (k,) of all counts together, zeros where there are none."""
    total = (counts * sure[:, None]).sum(axis=0)
    shares: Floats = total / max(float(total.sum()), 1e-9)
    return shares
