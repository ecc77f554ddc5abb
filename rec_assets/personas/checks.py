"""The check that holds mined personas back from people and bots."""

import dagster as dg

from rec_assets.checks.results import OVERRIDE
from rec_assets.declared import patient
from rec_assets.personas.assets import mined_personas
from rec_assets.personas.persona import read_personas
from rec_assets.personas.shift import in_words, share_shift
from rec_assets.personas.stored import read_candidate
from resources.log_store import LogStore
from resources.settings import Settings

RELEASE = (
    "Look at mined_personas; to let them through, materialize personas alone. What was published "
    "before stands until then."
)


@dg.asset_check(
    asset=mined_personas,
    blocking=True,
    description="Of all people no more than REC_PERSONA_SHIFT are in another persona than before. "
    + OVERRIDE,
)
@patient
def shares_moved_little(
    context: dg.AssetCheckExecutionContext,
    settings: dg.ResourceParam[Settings],
    log_store: dg.ResourceParam[LogStore],
) -> dg.AssetCheckResult:
    """Of all people no more than REC_PERSONA_SHIFT are in another persona than before."""
    path, allowed = settings.personas_path, settings.persona_shift
    published = read_personas(path) if path.exists() else []
    before = [persona for persona in published if persona.origin == "mined"]
    after, _ = read_candidate(log_store)
    if not before:
        return dg.AssetCheckResult(passed=True, description="Nothing was mined before.")
    if not after:
        return dg.AssetCheckResult(
            passed=False, description=f"Held back: nobody is left of {len(before)}. {RELEASE}"
        )
    shift = share_shift(before, after)
    passed, moves = shift.distance <= allowed, in_words(shift.moves)
    words = f"{shift.distance:.2f} of all people are in another persona than before"
    return dg.AssetCheckResult(
        passed=passed,
        description=f"{words}, at most {allowed:.2f} may be: {moves}."
        if passed
        else f"Held back: {words}, at most {allowed:.2f} may be (REC_PERSONA_SHIFT): {moves}. "
        + RELEASE,
        metadata={
            "distance": shift.distance,
            "allowed": allowed,
            "moves": dg.MetadataValue.json(
                [{"name": m.name, "before": m.before, "after": m.after} for m in shift.moves]
            ),
        },
    )
