"""What the contract server must refuse; a real server, where one is given, must agree with it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

NDJSON = "application/vnd.elasticsearch+x-ndjson; compatible-with=9"
JSON = "application/vnd.elasticsearch+json; compatible-with=9"
MAPPINGS = {
    "dynamic": "strict",
    "properties": {"row_id": {"type": "keyword"}, "n": {"type": "long"}, "ok": {"type": "boolean"}},
}


class Wire:
    """Requests as the client makes them, on an alias of its own."""

    def __init__(self, url: str) -> None:
        self.http, self.alias = httpx.Client(base_url=url), f"contract-{uuid.uuid4().hex[:8]}"
        self.index = f"{self.alias}-2026.01"

    def ask(self, method: str, path: str, body: object = None, kind: str = JSON) -> httpx.Response:
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body)
        headers = {"Accept": JSON} | ({} if body is None else {"Content-Type": kind})
        return self.http.request(method, path, content=data, headers=headers)

    def bulk(self, *lines: object, end: bytes = b"\n") -> httpx.Response:
        data = b"\n".join(json.dumps(line).encode() for line in lines) + end
        return self.ask("PUT", "/_bulk", data, NDJSON)

    def index_row(self, identity: str, **row: Any) -> dict[str, Any]:
        action = {"index": {"_index": self.index, "_id": identity}}
        item: dict[str, Any] = self.bulk(action, row).json()["items"][0]["index"]
        return item

    def ids(self, **search: Any) -> list[str]:
        answer = self.ask("POST", f"/{self.alias}/_search", {"sort": ["row_id"], **search})
        assert answer.status_code == 200, answer.text
        return [hit["_id"] for hit in answer.json()["hits"]["hits"]]


@pytest.fixture
def wire(search_url: str) -> Iterator[Wire]:
    made = Wire(search_url)
    template = {
        "settings": {"mapping": {"coerce": False}},
        "mappings": MAPPINGS,
        "aliases": {made.alias: {}},
    }
    body = {"index_patterns": [f"{made.alias}-*"], "template": template, "priority": 500}
    assert made.ask("PUT", f"/_index_template/{made.alias}", body).json() == {"acknowledged": True}
    yield made
    made.ask("DELETE", f"/{made.index}?ignore_unavailable=true")
    made.ask("DELETE", f"/_index_template/{made.alias}")
    made.http.close()


def kind_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["type"]


def test_it_says_what_it_is(wire: Wire) -> None:
    answer = wire.ask("GET", "/")
    assert answer.headers["X-Elastic-Product"] == "Elasticsearch"
    assert answer.json()["tagline"] == "You Know, for Search"


def test_a_bulk_request_without_a_closing_newline_is_refused(wire: Wire) -> None:
    action = {"index": {"_index": wire.index, "_id": "a"}}
    answer = wire.bulk(action, {"row_id": "a"}, end=b"")
    assert kind_of(answer) == (400, "illegal_argument_exception")
    assert "must be terminated by a newline" in answer.text


def test_a_media_type_of_another_client_is_refused(wire: Wire) -> None:
    for kind in (NDJSON.replace("=9", "=7"), "text/plain"):
        answer = wire.ask("PUT", "/_bulk", b"{}\n", kind)
        assert answer.status_code in (400, 406)
        assert answer.json()["error"]
    answer = wire.http.post("/_search", content=b"{}", headers={"Content-Type": JSON})
    assert kind_of(answer) == (400, "media_type_header_exception")


def test_an_unknown_parameter_is_refused(wire: Wire) -> None:
    answer = wire.ask("POST", "/_bulk?unheard=1", b"{}\n", NDJSON)
    assert kind_of(answer) == (400, "illegal_argument_exception")
    assert "unrecognized parameter" in answer.text


def test_an_index_comes_from_its_template_with_the_first_row(wire: Wire) -> None:
    assert wire.index_row("a", row_id="a", n=1)["status"] == 201
    mapping = wire.ask("GET", f"/{wire.alias}/_mapping").json()
    assert mapping[wire.index]["mappings"]["dynamic"] == "strict"
    assert wire.index_row("a", row_id="a", n=2)["status"] == 200


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"row_id": "a", "unheard": 1}, "strict_dynamic_mapping_exception"),
        ({"row_id": "a", "n": "three"}, "document_parsing_exception"),
        ({"row_id": "a", "n": "3"}, "document_parsing_exception"),
        ({"row_id": "a", "n": 1.5}, "document_parsing_exception"),
        ({"row_id": "a", "n": 2**63}, "document_parsing_exception"),
        ({"row_id": "a", "ok": 1}, "document_parsing_exception"),
        ({"row_id": {"x": 1}}, "document_parsing_exception"),
    ],
)
def test_a_row_that_does_not_fit_is_one_failed_item(
    wire: Wire, row: dict[str, Any], kind: str
) -> None:
    item = wire.index_row("a", **row)
    assert (item["status"], item["error"]["type"]) == (400, kind)


def test_an_id_of_more_than_512_bytes_refuses_the_whole_request(wire: Wire) -> None:
    wire.ask("PUT", f"/{wire.index}")
    long = {"index": {"_index": wire.index, "_id": "각" * 171}}
    fits = {"create": {"_index": wire.index, "_id": "x" * 512}}
    answer = wire.bulk(fits, {"row_id": "x"}, long, {"row_id": "y"})
    assert kind_of(answer) == (400, "action_request_validation_exception")
    assert "Validation Failed: 1: id [각" in answer.json()["error"]["reason"]
    assert "must be no longer than 512 bytes but was: 513;" in answer.json()["error"]["reason"]
    assert "items" not in answer.json()
    alone = wire.ask("PUT", f"/{wire.index}/_doc/{'x' * 513}", {"row_id": "x"})
    assert kind_of(alone) == (400, "action_request_validation_exception")
    wire.ask("POST", f"/{wire.index}/_refresh")
    assert wire.ids() == []
    gone = wire.bulk({"delete": {"_index": wire.index, "_id": "x" * 513}})
    assert gone.json()["items"][0]["delete"]["status"] == 404


def test_a_row_cannot_be_found_before_a_refresh(wire: Wire) -> None:
    wire.ask("PUT", f"/{wire.index}")
    wire.ask("PUT", f"/{wire.index}/_settings", {"refresh_interval": "-1"})
    wire.index_row("a", row_id="a")
    assert wire.ids() == []
    wire.ask("POST", f"/{wire.index}/_refresh")
    assert wire.ids() == ["a"]


def test_pages_follow_each_other_by_the_last_sort_value(wire: Wire) -> None:
    for identity in "dbca":
        wire.index_row(identity, row_id=identity)
    wire.ask("POST", f"/{wire.index}/_refresh")
    assert wire.ids(size=3) == ["a", "b", "c"]
    assert wire.ids(size=3, search_after=["c"]) == ["d"]


def test_no_search_reaches_beyond_ten_thousand_or_sorts_by_id(wire: Wire) -> None:
    wire.index_row("a", row_id="a")
    for search in ({"size": 10_001}, {"from": 9_999, "size": 2}, {"sort": ["_id"]}):
        answer = wire.ask("POST", f"/{wire.index}/_search", search)
        assert answer.status_code == 400, search
    wire.ask("POST", f"/{wire.index}/_refresh")
    assert wire.ask("POST", f"/{wire.index}/_search", {"unheard": 1}).status_code == 400
    assert wire.ask("POST", f"/{wire.alias}-none/_search", {}).status_code == 404


def test_a_deletion_by_query_meets_only_what_can_be_found(wire: Wire) -> None:
    wire.index_row("a", row_id="a", n=1)
    wire.ask("POST", f"/{wire.index}/_refresh")
    wire.index_row("a", row_id="a", n=2)  # newer than what a search finds
    query = {"query": {"term": {"row_id": "a"}}}
    answer = wire.ask("POST", f"/{wire.alias}/_delete_by_query", query)
    assert (answer.status_code, answer.json()["version_conflicts"]) == (409, 1)
    answer = wire.ask("POST", f"/{wire.alias}/_delete_by_query?conflicts=proceed", query)
    assert (answer.status_code, answer.json()["deleted"]) == (200, 0)
    wire.ask("POST", f"/{wire.index}/_refresh")
    answer = wire.ask("POST", f"/{wire.alias}/_delete_by_query?refresh=true", query)
    assert answer.json()["deleted"] == 1
    assert wire.ids() == []


def test_what_is_not_there_is_deleted_with_404(wire: Wire) -> None:
    wire.index_row("a", row_id="a")
    item = wire.bulk({"delete": {"_index": wire.index, "_id": "b"}}).json()["items"][0]["delete"]
    assert (item["status"], item["result"]) == (404, "not_found")


def test_an_index_is_made_once_and_a_field_keeps_its_type(wire: Wire) -> None:
    assert wire.ask("PUT", f"/{wire.index}").status_code == 200
    again = wire.ask("PUT", f"/{wire.index}")
    assert kind_of(again) == (400, "resource_already_exists_exception")
    path = f"/{wire.index}/_mapping"
    more = {"properties": {"persona": {"type": "keyword"}}}
    assert wire.ask("PUT", path, more).status_code == 200
    other = wire.ask("PUT", path, {"properties": {"n": {"type": "keyword"}}})
    assert kind_of(other) == (400, "illegal_argument_exception")
    unknown = wire.ask("PUT", path, {"properties": {"m": {"type": "number"}}})
    assert kind_of(unknown) == (400, "mapper_parsing_exception")


def test_meta_of_a_mapping_stays_until_another_replaces_it_whole(wire: Wire) -> None:
    def meta(**wanted: Any) -> Any:
        if wanted:
            assert wire.ask("PUT", f"/{wire.index}/_mapping", wanted).status_code == 200
        found = wire.ask("GET", f"/{wire.alias}-*/_mapping").json()
        return found[wire.index]["mappings"].get("_meta")

    assert wire.ask("GET", f"/{wire.alias}-*,{wire.alias}-none-*/_mapping").json() == {}
    made = {"mappings": {"_meta": {"wheel": "a", "deep": {"x": 1}}}}
    assert wire.ask("PUT", f"/{wire.index}", made).status_code == 200
    assert meta() == {"wheel": "a", "deep": {"x": 1}}
    assert meta(properties={"persona": {"type": "keyword"}}) == {"wheel": "a", "deep": {"x": 1}}
    assert meta(_meta=None) == {"wheel": "a", "deep": {"x": 1}}
    assert meta(_meta={"deep": {"y": 2}}) == {"deep": {"y": 2}}
    refused = wire.ask("PUT", f"/{wire.index}/_mapping", {"_meta": "a"})
    assert kind_of(refused) == (400, "mapper_parsing_exception")


def test_meta_of_a_template_is_that_of_its_indices_and_a_request_adds_to_it(wire: Wire) -> None:
    template = {"mappings": {**MAPPINGS, "_meta": {"wheel": "a", "deep": {"x": 1}}}}
    body = {"index_patterns": [f"{wire.alias}-*"], "template": template, "priority": 500}
    assert wire.ask("PUT", f"/_index_template/{wire.alias}", body).status_code == 200
    own = {"mappings": {"_meta": {"deep": {"y": 2}}}}
    assert wire.ask("PUT", f"/{wire.index}", own).status_code == 200
    found = wire.ask("GET", f"/{wire.index}/_mapping").json()[wire.index]["mappings"]
    assert found["_meta"] == {"wheel": "a", "deep": {"x": 1, "y": 2}}
    assert found["dynamic"] == "strict"


def test_two_templates_of_one_rank_may_not_share_a_pattern(wire: Wire) -> None:
    body = {"index_patterns": [f"{wire.alias}-*"], "template": {}, "priority": 500}
    answer = wire.ask("PUT", f"/_index_template/{wire.alias}-other", body)
    assert kind_of(answer) == (400, "illegal_argument_exception")


def test_an_alias_of_two_indices_takes_no_rows(wire: Wire) -> None:
    wire.index_row("a", row_id="a")
    wire.ask("PUT", f"/{wire.alias}-2026.02")
    action = {"index": {"_index": wire.alias, "_id": "b"}}
    item = wire.bulk(action, {"row_id": "b"}).json()["items"][0]["index"]
    assert item["error"]["type"] == "illegal_argument_exception"
    wire.ask("DELETE", f"/{wire.alias}-2026.02")


def test_a_number_of_a_keyword_is_refused(wire: Wire) -> None:
    wire.index_row("a", row_id="a")
    body = {"size": 0, "aggs": {"mean": {"avg": {"field": "row_id"}}}}
    wire.ask("POST", f"/{wire.index}/_refresh")
    assert wire.ask("POST", f"/{wire.index}/_search", body).status_code == 400


def test_buckets_of_terms_are_counted_over_the_indices_of_a_pattern(wire: Wire) -> None:
    def buckets(**terms: Any) -> httpx.Response:
        aggs = {"of": {"terms": {"field": "row_id", **terms}}}
        path = f"/{wire.alias}-*/_search"
        return wire.ask("POST", path, {"size": 0, "track_total_hits": False, "aggs": aggs})

    assert "aggregations" not in buckets().json()  # no index yet
    for identity in "abc":
        wire.index_row(identity, row_id="ab" if identity != "c" else "c")
    wire.ask("POST", f"/{wire.index}/_refresh")
    found = buckets(size=10_000).json()["aggregations"]["of"]
    assert [(one["key"], one["doc_count"]) for one in found["buckets"]] == [("ab", 2), ("c", 1)]
    assert buckets(size=1).json()["aggregations"]["of"]["sum_other_doc_count"] == 1
    assert buckets(size=0).status_code == 400
