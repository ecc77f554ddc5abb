"""From what was mined to the list that people read and edit."""

from __future__ import annotations

from collections.abc import Sequence

from rec_assets.personas.persona import Persona, PersonaError


def with_manual(mined: Sequence[Persona], edited: Sequence[Persona]) -> list[Persona]:
    """The mined personas, then the manual entries of the list as it is edited now.

    PersonaError when a manual entry has come to bear the name of a mined persona since.
    """
    manual = [persona for persona in edited if persona.origin == "manual"]
    taken = sorted({persona.name for persona in mined} & {persona.name for persona in manual})
    if taken:
        raise PersonaError(
            f"personas.json, {taken[0]}: a mined persona has this name too; rename the manual "
            "entry, or materialize mined_personas again"
        )
    return [*mined, *manual]
