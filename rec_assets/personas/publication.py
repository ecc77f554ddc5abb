"""From what was mined to the list that people read and edit."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rec_assets.personas.persona import Persona, PersonaError
from rec_assets.personas.persona_checks import complete


def with_manual(mined: Sequence[Persona], edited: Sequence[Persona]) -> list[Persona]:
    """The mined personas, then the manual entries of the list as it is edited now.

    PersonaError when a manual entry has come to bear the name of a mined persona since, and when
    the list is none that could be read again: no later mining could go by it.
    """
    manual = [persona for persona in edited if persona.origin == "manual"]
    taken = sorted({persona.name for persona in mined} & {persona.name for persona in manual})
    if taken:
        raise PersonaError(
            f"personas.json, {taken[0]}: a mined persona has this name too; rename the manual "
            "entry, or materialize mined_personas again"
        )
    published = [*mined, *manual]
    if not published:
        raise PersonaError(
            "there is no persona to publish: load an export (recwheel load PATH), or write an "
            "entry into personas.json"
        )
    try:
        complete(msgspec.to_builtins(published))
    except PersonaError as error:
        raise PersonaError(
            f"nothing is published, for it could not be read again: {error}; materialize "
            "mined_personas again"
        ) from None
    return published
