"""Our stand-in for Kibana refuses what Kibana's own schemas refuse, and takes what we make."""

from __future__ import annotations

from typing import Any

import pytest

from rec_assets.golden.dashboards import ndjson, saved_objects
from resources.kibana import KibanaRefused, import_saved_objects
from resources.search_patience import Patience
from resources.settings import Settings
from tests.resources.kibana_contract import kibana_server

QUICK = Patience(0.2, 0.01, 0.05)


def changed(kind: str, attributes: dict[str, Any] | None = None, **top: Any) -> bytes:
    """One of our own saved objects of that type with something of it exchanged."""
    one = next(one for one in saved_objects() if one["type"] == kind)
    inside = one["attributes"] | (attributes or {})
    return ndjson([{**one, "references": [], "attributes": inside, **top}])


@pytest.mark.parametrize("kind", ["index-pattern", "visualization", "dashboard"])
def test_our_objects_are_taken_as_they_are(kind: str) -> None:
    with kibana_server() as kibana:
        assert import_saved_objects(Settings(kibana_url=kibana.url), changed(kind), QUICK) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (changed("dashboard", type="canvas-board"), "canvas-board recwheel: .*unsupported_type"),
        (changed("dashboard", typeMigrationVersion="10.3.0"), r"422, .*recent.*\[10\.3\.0\]"),
        (changed("visualization", typeMigrationVersion="8.6.0"), r"last known .*\[8\.5\.0\]"),
        (changed("index-pattern", coreMigrationVersion="9.0.0"), "coreMigrationVersion.*recent"),
        (changed("dashboard", {"panels": []}), r"attributes\.panels\]: definition for this key is"),
        (changed("visualization", {"visstate": "{}"}), r"attributes\.visstate\]: definition"),
        (changed("index-pattern", {"timeField": "at"}), r"attributes\.timeField\]: definition"),
        (changed("dashboard", {"kibanaSavedObjectMeta": {"a": "{}"}}), r"Meta\.a\]: definition"),
        (changed("dashboard", {"panelsJSON": [{}]}), r"panelsJSON\]: unexpected value of type"),
        (changed("dashboard", {"version": True}), r"version\]: unexpected value of type \[bool\]"),
        (
            changed("visualization", folder="here"),
            r"\[folder\]: definition for this key is missing",
        ),
    ],
)
def test_what_kibana_would_refuse_of_them_is_told(given: bytes, told: str) -> None:
    with kibana_server() as kibana, pytest.raises(KibanaRefused, match=told):
        import_saved_objects(Settings(kibana_url=kibana.url), given, QUICK)
    assert not kibana.objects


def test_an_object_without_a_title_is_told() -> None:
    given = b'{"type":"visualization","id":"v","attributes":{},"references":[]}\n'
    with kibana_server() as kibana, pytest.raises(KibanaRefused, match=r"attributes\.title"):
        import_saved_objects(Settings(kibana_url=kibana.url), given, QUICK)
