"""How far the personas' shares moved from one mining to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from rec_assets.personas.persona import Persona

NAMED: Final = 5  # personas that a sentence names
_SEEN: Final = 0.005  # moves below that are not worth a word


class Move(NamedTuple):
    """A persona's share before and after; 0.0 where there is none of that name."""

    name: str
    before: float
    after: float


class Shift(NamedTuple):
    """`distance` is the total variation: the share of people who are in another persona now."""

    distance: float
    moves: list[Move]  # largest first


def share_shift(before: Sequence[Persona], after: Sequence[Persona]) -> Shift:
    """½ Σ |after − before| over personas matched by name, each list's shares divided by their sum.

    Between 0 (the same) and 1 (none in common). Both lists must not be empty.
    """
    old, new = _shares(before), _shares(after)
    moves = [Move(name, old.get(name, 0.0), new.get(name, 0.0)) for name in sorted({*old, *new})]
    moves.sort(key=lambda move: (-abs(move.after - move.before), move.name))
    return Shift(sum(abs(move.after - move.before) for move in moves) / 2, moves)


def in_words(moves: Sequence[Move]) -> str:
    """The largest moves: "Academic_Writer 0.12 → 0.40, Report_Author new 0.10"."""
    told = [_word(move) for move in moves if abs(move.after - move.before) >= _SEEN]
    more = [f"and {len(told) - NAMED} smaller ones"] if len(told) > NAMED else []
    return ", ".join([*told[:NAMED], *more]) or "none by a hundredth"


def _word(move: Move) -> str:
    if not move.before:
        return f"{move.name} new {move.after:.2f}"
    if not move.after:
        return f"{move.name} {move.before:.2f} → gone"
    return f"{move.name} {move.before:.2f} → {move.after:.2f}"


def _shares(personas: Sequence[Persona]) -> dict[str, float]:
    total = sum(persona.share for persona in personas)
    return {persona.name: persona.share / total for persona in personas}
