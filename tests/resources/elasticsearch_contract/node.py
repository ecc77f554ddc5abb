"""What a node answers to each request: routes, their parameters, and bulk, search, deletion."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.resources.elasticsearch_contract.documents import Documents
from tests.resources.elasticsearch_contract.faults import Faults
from tests.resources.elasticsearch_contract.mappings import check_ids
from tests.resources.elasticsearch_contract.refusals import Refusal, illegal
from tests.resources.elasticsearch_contract.searches import (
    Hit,
    aggregations,
    check_search,
    ordered,
    predicate,
    sort_values,
)

Json = dict[str, Any]
INFO = {
    "name": "contract",
    "cluster_name": "contract",
    "version": {"number": "9.1.0", "build_flavor": "default"},
    "tagline": "You Know, for Search",
}
EVERYWHERE = {"pretty", "human", "error_trace", "filter_path", "format"}
FOUND = {"ignore_unavailable", "allow_no_indices", "expand_wildcards"}
SHARDS = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
BULK = {"index": True, "create": True, "update": True, "delete": False}  # whether a source follows


class Request(NamedTuple):
    """A request after its headers were looked at."""

    method: str
    path: str
    parameters: dict[str, str]
    body: bytes

    def json(self) -> Json:
        """The body as an object; refused when it is none."""
        if not self.body:
            return {}
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise Refusal(400, "parsing_exception", f"[1:1] {error}") from None
        if not isinstance(found, dict):
            raise Refusal(400, "parsing_exception", "expected [START_OBJECT]")
        return found


class Node:
    """One node over its folder."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        self.documents, self.faults = Documents(folder), faults
        self._hits: tuple[Any, list[Hit]] | None = None  # of the last query, while nothing changes

    def answer(self, request: Request) -> tuple[int, Json]:
        """Status and body; Refusal for what a server refuses."""
        for method, pattern, parameters, serve in ROUTES:
            if request.method in method and (match := re.fullmatch(pattern, request.path)):
                if unknown := sorted(set(request.parameters) - parameters - EVERYWHERE):
                    told = f"request [{request.path}] contains unrecognized parameter"
                    raise illegal(f"{told}: [{unknown[0]}]")
                return serve(self, request, *match.groups())
        told = f"no handler found for uri [{request.path}] and method [{request.method}]"
        raise Refusal(400, "illegal_argument_exception", told)

    def info(self, request: Request) -> tuple[int, Json]:
        return 200, INFO

    def put_template(self, request: Request, name: str) -> tuple[int, Json]:
        self.documents.put_template(name, request.json())
        return 200, {"acknowledged": True}

    def drop_template(self, request: Request, name: str) -> tuple[int, Json]:
        if name not in self.documents.templates:
            told = f"index_template [{name}] missing"
            raise Refusal(404, "index_template_missing_exception", told)
        self.documents.drop_template(name)
        return 200, {"acknowledged": True}

    def create(self, request: Request, name: str) -> tuple[int, Json]:
        body = request.json()
        if unknown := sorted(set(body) - {"settings", "mappings", "aliases"}):
            raise Refusal(400, "parse_exception", f"unknown key [{unknown[0]}] for create index")
        self.documents.create(name, body)
        return 200, {"acknowledged": True, "shards_acknowledged": True, "index": name}

    def drop(self, request: Request, names: str) -> tuple[int, Json]:
        if "*" in names or names == "_all":
            raise illegal("Wildcard expressions or all indices are not allowed")
        for name in self._resolve(request, names):
            self.documents.drop(name)
        return 200, {"acknowledged": True}

    def put_mapping(self, request: Request, names: str) -> tuple[int, Json]:
        for index in self.documents.resolve(names):
            self.documents.map(index, request.json())
        return 200, {"acknowledged": True}

    def put_settings(self, request: Request, names: str) -> tuple[int, Json]:
        self.documents.resolve(names)
        return 200, {"acknowledged": True}

    def get_mapping(self, request: Request, names: str) -> tuple[int, Json]:
        indices = self.documents.indices
        named = self.documents.resolve(names)
        return 200, {index: {"mappings": indices[index]["mappings"]} for index in named}

    def put_alias(self, request: Request, names: str, alias: str) -> tuple[int, Json]:
        for index in self.documents.resolve(names):
            self.documents.alias(index, alias)
        return 200, {"acknowledged": True}

    def refresh(self, request: Request, names: str) -> tuple[int, Json]:
        for index in self._resolve(request, names):
            self.documents.refresh(index)
        return 200, {"_shards": SHARDS}

    def bulk(self, request: Request, index: str | None = None) -> tuple[int, Json]:
        self.faults.begin()
        operations = _operations(request.body, index)
        check_ids(meta.get("_id") for kind, meta, _ in operations if BULK[kind])
        items = [self._item(*one) for one in operations]
        self.documents.commit()
        self.faults.end()
        failed = any("error" in told for item in items for told in item.values())
        return 200, {"took": 1, "errors": failed, "items": items}

    def _item(self, kind: str, meta: Json, source: Any) -> Json:
        identity, name = meta.get("_id"), meta.get("_index")
        told: Json = {"_index": name, "_id": identity}
        try:
            self.faults.item()
            if kind == "delete":
                found = self.documents.delete(self.documents.write_index(name), identity)
                result = {"result": "deleted" if found else "not_found"}
                return {kind: {**told, **result, "status": 200 if found else 404}}
            index = self.documents.write_index(name)
            made = self.documents.index(index, identity, source, create=kind == "create")
            result = {"_version": made.version, "_shards": SHARDS}
            return {kind: {**told, **result, "status": 201 if made.version == 1 else 200}}
        except Refusal as refusal:
            return {kind: {**told, "status": refusal.status, "error": refusal.error}}

    def index(self, request: Request, name: str, identity: str) -> tuple[int, Json]:
        check_ids([identity])
        index = self.documents.write_index(name)
        made = self.documents.index(index, identity, request.json())
        self.documents.commit()
        told = {"_index": index, "_id": identity, "_version": made.version, "_shards": SHARDS}
        return 201 if made.version == 1 else 200, told

    def search(self, request: Request, names: str) -> tuple[int, Json]:
        body = request.json()
        check_search(body)
        indices = self._resolve(request, names)
        fields = self._fields(indices)
        hits = self._found(indices, body, fields)
        start, size = body.get("from", 0), body.get("size", 10)
        if "search_after" in body:
            start = _after(hits, body["sort"], body["search_after"])
        page = hits[start : start + size]
        answer: Json = {
            "took": 1,
            "timed_out": False,
            "_shards": SHARDS,
            "hits": {"max_score": None, "hits": [_told(hit, body) for hit in page]},
        }
        if body.get("track_total_hits", True):
            answer["hits"]["total"] = {"value": len(hits), "relation": "eq"}
        asked = body.get("aggs", body.get("aggregations"))
        if asked and indices:  # a pattern that meets no index is answered without any
            answer["aggregations"] = aggregations(asked, [hit[2] for hit in hits], fields)
        return 200, answer

    def count(self, request: Request, names: str) -> tuple[int, Json]:
        indices = self._resolve(request, names)
        found = self._found(indices, request.json(), self._fields(indices))
        return 200, {"count": len(found), "_shards": SHARDS}

    def delete_by_query(self, request: Request, names: str) -> tuple[int, Json]:
        body = request.json()
        if "query" not in body:
            raise Refusal(400, "action_request_validation_exception", "query is missing")
        fits = predicate(body["query"])
        indices = self._resolve(request, names)
        found = [one for one in self.documents.found(indices) if fits(one[2].source)]
        deleted, conflicts = 0, []
        for index, identity, seen in found:
            now = self.documents.read(index, identity)
            if now is not None and now.version == seen.version:
                deleted += self.documents.delete(index, identity)
            else:
                told = f"[{identity}]: version conflict, required seqNo differs"
                cause = {"type": "version_conflict_engine_exception", "reason": told}
                conflicts.append({"index": index, "id": identity, "cause": cause, "status": 409})
        self.documents.commit()
        if request.parameters.get("refresh") in ("true", ""):
            for index in indices:
                self.documents.refresh(index)
        proceed = request.parameters.get("conflicts") == "proceed"
        answer: Json = {"took": 1, "timed_out": False, "total": len(found), "deleted": deleted}
        answer |= {"version_conflicts": len(conflicts), "batches": 1, "noops": 0}
        answer["failures"] = [] if proceed else conflicts
        return 409 if conflicts and not proceed else 200, answer

    def _resolve(self, request: Request, names: str) -> list[str]:
        ignore = request.parameters.get("ignore_unavailable") == "true"
        return self.documents.resolve(names, ignore)

    def _fields(self, indices: list[str]) -> Json:
        made = (self.documents.indices[index]["mappings"] for index in indices)
        return {name: f for one in made for name, f in one.get("properties", {}).items()}

    def _found(self, indices: list[str], body: Json, fields: Json) -> list[Hit]:
        """All hits in their order; kept for the next page of the same question."""
        sort = body.get("sort", [])
        question = (self.documents.generation, indices, body.get("query"), sort)
        if self._hits is None or self._hits[0] != question:
            fits = predicate(body.get("query"))
            found = [
                (index, identity, document.source)
                for index, identity, document in self.documents.found(indices)
                if fits(document.source)
            ]
            self._hits = (question, ordered(found, sort, fields))
        return self._hits[1]


