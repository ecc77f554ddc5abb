"""The dashboard's panels: funnel, acceptance, personas, personalization, latency."""

from __future__ import annotations

from typing import Final

from rec_api.words import LIVE, SIMULATION
from rec_assets.golden.index import GOLDEN, REQUESTS
from rec_assets.golden.panel import (
    BY_DAY,
    DAY_AXIS,
    EACH_ORIGIN,
    PERCENT,
    Panel,
    by_origin,
    calculate,
    lines,
)

PERCENTILES: Final = (50, 95, 99)
LIVE_USER, NO_PERSONA = "live user", "no persona"
WHOSE: Final = calculate(what="datum.what + ', ' + datum.of.key")  # a line for each origin
CELLS: Final = [f"{o}, {i}" for o in (LIVE, SIMULATION) for i in ("weak", "moderate", "strong")]
EXECUTED: Final = {"term": {"executed": True}}
ACCEPTED: Final = {"term": {"accepted": True}}
STEPS: Final = ("asked", "executed", "accepted")
FUNNEL: Final = Panel(
    name="funnel",
    title="Funnel",
    description="Recommendations, those with a paraphrase run, those with a candidate taken.",
    series=GOLDEN,
    aggregations=by_origin(executed={"filter": EXECUTED}, accepted={"filter": ACCEPTED}),
    buckets="aggregations.origin.buckets",
    transform=[
        *calculate(
            asked="datum.doc_count",
            executed="datum.executed.doc_count",
            accepted="datum.accepted.doc_count",
        ),
        {"fold": list(STEPS), "as": ["step", "count"]},
    ],
    view={
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "y": {"field": "step", "type": "nominal", "sort": list(STEPS), "title": None},
            "x": {"field": "count", "type": "quantitative", "title": "recommendations"},
            "color": {"field": "key", "type": "nominal", "title": "origin"},
        },
    },
    place=(0, 0, 24, 12),
)
ACCEPT_RATE: Final = Panel(
    name="accept-rate",
    title="Accept rate by category and intensity",
    description="Of the executed options, the share with a candidate taken, and of how many; live "
    "and simulated apart.",
    series=GOLDEN,
    aggregations=by_origin(
        executed={
            "filter": EXECUTED,
            "aggs": {
                "category": {
                    "terms": {"field": "category", "size": 10, "order": {"_key": "asc"}},
                    "aggs": {
                        "intensity": {
                            "terms": {"field": "intensity", "size": 5},
                            "aggs": {"accepted": {"filter": ACCEPTED}},
                        }
                    },
                }
            },
        }
    ),
    buckets="aggregations.origin.buckets",
    transform=[
        {"flatten": ["executed.category.buckets"], "as": ["row"]},
        {"flatten": ["row.intensity.buckets"], "as": ["cell"]},
        *calculate(
            category="datum.row.key",
            column="datum.key + ', ' + datum.cell.key",
            executed="datum.cell.doc_count",
            rate="datum.cell.accepted.doc_count / datum.cell.doc_count",
            label="format(datum.rate, '.0%') + ' of ' + datum.executed",
        ),
    ],
    view={
        "encoding": {
            "x": {
                "field": "column", "type": "nominal", "sort": CELLS, "title": None,
                "axis": {"labelExpr": "split(datum.label, ', ')", "labelAngle": 0},
            },
            "y": {"field": "category", "type": "nominal", "title": None},
        },
        "layer": [
            {
                "mark": {"type": "rect", "tooltip": True},
                "encoding": {
                    "color": {
                        "field": "rate", "type": "quantitative", "title": "accepted",
                        "scale": {"domain": [0, 1], "scheme": "blues"}, "legend": PERCENT,
                    }
                },
            },
            {
                "mark": "text",
                "encoding": {
                    "text": {"field": "label", "type": "nominal"},
                    "color": {
                        "condition": {"test": "datum.rate > 0.6", "value": "white"},
                        "value": "black",
                    },
                },
            },
        ],
    },
    place=(24, 0, 24, 12),
)  # fmt: skip
PERSONAS: Final = Panel(
    name="personas",
    title="Persona mix",
    description="Recommendations of each day by the persona that the simulated user was drawn "
    "from; live users have none, and are told by their origin.",
    series=GOLDEN,
    aggregations={
        "day": {
            **BY_DAY,
            "aggs": by_origin(
                persona={"terms": {"field": "persona", "size": 100, "missing": NO_PERSONA}}
            ),
        }
    },
    buckets="aggregations.day.buckets",
    transform=[
        EACH_ORIGIN,
        {"flatten": ["of.persona.buckets"], "as": ["part"]},
        *calculate(
            persona=f"if(datum.of.key === '{LIVE}', '{LIVE_USER}', datum.part.key)",
            count="datum.part.doc_count",
        ),
    ],
    view={
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "x": DAY_AXIS,
            "y": {
                "field": "count", "type": "quantitative", "stack": "normalize", "title": "share",
                "axis": PERCENT,
            },
            "color": {"field": "persona", "type": "nominal", "title": None},
        },
    },
    place=(0, 12, 24, 14),
)  # fmt: skip
PERSONALIZATION: Final = Panel(
    name="personalization",
    title="With and without personalization",
    description="How often the executed option came first: as shown, and in the order of the "
    "text's terms alone; live and simulated apart. What was executed is anchored by what was "
    "shown: no experiment.",
    series=GOLDEN,
    aggregations={
        "day": {
            **BY_DAY,
            "aggs": by_origin(
                shown={"avg": {"field": "first_shown"}}, plain={"avg": {"field": "first_plain"}}
            ),
        }
    },
    buckets="aggregations.day.buckets",
    transform=[
        EACH_ORIGIN,
        *calculate(**{"with": "datum.of.shown.value", "without": "datum.of.plain.value"}),
        {"fold": ["with", "without"], "as": ["what", "value"]},
        {"filter": "isValid(datum.value)"},
        *WHOSE,
    ],
    view=lines("executed option came first", PERCENT),
    place=(24, 12, 24, 14),
)
LATENCY: Final = Panel(
    name="latency",
    title="Latency of /recommend",
    description="Milliseconds from a request's arrival to the scored answer: percentiles of a day, "
    "live and simulated apart.",
    series=REQUESTS,
    aggregations={
        "day": {
            **BY_DAY,
            "aggs": by_origin(
                latency={"percentiles": {"field": "latency_ms", "percents": list(PERCENTILES)}}
            ),
        }
    },
    buckets="aggregations.day.buckets",
    transform=[
        EACH_ORIGIN,
        *calculate(**{f"p{p}": f"datum.of.latency.values['{p}.0']" for p in PERCENTILES}),
        {"fold": [f"p{p}" for p in PERCENTILES], "as": ["what", "value"]},
        {"filter": "isValid(datum.value)"},
        *WHOSE,
    ],
    view=lines("milliseconds", {}),
    place=(0, 26, 48, 12),
)
PANELS: Final = (FUNNEL, ACCEPT_RATE, PERSONAS, PERSONALIZATION, LATENCY)
