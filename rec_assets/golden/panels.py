"""The dashboard's panels: funnel, acceptance, personas, personalization, latency."""

from __future__ import annotations

from typing import Final

from rec_assets.golden.index import GOLDEN, REQUESTS
from rec_assets.golden.panel import BY_DAY, DAY_AXIS, PERCENT, Panel, calculate, lines

PERCENTILES: Final = (50, 95, 99)
LIVE: Final = "live user"
EXECUTED: Final = {"term": {"executed": True}}
ACCEPTED: Final = {"term": {"accepted": True}}
STEPS: Final = ("asked", "executed", "accepted")
FUNNEL: Final = Panel(
    name="funnel",
    title="Funnel",
    description="Recommendations, those with a paraphrase run, those with a candidate taken.",
    series=GOLDEN,
    aggregations={
        "origin": {
            "terms": {"field": "origin", "size": 5},
            "aggs": {"executed": {"filter": EXECUTED}, "accepted": {"filter": ACCEPTED}},
        }
    },
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
    description="Of the executed options, the share with a candidate taken; under it how many.",
    series=GOLDEN,
    aggregations={
        "executed": {
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
    },
    buckets="aggregations.executed.category.buckets",
    transform=[
        {"flatten": ["intensity.buckets"], "as": ["cell"]},
        *calculate(
            intensity="datum.cell.key",
            executed="datum.cell.doc_count",
            rate="datum.cell.accepted.doc_count / datum.cell.doc_count",
            label="format(datum.rate, '.0%') + ' of ' + datum.executed",
        ),
    ],
    view={
        "encoding": {
            "x": {
                "field": "intensity", "type": "nominal", "sort": ["weak", "moderate", "strong"],
                "title": None,
            },
            "y": {"field": "key", "type": "nominal", "title": None},
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
    "from; live users have none.",
    series=GOLDEN,
    aggregations={
        "day": {
            **BY_DAY,
            "aggs": {"persona": {"terms": {"field": "persona", "size": 100, "missing": LIVE}}},
        }
    },
    buckets="aggregations.day.buckets",
    transform=[
        {"flatten": ["persona.buckets"], "as": ["part"]},
        *calculate(persona="datum.part.key", count="datum.part.doc_count"),
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
    "text's terms alone. What was executed is anchored by what was shown: no experiment.",
    series=GOLDEN,
    aggregations={
        "day": {
            **BY_DAY,
            "aggs": {
                "shown": {"avg": {"field": "first_shown"}},
                "plain": {"avg": {"field": "first_plain"}},
            },
        }
    },
    buckets="aggregations.day.buckets",
    transform=[
        *calculate(**{"with": "datum.shown.value", "without": "datum.plain.value"}),
        {"fold": ["with", "without"], "as": ["what", "value"]},
        {"filter": "isValid(datum.value)"},
    ],
    view=lines("executed option came first", PERCENT),
    place=(24, 12, 24, 14),
)
LATENCY: Final = Panel(
    name="latency",
    title="Latency of /recommend",
    description="Milliseconds from a request's arrival to the scored answer: percentiles of a day.",
    series=REQUESTS,
    aggregations={
        "day": {
            **BY_DAY,
            "aggs": {
                "latency": {"percentiles": {"field": "latency_ms", "percents": list(PERCENTILES)}}
            },
        }
    },
    buckets="aggregations.day.buckets",
    transform=[
        *calculate(**{f"p{p}": f"datum.latency.values['{p}.0']" for p in PERCENTILES}),
        {"fold": [f"p{p}" for p in PERCENTILES], "as": ["what", "value"]},
        {"filter": "isValid(datum.value)"},
    ],
    view=lines("milliseconds", {}),
    place=(0, 26, 48, 12),
)
PANELS: Final = (FUNNEL, ACCEPT_RATE, PERSONAS, PERSONALIZATION, LATENCY)
