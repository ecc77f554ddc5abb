"""Checks of a day's chains and of H, declared. They stop G and with it serving, and golden data."""

from collections.abc import Iterator, Sequence
from typing import Final

import dagster as dg

from rec_assets import manifests
from rec_assets.checks.counts import WEEK
from rec_assets.checks.day_facts import DayFacts, read_day
from rec_assets.checks.degraded import degraded_finding
from rec_assets.checks.drift import Mix, drift_finding
from rec_assets.checks.finding import Finding, found
from rec_assets.checks.results import blocking, day_of, results, warning
from rec_assets.checks.traffic import Part, Traffic, traffic_finding, traffic_of
from rec_assets.checks.vectors import vector_finding, vector_findings
from rec_assets.days import days_before
from rec_assets.declared import patient_checks
from rec_assets.training.assets import training_examples
from rec_assets.training.day_counts import DayCounts, read_counts
from resources.log_store import LogStore
from resources.options import CATEGORIES, INTENSITIES, LANGUAGES

SPECS: Final = (
    blocking(
        training_examples,
        "chains_are_linked",
        "Every B has its A, every C its B, of the same user, session and day, and both their D; no "
        "B has two C. Of days that late rows touch only what came on this day is judged.",
    ),
    blocking(
        training_examples,
        "examples_account_for_all",
        "H has one row per A that had arrived; none was executed without its B or accepted without "
        "a ground truth; each B is in H or was counted as dropped; each C that rejects what its D "
        "has chosen stands in H's `error` and was counted, and nothing else does.",
    ),
    blocking(
        training_examples,
        "vectors_are_of_one_kind",
        "H holds vectors of one encoder and one length, E of one length for each encoder. A day on "
        "which the encoder was changed fails rightly: look whether it was meant, then overrule. "
        "Days that late rows touch are judged each by itself, unless of several kinds before.",
    ),
    blocking(
        training_examples,
        "traffic_did_not_halve",
        "The day has at least half the live recommendations of the day before, or of the same "
        "weekday a week ago, or of the median of the week; at least half the simulated ones that "
        "were fixed for it; and at least half of either were executed that the share of the days "
        "before lets expect. Where that is fewer than 100, only what chance does not explain "
        "fails. A day without any, and one with ten times as many, are warned of and stop nothing.",
    ),
    warning(
        training_examples,
        "category_did_not_drift",
        "Categories executed against the seven days before: population stability index up to .25, "
        "or what chance explains among so few people. None at all after days of ten people or more "
        "fails too.",
    ),
    warning(
        training_examples,
        "intensity_did_not_drift",
        "The same of intensities executed.",
    ),
    warning(
        training_examples,
        "language_did_not_drift",
        "The same of languages executed.",
    ),
    warning(
        training_examples,
        "accept_rate_did_not_drift",
        "The same of executed recommendations, accepted or not.",
    ),
    warning(
        training_examples,
        "text_language_did_not_drift",
        "The same of the languages detected in the texts, unknown among them.",
    ),
    warning(
        training_examples,
        "few_answers_were_degraded",
        "At most a twentieth of the answers lacked the encoder or the profile (lower end of the "
        "95 % interval). An absent document is told, not judged: an editor may send none.",
    ),
)


@dg.multi_asset_check(specs=SPECS)
@patient_checks
def checks_of_examples(
    context: dg.AssetCheckExecutionContext, log_store: dg.ResourceParam[LogStore]
) -> Iterator[dg.AssetCheckResult]:
    """Chains, H, vectors and numbers of the day; chains and H also of days that late rows touch."""
    day = day_of(context, log_store, "training_examples")
    facts = read_day(log_store, day, day)
    late: dict[str, Finding] = {}
    manifest = manifests.read(log_store, "training_examples", day) or {}
    for touched in manifest.get("late_days", ()):
        of_touched = read_day(log_store, touched, day)
        late[touched] = _vectors(of_touched, late=True)
        facts.take(of_touched)
    before = read_counts(log_store, days_before(day, WEEK))
    week = [traffic_of(before[d]) if d in before else None for d in days_before(day, WEEK)]
    filling = manifests.written(log_store, "simulated_traffic", day) or {}
    traffic = traffic_finding(_traffic(facts), week, filling.get("sessions"))
    stopping = {
        **_stopping(facts),
        "vectors_are_of_one_kind": vector_findings(_vectors(facts), late),
        "traffic_did_not_halve": traffic,
    }
    yield from results(log_store, day, SPECS, stopping | _warning(facts, list(before.values())))


def _vectors(facts: DayFacts, *, late: bool = False) -> Finding:
    return vector_finding(facts.vectors, facts.blocks, facts.without_vector, late=late)


def _traffic(facts: DayFacts) -> Traffic:
    """A as it stands, and what H says was executed of it."""
    of_h = traffic_of(facts.counts)
    bots = facts.asked - facts.asked_live
    return Traffic(
        Part(facts.asked_live, of_h.live.executed, of_h.live.people),
        Part(bots, of_h.simulated.executed, of_h.simulated.people),
    )


def _stopping(facts: DayFacts) -> dict[str, Finding]:
    chains = {letter: facts.rows[letter] for letter in "ABCD"}
    told = ", ".join(f"{number:,} {letter}" for letter, number in chains.items())
    examples = facts.counts.examples
    accounted = f"{examples:,} rows of H for {facts.asked:,} A, nothing unaccounted for"
    return {
        "chains_are_linked": found(facts.chains, f"{told}, all linked", {"rows": chains}),
        "examples_account_for_all": found(facts.examples, accounted, {"looked_at": examples}),
    }


def _warning(facts: DayFacts, before: Sequence[DayCounts]) -> dict[str, Finding]:
    mixes = {
        "category": (len(CATEGORIES), "categories executed"),
        "intensity": (len(INTENSITIES), "intensities executed"),
        "language": (len(LANGUAGES), "languages executed"),
        "accept_rate": (2, "executed ones accepted"),
        "text_language": (len(LANGUAGES) + 1, "languages of the texts"),
    }
    findings = {
        f"{name}_did_not_drift": drift_finding(
            words, cells, _mix(facts.counts, name), [_mix(counts, name) for counts in before]
        )
        if facts.asked
        else Finding(True, f"{words}: no recommendation on this day")
        for name, (cells, words) in mixes.items()
    }
    degraded = degraded_finding(facts.degraded, facts.missing, facts.asked)
    return {**findings, "few_answers_were_degraded": degraded}


def _mix(counts: DayCounts, name: str) -> Mix:
    if name == "accept_rate":
        rest = counts.executed - counts.accepted
        return Mix({"accepted": counts.accepted, "not": rest}, counts.people_executed)
    people = counts.people if name == "text_language" else counts.people_executed
    return Mix(getattr(counts, name), people)