def _operations(body: bytes, index: str | None) -> list[tuple[str, Json, Any]]:
    """The operations of a bulk request; refused as a whole when it is not well formed."""
    if not body:
        raise Refusal(400, "parse_exception", "request body is required")
    if not body.endswith(b"\n"):
        raise illegal("The bulk request must be terminated by a newline [\\n]")
    lines = iter(body[:-1].split(b"\n"))
    found = []
    for number, line in enumerate(lines, 1):
        action = json.loads(line)
        if not isinstance(action, dict) or len(action) != 1:
            told = f"Malformed action/metadata line [{number}]"
            raise illegal(f"{told}, expected START_OBJECT or END_OBJECT")
        ((kind, meta),) = action.items()
        if kind not in BULK:
            raise illegal(f"Malformed action/metadata line [{number}], unknown [{kind}]")
        if unknown := sorted(set(meta) - {"_index", "_id", "routing", "require_alias"}):
            raise illegal(f"Action/metadata line [{number}] has unknown parameter [{unknown[0]}]")
        meta.setdefault("_index", index)
        if kind == "delete" and not meta.get("_id"):
            raise Refusal(400, "action_request_validation_exception", "id is missing;")
        source = json.loads(next(lines)) if BULK[kind] else None
        found.append((kind, meta, source))
    return found


