"""The saved objects as far as they can be tested without a Kibana: form, fields, questions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest

from rec_assets.golden.dashboards import ndjson, saved_objects
from rec_assets.golden.index import BOTH, send_days
from rec_assets.golden.panel import Panel
from rec_assets.golden.panels import PANELS
from resources.log_store import LogStore
from resources.search_index import SearchIndex
from tests.rec_assets.command_line import surroundings
from tests.rec_assets.golden.conftest import Apart
from tests.rec_assets.golden.day_rows import DAYS, H, I, materialize, write_day
from tests.rec_assets.golden.drawn import drawn
from tests.resources.elasticsearch_contract.server import Contract
from tests.resources.kibana_contract import kibana_server

OBJECTS = saved_objects()
BY_NAME = {panel.name: panel for panel in PANELS}
NUMERIC, DATES, WORDS = {"long", "double"}, {"date"}, {"keyword", "boolean"}
FITS = {
    "terms": WORDS, "term": WORDS, "date_histogram": DATES, "avg": NUMERIC,
    "percentiles": NUMERIC,
}  # fmt: skip
JSON = {
    "Accept": "application/vnd.elasticsearch+json; compatible-with=9",
    "Content-Type": "application/vnd.elasticsearch+json; compatible-with=9",
}


def asked(question: Any) -> Iterator[tuple[str, str]]:
    """Every aggregation and query with the field that it names."""
    if isinstance(question, dict):
        for name, body in question.items():
            if name == "term":
                yield name, next(iter(body))
            elif isinstance(body, dict) and isinstance(body.get("field"), str):
                yield name, body["field"]
            yield from asked(body)


def answer(url: str, panel: Panel) -> list[dict[str, Any]]:
    """The buckets that a panel draws, from the server."""
    data = panel.specification["data"]["url"]
    path = f"{url}/{data['index']}/_search"
    reply = httpx.post(path, content=json.dumps(data["body"]), headers=JSON)
    assert reply.status_code == 200, reply.text
    found = reply.json()
    for name in panel.buckets.split("."):
        found = found[name]
    buckets: list[dict[str, Any]] = found
    return buckets


def test_every_line_is_an_object_with_an_id_of_its_own() -> None:
    lines = ndjson(OBJECTS).decode().splitlines()
    assert [json.loads(line) for line in lines] == OBJECTS
    assert len({(one["type"], one["id"]) for one in OBJECTS}) == len(OBJECTS)
    assert Counter(one["type"] for one in OBJECTS) == {
        "index-pattern": 2, "visualization": 5, "dashboard": 1,
    }  # fmt: skip


def test_every_reference_is_to_an_object_that_came_before() -> None:
    known: set[tuple[str, str]] = set()
    for one in OBJECTS:
        assert {(ref["type"], ref["id"]) for ref in one["references"]} <= known
        known.add((one["type"], one["id"]))


def test_every_panel_of_the_dashboard_has_its_reference_and_its_place() -> None:
    (dashboard,) = [one for one in OBJECTS if one["type"] == "dashboard"]
    panels = json.loads(dashboard["attributes"]["panelsJSON"])
    names = {ref["name"] for ref in dashboard["references"]}
    assert {f"{p['panelIndex']}:{p['panelRefName']}" for p in panels} == names
    cells = [
        (x, y)
        for p in panels
        for x in range(p["gridData"]["x"], p["gridData"]["x"] + p["gridData"]["w"])
        for y in range(p["gridData"]["y"], p["gridData"]["y"] + p["gridData"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 48


def test_every_nested_text_is_json() -> None:
    for one in OBJECTS:
        attributes = one["attributes"]
        meta = attributes.get("kibanaSavedObjectMeta", {"searchSourceJSON": "{}"})
        source = json.loads(meta["searchSourceJSON"])
        if "indexRefName" in source:
            assert source["indexRefName"] in {ref["name"] for ref in one["references"]}
        if one["type"] == "visualization":
            spec = json.loads(json.loads(attributes["visState"])["params"]["spec"])
            assert spec["data"]["url"]["index"] in {series.alias for series in BOTH}
        if one["type"] == "index-pattern":
            fields = {series.alias: series.fields for series in BOTH}[attributes["title"]]
            assert fields[attributes["timeFieldName"]]["type"] == "date"


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.name)
def test_every_field_is_mapped_and_fits_what_is_asked_of_it(panel: Panel) -> None:
    found = list(asked(panel.aggregations))
    assert found
    for kind, field in found:
        assert panel.series.fields[field]["type"] in FITS[kind], (kind, field)


@pytest.fixture
def filled(store: LogStore, instance: dg.DagsterInstance, server: Contract) -> Contract:
    """A server with two days: some rows not executed, some not accepted, one persona unknown."""
    for day in DAYS[:2]:
        write_day(store, day, 20)
        for number, (row,) in enumerate(
            next(store.scan(H, where={"_id": f"{day}-{n:05}"})) for n in range(20)
        ):
            changes: dict[str, Any] = {"slate_plain": [0.1, 0.3, 0.2]}
            if number < 4:
                changes |= {"executed": False, "accepted": False, "match_metrics": None}
                changes |= {"category": None, "intensity": None, "language": None}
            elif number < 10:
                changes |= {"accepted": False, "intensity": "moderate"}
            store.put(H, [{**row, **changes}])
        for n in range(20):
            (row,) = next(store.scan(I, where={"_id": f"{day}-{n:05}"}))
            store.put(I, [{**row, "latency_ms": float(n)}])
        assert materialize(instance, day).success
    return server


def test_the_funnel_counts_what_was_asked_executed_and_accepted(filled: Contract) -> None:
    (live,) = answer(filled.url, BY_NAME["funnel"])
    assert (live["key"], live["doc_count"]) == ("live", 40)
    assert (live["executed"]["doc_count"], live["accepted"]["doc_count"]) == (32, 20)


def test_the_accept_rate_is_that_of_executed_options_by_category_and_intensity(
    filled: Contract,
) -> None:
    (live,) = answer(filled.url, BY_NAME["accept-rate"])
    (thesis,) = live["executed"]["category"]["buckets"]
    cells = {cell["key"]: cell for cell in thesis["intensity"]["buckets"]}
    assert thesis["key"] == "thesis"
    assert cells["strong"]["accepted"]["doc_count"] / cells["strong"]["doc_count"] == 1.0
    assert cells["moderate"]["accepted"]["doc_count"] == 0


def test_a_live_user_is_its_own_part_of_the_persona_mix(filled: Contract) -> None:
    found = drawn(BY_NAME["personas"], answer(filled.url, BY_NAME["personas"]))
    assert [(part["persona"], part["count"]) for part in found] == [("live user", 40)]


def test_with_and_without_personalization_are_shares_of_executed_rows(filled: Contract) -> None:
    (day,) = answer(filled.url, BY_NAME["personalization"])
    (live,) = day["origin"]["buckets"]
    assert live["shown"]["value"] == 10 / 16
    assert live["plain"]["value"] == 6 / 16


def test_latency_is_told_by_its_percentiles(filled: Contract) -> None:
    (day,) = answer(filled.url, BY_NAME["latency"])
    (live,) = day["origin"]["buckets"]
    assert live["latency"]["values"]["50.0"] == pytest.approx(9.5)
    assert set(live["latency"]["values"]) == {"50.0", "95.0", "99.0"}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.name)
def test_every_panel_asks_for_the_origin(panel: Panel) -> None:
    assert ("terms", "origin") in list(asked(panel.aggregations))


@pytest.fixture
def mixed(store: LogStore, server: Contract) -> Contract:
    """A server with a day of people, who take what they run, and of bots, who do not.

    One bot was drawn from a persona, the other from one that is known no more.
    """
    write_day(store, DAYS[0], 20)
    for number in range(12):
        (row,) = next(store.scan(H, where={"_id": f"{DAYS[0]}-{number:05}"}))
        bot = {"origin": "simulation", "user_id": f"sim-{number // 6}", "accepted": False}
        store.put(H, [{**row, **bot, "slate_plain": [0.1, 0.3, 0.2]}])
        (log,) = next(store.scan(I, where={"_id": f"{DAYS[0]}-{number:05}"}))
        store.put(I, [{**log, "origin": "simulation", "latency_ms": 100.0}])
    for number in range(12, 20):
        (row,) = next(store.scan(H, where={"_id": f"{DAYS[0]}-{number:05}"}))
        store.put(H, [{**row, "slate_plain": [0.3, 0.1, 0.2]}])
    send_days(SearchIndex(server.url), store, DAYS[:1], {"sim-0": "Academic"})
    return server


def on(server: Contract, name: str) -> list[dict[str, Any]]:
    return drawn(BY_NAME[name], answer(server.url, BY_NAME[name]))


def test_personalization_is_told_of_people_and_bots_apart(mixed: Contract) -> None:
    assert {row["what"]: row["value"] for row in on(mixed, "personalization")} == {
        "with, live": 1.0,
        "without, live": 1.0,
        "with, simulation": 1.0,
        "without, simulation": 0.0,
    }


def test_the_accept_rate_is_told_of_people_and_bots_apart(mixed: Contract) -> None:
    found = {row["column"]: (row["rate"], row["executed"]) for row in on(mixed, "accept-rate")}
    assert found == {"live, strong": (1.0, 8), "simulation, strong": (0.0, 12)}
    assert {row["category"] for row in on(mixed, "accept-rate")} == {"thesis"}
    assert {row["label"] for row in on(mixed, "accept-rate")} == {"100% of 8", "0% of 12"}
    assert set(found) <= set(BY_NAME["accept-rate"].view["encoding"]["x"]["sort"])


def test_latency_is_told_of_people_and_bots_apart(mixed: Contract) -> None:
    found = {row["what"]: row["value"] for row in on(mixed, "latency")}
    assert (found["p95, live"], found["p95, simulation"]) == (4.25, 100.0)
    assert len(found) == 6


def test_a_bot_without_a_persona_is_no_live_user(mixed: Contract) -> None:
    assert {row["persona"]: row["count"] for row in on(mixed, "personas")} == {
        "live user": 8, "Academic": 6, "no persona": 6,
    }  # fmt: skip


def test_every_panel_is_answered_with_the_buckets_that_it_draws(
    store: LogStore, apart: Apart
) -> None:
    write_day(store, DAYS[0], 20)
    send_days(SearchIndex(apart.url), store, DAYS[:1], {})
    own = dict(zip([series.alias for series in BOTH], apart.both, strict=True))
    for panel in PANELS:
        asked_of_own = replace(panel, series=own[panel.series.alias])
        (bucket, *others) = answer(apart.url, asked_of_own)
        assert (bucket["doc_count"], others) == (20, []), panel.name
        assert set(bucket) > {"key", "doc_count"}, panel.name


def test_the_command_puts_them_into_kibana_or_into_a_file(tmp_path: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-c", "from rec_assets.cli import main; main()", "dashboards"]
    root = Path(__file__).parents[3]
    with kibana_server(not_ready=1) as kibana:
        environment = surroundings(tmp_path, REC_KIBANA_URL=kibana.url)
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert len(kibana.objects) == len(OBJECTS)
        assert "open its dashboard" in done.stdout
    file = tmp_path / "objects.ndjson"
    done = subprocess.run(
        [*command, "--out", str(file), "--json"],
        cwd=root, env=surroundings(tmp_path), capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["objects"] == len(OBJECTS)
    assert file.read_bytes() == ndjson(OBJECTS)
    done = subprocess.run(
        command, cwd=root, env=surroundings(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "recwheel: no Kibana is named: set REC_KIBANA_URL" in done.stderr
