"""Findings as Dagster shows them, and the day that a check is asked about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import dagster as dg

from rec_assets import manifests
from rec_assets.checks.finding import Finding
from rec_assets.day_state import hold_back
from resources.log_store import LogStore

OVERRIDE: Final = (
    "Nothing downstream runs while it fails. To overrule it, materialize the downstream assets of "
    "the day alone: a check stops only what is materialized in the same run."
)
WARNING: Final = "It warns and stops nothing."


def blocking(asset: dg.AssetsDefinition, name: str, meaning: str) -> dg.AssetCheckSpec:
    """A check that stops what is downstream."""
    return dg.AssetCheckSpec(name, asset=asset, blocking=True, description=f"{meaning} {OVERRIDE}")


def warning(asset: dg.AssetsDefinition, name: str, meaning: str) -> dg.AssetCheckSpec:
    """A check that is shown and stops nothing."""
    return dg.AssetCheckSpec(name, asset=asset, description=f"{meaning} {WARNING}")


def results(
    store: LogStore, day: str, specs: Sequence[dg.AssetCheckSpec], findings: Mapping[str, Finding]
) -> Iterator[dg.AssetCheckResult]:
    """One result for each spec; KeyError where there is no finding of that name.

    Where one stops what is downstream, the day is held back for later days too.
    """
    if any(spec.blocking and _stops(findings[spec.name]) for spec in specs):
        hold_back(store, day)
    for spec in specs:
        finding = findings[spec.name]
        severe = spec.blocking and finding.stops
        yield dg.AssetCheckResult(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=finding.holds,
            severity=dg.AssetCheckSeverity.ERROR if severe else dg.AssetCheckSeverity.WARN,
            description=finding.sentence,
            metadata=_metadata(finding),
        )


def day_of(context: dg.AssetCheckExecutionContext, store: LogStore, asset: str) -> str:
    """The run's partition; of a check that is executed alone the latest day that stands."""
    if context.has_partition_key:
        return str(context.partition_key)
    days = manifests.days(store, asset)
    if not days:
        raise dg.Failure(f"no day of {asset} stands yet: materialize one", allow_retries=False)
    return days[-1]


def _stops(finding: Finding) -> bool:
    return finding.stops and not finding.holds


def _metadata(finding: Finding) -> dict[str, Any]:
    offending = {"offending": dict(finding.offending)} if finding.offending else {}
    return {
        name: dg.MetadataValue.json(value) if isinstance(value, dict) else value
        for name, value in {**finding.figures, **offending}.items()
        if value is not None
    }
