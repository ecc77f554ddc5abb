"""A persona: a group of people as the bots need to know it. The file is read and edited by people.

The product team's five fields come first and are enough; what an entry leaves out is filled by the
defaults of persona_defaults.py and listed in `assumed`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from resources.errors import Mendable
from resources.whole_files import write_whole


class PersonaError(Mendable, ValueError):
    """personas.json cannot be used; the message names the entry, the field and what is allowed."""


class SessionLength(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Runs in one sitting: runs of a person with less than half an hour between them."""

    mean: float


class TextLength(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Quantiles of the length of the texts that are rewritten, in Unicode characters."""

    p10: float
    p50: float
    p90: float


class Activity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Log-normal of how many runs a person makes (natural logarithm), over the export's days."""

    log_mean: float
    log_sd: float


class Concentrations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dirichlet concentrations by preference: how alike the members are. Large: all the same."""

    category: float
    intensity: float  # of each category's intensities
    text_language: float
    language: float  # of each text language's languages
    accept: float  # of the share accepted (Beta), and of those edited and prompted
    custom: float  # of the share changed
    hours: float  # of the hours at which sessions begin


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a member picks from a list; choice.py (traffic) says what each number does."""

    position_bias: float  # utility lost per unit of ln(1 + position)
    satisficing: float  # chance to take the first good enough option, unweighed
    sensitivity: float  # utility of a full match over none
    leave: float  # chance to leave an option that meets the wish halfway
    strictness: float  # log-odds of acceptance lost from a full match to none


class Persona(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of personas.json. Shares are between 0 and 1 and sum to 1 (to rounding)."""

    name: str
    preferred_category: str  # the most frequent of `category`
    preferred_intensity: str  # the most frequent of that category's intensities
    style_prompt: str
    accept_rate: float  # share of the group's corrections of which something was taken
    preferred_language: str
    share: float  # of all people
    users: int  # people it was mined from
    events: int  # their runs
    category: dict[str, float]
    intensity: dict[str, float]
    language: dict[str, float]
    custom_rate: float  # share of runs whose option differs from that person's run before
    edit_rate: float  # share of what was taken that was edited
    session_length: SessionLength
    hours: list[float]  # 24 shares, UTC
    text_length: TextLength
    concentration: float  # of all preferences together; see `concentrations`
    prompts: list[str]  # instructions that at least five people wrote
    stability: float  # bootstrap agreement (ARI) of the grouping it comes from
    origin: str  # mined | manual
    intensity_by_category: dict[str, dict[str, float]]
    text_language: dict[str, float]
    language_by_text_language: dict[str, dict[str, float]]
    prompt_rate: float  # share of corrections with an instruction
    concentrations: Concentrations
    activity: Activity
    choice: Choice
    assumed: list[str]  # fields that the data did not give


def read_personas(path: Path) -> list[Persona]:
    """The personas of the file, complete; PersonaError when an entry cannot be used."""
    from rec_assets.personas.persona_checks import complete, parse

    return complete(parse(path))


def write_personas(path: Path, personas: Sequence[Persona]) -> None:
    """Replace the file in one step: a reader sees the old list or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(msgspec.to_builtins(list(personas)), ensure_ascii=False, indent=2) + "\n"
    write_whole(path, text)