def _after(hits: list[Hit], sort: list[Any], last: list[Any]) -> int:
    """Where the page after these sort values begins; every sort of ours ascends."""
    low, high = 0, len(hits)
    while low < high:
        middle = (low + high) // 2
        if sort_values(hits[middle][2], sort) <= last:
            low = middle + 1
        else:
            high = middle
    return low


def _told(hit: Hit, body: Json) -> Json:
    index, identity, source = hit
    told: Json = {"_index": index, "_id": identity, "_score": None}
    if body.get("_source", True) is not False:
        told["_source"] = source
    if body.get("sort"):
        told["sort"] = sort_values(source, body["sort"])
    return told


ONE, MANY = r"/([a-z0-9][^/,*_][^/,*]*)", r"/([^/_][^/]*)"
Serve = Callable[..., tuple[int, Json]]
ROUTES: list[tuple[str, str, set[str], Serve]] = [
    ("GET HEAD", "/", set(), Node.info),
    ("PUT POST", r"/_index_template/([^/]+)", {"create", "master_timeout"}, Node.put_template),
    ("DELETE", r"/_index_template/([^/]+)", {"master_timeout"}, Node.drop_template),
    ("PUT POST", "/_bulk", {"refresh", "timeout", "require_alias"}, Node.bulk),
    ("PUT POST", MANY + "/_bulk", {"refresh", "timeout", "require_alias"}, Node.bulk),
    ("PUT POST", MANY + "/_doc/([^/]+)", {"refresh", "timeout"}, Node.index),
    ("PUT", ONE, {"timeout", "wait_for_active_shards"}, Node.create),
    ("DELETE", MANY, FOUND, Node.drop),
    ("PUT POST", MANY + "/_mapping", {"timeout"} | FOUND, Node.put_mapping),
    ("GET", MANY + "/_mapping", FOUND, Node.get_mapping),
    ("PUT", MANY + "/_settings", {"timeout"} | FOUND, Node.put_settings),
    ("PUT POST", MANY + "/_alias(?:es)?/([^/]+)", {"timeout"}, Node.put_alias),
    ("GET POST", MANY + "/_refresh", FOUND, Node.refresh),
    ("GET POST", MANY + "/_count", FOUND, Node.count),
    (
        "GET POST", MANY + "/_search",
        {"allow_partial_search_results", "preference", "request_cache", "typed_keys"} | FOUND,
        Node.search,
    ),
    (
        "POST", MANY + "/_delete_by_query",
        {"conflicts", "refresh", "timeout", "slices", "wait_for_completion"} | FOUND,
        Node.delete_by_query,
    ),
]  # fmt: skip
