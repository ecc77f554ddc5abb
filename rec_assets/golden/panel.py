"""A panel of the dashboard: what it asks Elasticsearch, and how Vega-Lite draws the answer.

Vega rather than Kibana's own Lens: question and drawing are plain JSON that keeps its form between
versions, and the question can be put to a server in a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from resources.search_series import Series

Json = dict[str, Any]
TIME: Final = "created_at"
BY_DAY: Final = {"date_histogram": {"field": TIME, "calendar_interval": "day"}}
DAY_AXIS: Final = {
    "field": "key",
    "type": "temporal",
    "title": None,
    "timeUnit": "utcyearmonthdate",
}
PERCENT: Final = {"format": ".0%"}
EACH_ORIGIN: Final[Json] = {"flatten": ["origin.buckets"], "as": ["of"]}  # of one day's bucket


@dataclass(frozen=True)
class Panel:
    """One drawing: aggregations over a series, where their buckets lie, and a Vega-Lite view."""

    name: str
    title: str
    description: str
    series: Series
    aggregations: Json
    buckets: str  # path of the buckets in the answer
    transform: list[Json]
    view: Json
    place: tuple[int, int, int, int]  # x, y, width, height on a grid of 48 columns
    config: Json = field(default_factory=lambda: {"kibana": {"hideWarnings": True}})

    @property
    def specification(self) -> Json:
        """What Kibana's Vega draws; it puts the dashboard's time and filters into the query."""
        body = {"size": 0, "aggs": self.aggregations}
        context = {"%context%": True, "%timefield%": TIME}
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "config": self.config,
            "data": {
                "url": {**context, "index": self.series.alias, "body": body},
                "format": {"property": self.buckets},
            },
            "transform": self.transform,
            **self.view,
        }


def by_origin(**aggregations: Json) -> Json:
    """These aggregations of people's rows and of the bots' apart; no figure mixes the two."""
    return {"origin": {"terms": {"field": "origin", "size": 5}, "aggs": aggregations}}


def calculate(**expressions: str) -> list[Json]:
    """Vega-Lite's transforms that give each datum these fields."""
    return [{"calculate": text, "as": name} for name, text in expressions.items()]


def lines(title: str, axis: Json) -> Json:
    """A view with a line for each `what` over days; `value` on the axis of that title."""
    return {
        "mark": {"type": "line", "point": True, "tooltip": True},
        "encoding": {
            "x": DAY_AXIS,
            "y": {"field": "value", "type": "quantitative", "title": title, "axis": axis},
            "color": {"field": "what", "type": "nominal", "title": None},
        },
    }
