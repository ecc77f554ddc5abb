"""Kibana's saved objects: a data view of each series, a visualization of each panel, a dashboard.

The versions are those from which Kibana migrates an object when it is imported; they are the ones
that Kibana's own sample data carries.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from rec_assets.golden.index import BOTH
from rec_assets.golden.panel import TIME, Panel
from rec_assets.golden.panels import PANELS
from resources.search_series import Series

Json = dict[str, Any]
DASHBOARD: Final = "recwheel"
CORE: Final = "8.8.0"
TYPES: Final = {"index-pattern": "8.0.0", "visualization": "8.0.0", "dashboard": "8.7.0"}
NAMES: Final = {"recwheel-golden": "Recwheel golden data", "recwheel-requests": "Recwheel requests"}
SEARCHED: Final = "kibanaSavedObjectMeta.searchSourceJSON.index"


def saved_objects() -> list[Json]:
    """The objects in an order in which each comes after those that it refers to."""
    return [*map(_data_view, BOTH), *map(_visualization, PANELS), _dashboard()]


def ndjson(objects: Sequence[Json]) -> bytes:
    """The objects as Kibana's import takes them: one a line."""
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects).encode()


def _object(kind: str, identity: str, attributes: Json, references: list[Json]) -> Json:
    versions = {"coreMigrationVersion": CORE, "typeMigrationVersion": TYPES[kind]}
    named = {"type": kind, "id": identity, "attributes": attributes, "references": references}
    return {**named, **versions, "managed": False}


def _data_view(series: Series) -> Json:
    attributes = {
        "title": series.alias,
        "name": NAMES[series.alias],
        "timeFieldName": TIME,
        "fieldAttrs": "{}",
        "fieldFormatMap": "{}",
        "fields": "[]",
        "runtimeFieldMap": "{}",
        "sourceFilters": "[]",
    }
    return _object("index-pattern", series.alias, attributes, [])


def _visualization(panel: Panel) -> Json:
    drawn = {"spec": json.dumps(panel.specification, ensure_ascii=False, indent=2)}
    state = {"title": panel.title, "type": "vega", "aggs": [], "params": drawn}
    attributes = {
        "title": f"Recwheel: {panel.title}",
        "description": panel.description,
        "visState": json.dumps(state, ensure_ascii=False),
        "uiStateJSON": "{}",
        "version": 1,
        "kibanaSavedObjectMeta": _search(indexRefName=SEARCHED),
    }
    view = {"type": "index-pattern", "id": panel.series.alias, "name": SEARCHED}
    return _object("visualization", _identity(panel), attributes, [view])


def _dashboard() -> Json:
    attributes = {
        "title": "Recwheel",
        "description": "Golden data by day: funnel, acceptance, personas, latency.",
        "panelsJSON": json.dumps([_placed(panel) for panel in PANELS]),
        "optionsJSON": json.dumps({"useMargins": True, "hidePanelTitles": False}),
        "timeRestore": True,
        "timeFrom": "now-30d/d",
        "timeTo": "now",
        "version": 1,
        "kibanaSavedObjectMeta": _search(),
    }
    references = [
        {"type": "visualization", "id": _identity(panel), "name": f"{panel.name}:{_slot(panel)}"}
        for panel in PANELS
    ]
    return _object("dashboard", DASHBOARD, attributes, references)


def _placed(panel: Panel) -> Json:
    x, y, width, height = panel.place
    return {
        "type": "visualization",
        "panelIndex": panel.name,
        "panelRefName": _slot(panel),
        "gridData": {"x": x, "y": y, "w": width, "h": height, "i": panel.name},
        "embeddableConfig": {"enhancements": {}},
        "title": panel.title,
    }


def _search(**more: str) -> Json:
    source = {"query": {"query": "", "language": "kuery"}, "filter": [], **more}
    return {"searchSourceJSON": json.dumps(source)}


def _identity(panel: Panel) -> str:
    return f"recwheel-{panel.name}"


def _slot(panel: Panel) -> str:
    return f"panel_{panel.name}"
