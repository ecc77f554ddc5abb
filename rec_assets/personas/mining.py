"""Personas out of an export: group its people, draw each group's portrait, keep what people wrote.

Everything is a function of the tables, the seed and the list before; no figure of the running
system comes in, so nothing can be tuned to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from rec_assets.personas.choice_fit import fit_choice
from rec_assets.personas.evidence import Evidence, count_evidence
from rec_assets.personas.naming import name_groups
from rec_assets.personas.people import Considered, People, group_people
from rec_assets.personas.persona import Choice, Persona, PersonaError
from rec_assets.personas.portrait import habits, style_prompt
from rec_assets.personas.spread import Spread, fit_spreads
from rec_assets.personas.taste import fit_taste, preferences
from rec_assets.raw.activity import Activity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_NEGLIGIBLE: Final = 0.01  # chance of being a member below which a person is none


@dataclass(frozen=True, slots=True, eq=False)
class Mined:
    """`personas`: mined ones by share, then manual ones. `reason`: why so many, in a sentence."""

    personas: list[Persona]
    k: int  # mined groups; 0 where the export has no usable run
    reason: str
    considered: list[Considered]
    people: int
    labels: Ints  # each person's place in `names`, -1 without a usable run
    names: list[str]  # of the mined personas, by number of people
    former: list[Persona]  # all ever mined, by name, as they were last: no name is given twice


def mine_personas(
    activity: Activity,
    *,
    seed: int,
    previous: Sequence[Persona] = (),
    former: Sequence[Persona] = (),
) -> Mined:
    """The personas of an export; entries of `previous` with origin `manual` stay as they are.

    A group that goes on keeps its persona's name; `former` are the mined personas of all earlier
    minings. PersonaError when there is neither a usable run nor a manual
    entry.
    """
    manual = [persona for persona in previous if persona.origin == "manual"]
    evidence = count_evidence(activity)
    if not evidence.runs.any():
        if manual:
            reason = "The export holds no usable run: manual entries only."
            nobody = np.full(activity.persons, -1)
            return Mined(manual, 0, reason, [], 0, nobody, [], ever(former, previous))
        raise PersonaError(
            "no personas: the raw store holds no usable run and personas.json no manual entry; "
            "load an export (recwheel load PATH) or write one"
        )
    seen = evidence.runs > 0
    before = [persona for persona in previous if persona.origin == "mined"]
    people = group_people(_of(evidence, seen), seed, len(before))
    groups = _everyone(people, seen)
    spreads, names = _named(evidence, groups, before, former, manual)
    mined = _portraits(activity, evidence, groups, people, spreads, names)
    labels = np.full(activity.persons, -1)
    labels[seen] = people.labels
    return Mined(
        [*mined, *manual],
        people.k,
        people.reason,
        people.considered,
        int(seen.sum()),
        labels,
        names,
        ever(former, previous, mined),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Over the export's people: `members` it is the likeliest group of, `belonging` as likely."""

    members: Flags
    belonging: Floats
    share: float


def ever(*lists: Sequence[Persona]) -> list[Persona]:
    """All mined personas of the lists by name, each as it was last."""
    last = {persona.name: persona for list_ in lists for persona in list_}
    return [last[name] for name in sorted(last) if last[name].origin == "mined"]


def _named(
    evidence: Evidence,
    groups: Sequence[_Group],
    before: Sequence[Persona],
    former: Sequence[Persona],
    manual: Sequence[Persona],
) -> tuple[list[Spread], list[str]]:
    """What the groups' members want, and the groups' names."""
    whole = fit_taste(evidence, (evidence.runs > 0).astype(float))
    spreads = fit_spreads(evidence, [group.belonging for group in groups], whole)
    tastes = [spread.taste for spread in spreads]
    taken = [persona.name for persona in manual]
    return spreads, name_groups(tastes, whole, before, former, taken)


def _portraits(
    activity: Activity,
    evidence: Evidence,
    groups: Sequence[_Group],
    people: People,
    spreads: Sequence[Spread],
    names: Sequence[str],
) -> list[Persona]:
    """The groups' personas, largest share first."""
    choice, assumed = fit_choice(activity.selections)
    personas = [
        replace(
            _persona(activity, evidence, group, spread, choice, assumed),
            name=name,
            stability=round(people.stability, 4),
        )
        for group, spread, name in zip(groups, spreads, names, strict=True)
    ]
    return sorted(personas, key=lambda persona: (-persona.share, persona.name))


def _persona(
    activity: Activity,
    evidence: Evidence,
    group: _Group,
    spread: Spread,
    choice: Choice,
    assumed: list[str],
) -> Persona:
    wanted = {**preferences(spread.taste), **spread.fields()}
    ways = habits(activity, evidence, group.members, spread.taste.hours)
    tones = activity.runs["tone"][group.members[activity.runs["person"]]]
    words = wanted["preferred_category"], wanted["preferred_intensity"]
    fields: dict[str, Any] = {
        **wanted,
        **ways,
        "name": "",
        "style_prompt": style_prompt(tones, *words, ways["prompts"]),
        "share": round(group.share, 4),
        "users": int(group.members.sum()),
        "events": int(evidence.runs[group.members].sum()),
        "stability": 1.0,
        "origin": "mined",
        "choice": choice,
        "assumed": sorted([*assumed, *_unknown(activity, spread)]),
    }
    return Persona(**fields)


def _unknown(activity: Activity, spread: Spread) -> list[str]:
    """Fields that this export does not give."""
    unknown = spread.unknown()
    if activity.corrections.empty:
        unknown += ["accept_rate", "edit_rate", "prompt_rate", "prompts"]
    unknown += ["text_length"] if not activity.runs["length"].notna().any() else []
    return unknown + (["text_language"] if not activity.runs["text_language"].notna().any() else [])


def _everyone(people: People, seen: Flags) -> list[_Group]:
    """The groups over the export's people, those without a run in none."""
    labels = np.full(len(seen), -1)
    labels[seen] = people.labels
    belonging = np.zeros((len(seen), people.k))
    belonging[seen] = np.where(people.belonging < _NEGLIGIBLE, 0.0, people.belonging)
    return [
        _Group(labels == group, belonging[:, group], float(people.shares[group]))
        for group in range(people.k)
    ]


def _of(evidence: Evidence, chosen: Flags) -> Evidence:
    return Evidence(*(getattr(evidence, name)[chosen] for name in Evidence.__dataclass_fields__))
