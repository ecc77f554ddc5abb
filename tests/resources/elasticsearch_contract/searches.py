"""Queries, sorting, pages and aggregations, with the limits and refusals of the real ones."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.resources.elasticsearch_contract.refusals import Refusal, illegal

Source = dict[str, Any]
Hit = tuple[str, str, Source]  # index, id, source
WINDOW, MOST_BUCKETS = 10_000, 65_536
KEYS = {
    "query", "sort", "size", "from", "search_after", "track_total_hits", "_source", "aggs",
    "aggregations",
}  # fmt: skip
NUMBERS = ("long", "integer", "double", "float", "date", "boolean")
FIXED_MS = {"1d": 86_400_000, "1h": 3_600_000, "day": 86_400_000, "hour": 3_600_000}


def values(source: Source, field: str) -> list[Any]:
    """The field's values; none where it is absent or null."""
    value = source.get(field)
    found = value if isinstance(value, list) else [value]
    return [item for item in found if item is not None]


def predicate(query: Source | None) -> Callable[[Source], bool]:
    """What a query matches."""
    if query is None:
        return lambda source: True
    if len(query) != 1:
        raise Refusal(400, "parsing_exception", "[query] malformed query, expected [END_OBJECT]")
    ((kind, body),) = query.items()
    if kind not in QUERIES:
        raise Refusal(400, "parsing_exception", f"unknown query [{kind}]")
    return QUERIES[kind](body)


def _match_all(body: Source) -> Callable[[Source], bool]:
    return lambda source: True


def _term(body: Source) -> Callable[[Source], bool]:
    ((field, given),) = body.items()
    wanted = _spelt(given["value"] if isinstance(given, dict) else given)
    return lambda source: any(_spelt(v) == wanted for v in values(source, field))


def _terms(body: Source) -> Callable[[Source], bool]:
    ((field, given),) = body.items()
    if not isinstance(given, list):
        raise Refusal(400, "parsing_exception", "[terms] query requires an array of terms")
    if len(given) > 65_536:
        raise illegal("The number of terms has exceeded the allowed maximum of [65536]")
    wanted = {_spelt(v) for v in given}
    return lambda source: any(_spelt(v) in wanted for v in values(source, field))


def _range(body: Source) -> Callable[[Source], bool]:
    ((field, limits),) = body.items()
    checks = {
        "gte": lambda v, x: v >= x,
        "gt": lambda v, x: v > x,
        "lte": lambda v, x: v <= x,
        "lt": lambda v, x: v < x,
    }
    if unknown := set(limits) - set(checks) - {"format"}:
        raise Refusal(400, "parsing_exception", f"[range] query does not support {unknown}")
    asked = [(checks[name], limit) for name, limit in limits.items() if name in checks]
    return lambda source: any(
        all(check(v, limit) for check, limit in asked) for v in values(source, field)
    )


def _exists(body: Source) -> Callable[[Source], bool]:
    return lambda source: bool(values(source, body["field"]))


def _bool(body: Source) -> Callable[[Source], bool]:
    if unknown := set(body) - {"must", "filter", "must_not", "should"}:
        raise Refusal(400, "parsing_exception", f"[bool] query does not support {unknown}")

    def listed(name: str) -> list[Callable[[Source], bool]]:
        given = body.get(name, [])
        return [predicate(q) for q in (given if isinstance(given, list) else [given])]

    needed, never, some = listed("must") + listed("filter"), listed("must_not"), listed("should")
    return lambda source: (
        all(p(source) for p in needed)
        and not any(p(source) for p in never)
        and (bool(needed) or not some or any(p(source) for p in some))
    )


QUERIES: dict[str, Callable[[Source], Callable[[Source], bool]]] = {
    "match_all": _match_all,
    "term": _term,
    "terms": _terms,
    "range": _range,
    "exists": _exists,
    "bool": _bool,
}


def _spelt(value: object) -> str:
    """A value as a term: `true`, `3`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_search(body: Source) -> None:
    """Refuse what a server does not know or give."""
    if unknown := sorted(set(body) - KEYS):
        raise Refusal(400, "parsing_exception", f"unknown key [{unknown[0]}] for a search")
    start, size = body.get("from", 0), body.get("size", 10)
    if start + size > WINDOW:
        told = f"from + size must be less than or equal to: [{WINDOW}] but was [{start + size}]"
        raise illegal(f"Result window is too large, {told}")
    if "search_after" in body and len(body["search_after"]) != len(body.get("sort", [])):
        told = f"search_after has {len(body['search_after'])} value(s)"
        raise illegal(f"{told} but sort has {len(body.get('sort', []))}.")
    if "search_after" in body and start > 0:
        raise illegal("`from` parameter must be set to 0 when `search_after` is used")


def ordered(hits: list[Hit], sort: list[Any], fields: dict[str, Source]) -> list[Hit]:
    """The hits in the order that is asked for; a field is named with its direction."""
    for one in reversed(sort):
        ((field, how),) = one.items() if isinstance(one, dict) else ((one, "asc"),)
        if field == "_id":
            told = "Fielddata access on the _id field is disallowed"
            raise illegal(f"{told}, you can re-enable it by updating the dynamic cluster setting")
        if field not in fields:
            told = f"No mapping found for [{field}] in order to sort on"
            raise Refusal(400, "query_shard_exception", told)
        down = (how["order"] if isinstance(how, dict) else how) == "desc"
        hits = sorted(hits, key=lambda hit: values(hit[2], field)[0], reverse=down)
    return hits


def sort_values(source: Source, sort: list[Any]) -> list[Any]:
    """What the hit was sorted by."""
    names = [next(iter(one)) if isinstance(one, dict) else one for one in sort]
    return [values(source, name)[0] for name in names]


def aggregations(asked: Source, hits: list[Source], fields: dict[str, Source]) -> Source:
    """The results of aggregations over the hits."""
    answer = {}
    for name, body in asked.items():
        inner = body.get("aggs", body.get("aggregations", {}))
        kinds = [kind for kind in body if kind not in ("aggs", "aggregations", "meta")]
        if len(kinds) != 1 or kinds[0] not in AGGREGATIONS:
            told = f"Unknown aggregation type {kinds}"
            raise Refusal(400, "parsing_exception", told)
        kind = kinds[0]
        answer[name] = AGGREGATIONS[kind](kind, body[kind], hits, inner, fields)
    return answer


def _bucket(hits: list[Source], inner: Source, fields: dict[str, Source], **key: Any) -> Source:
    return {**key, "doc_count": len(hits), **aggregations(inner, hits, fields)}


def _by_terms(
    kind: str, body: Source, hits: list[Source], inner: Source, fields: dict[str, Source]
) -> Source:
    grouped: defaultdict[Any, list[Source]] = defaultdict(list)
    absent = [body["missing"]] if "missing" in body else []
    for hit in hits:
        for value in values(hit, body["field"]) or absent:
            grouped[value].append(hit)
    order = body.get("order", {"_count": "desc"})
    key = next(iter(order))
    if key not in ("_count", "_key"):
        raise illegal(f"Invalid aggregation order path [{key}]")
    sign = -1 if order[key] == "desc" else 1
    ranked = sorted(grouped.items())
    ranked.sort(key=lambda item: sign * len(item[1]) if key == "_count" else 0)
    if key == "_key" and sign < 0:
        ranked.reverse()
    size = body.get("size", 10)
    if size < 1:
        raise illegal(f"[size] must be greater than 0. Found [{size}] in [terms]")
    if min(size, len(ranked)) > MOST_BUCKETS:
        told = f"Must be less than or equal to: [{MOST_BUCKETS}] but this number of buckets was"
        kind = "too_many_buckets_exception"
        raise Refusal(400, kind, f"Trying to create too many buckets. {told} exceeded.")
    kept, left = ranked[:size], ranked[size:]
    return {
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": sum(len(of) for _, of in left),
        "buckets": [_bucket(of, inner, fields, **_key(value)) for value, of in kept],
    }


def _key(value: Any) -> Source:
    if isinstance(value, bool):
        return {"key": int(value), "key_as_string": _spelt(value)}
    return {"key": value}


def _by_filters(
    kind: str, body: Source, hits: list[Source], inner: Source, fields: dict[str, Source]
) -> Source:
    found = {}
    for name, query in body["filters"].items():
        fits = predicate(query)
        found[name] = _bucket([hit for hit in hits if fits(hit)], inner, fields)
    return {"buckets": found}


def _by_filter(
    kind: str, body: Source, hits: list[Source], inner: Source, fields: dict[str, Source]
) -> Source:
    fits = predicate(body)
    return _bucket([hit for hit in hits if fits(hit)], inner, fields)


def _by_date(
    kind: str, body: Source, hits: list[Source], inner: Source, fields: dict[str, Source]
) -> Source:
    field = body["field"]
    if fields.get(field, {}).get("type") != "date":
        raise _unfit(field, fields, kind)
    intervals = [body[k] for k in ("calendar_interval", "fixed_interval") if k in body]
    if len(intervals) != 1 or intervals[0] not in FIXED_MS:
        raise illegal("Required one of fields [interval, calendar_interval, fixed_interval]")
    step, grouped = FIXED_MS[intervals[0]], defaultdict[int, list[Source]](list)
    for hit in hits:
        for value in values(hit, field):
            grouped[int(value) // step * step].append(hit)
    moments = {at: datetime.fromtimestamp(at / 1000, UTC) for at in grouped}
    return {
        "buckets": [
            _bucket(of, inner, fields, key=at, key_as_string=moments[at].isoformat())
            for at, of in sorted(grouped.items())
        ]
    }


def _metric(
    kind: str, body: Source, hits: list[Source], inner: Source, fields: dict[str, Source]
) -> Source:
    field = body["field"]
    known = fields.get(field, {}).get("type")
    counts = kind in ("value_count", "cardinality")
    if inner:
        told = f"Aggregator [{kind}] of type [{kind}] cannot accept sub-aggregations"
        raise Refusal(500, "aggregation_initialization_exception", told)
    if known is not None and known not in NUMBERS and not counts:
        raise _unfit(field, fields, kind)
    found = [v for hit in hits for v in values(hit, field)]
    if kind == "value_count":
        return {"value": len(found)}
    if kind == "cardinality":
        return {"value": len(set(map(_spelt, found)))}
    numbers = sorted(float(v) for v in found)
    if kind == "percentiles":
        percents = body.get("percents", [1, 5, 25, 50, 75, 95, 99])
        return {"values": {f"{float(p)}": _percentile(numbers, p) for p in percents}}
    if kind == "sum":
        return {"value": math.fsum(numbers)}
    if not numbers:
        return {"value": None}
    of = {"avg": math.fsum(numbers) / len(numbers), "min": numbers[0], "max": numbers[-1]}
    return {"value": of[kind]}


def _percentile(numbers: list[float], percent: float) -> float | None:
    """By linear interpolation; the real one is an estimate (TDigest) close to it."""
    if not numbers:
        return None
    place = (len(numbers) - 1) * percent / 100
    low = math.floor(place)
    high = min(low + 1, len(numbers) - 1)
    return numbers[low] + (numbers[high] - numbers[low]) * (place - low)


def _unfit(field: str, fields: dict[str, Source], kind: str) -> Refusal:
    known = fields.get(field, {}).get("type")
    told = f"of type [{known}] is not supported for aggregation [{kind}]"
    return illegal(f"Field [{field}] {told}")


AGGREGATIONS: dict[str, Callable[..., Source]] = {
    "terms": _by_terms,
    "filters": _by_filters,
    "filter": _by_filter,
    "date_histogram": _by_date,
    **dict.fromkeys(
        ("avg", "sum", "min", "max", "value_count", "cardinality", "percentiles"), _metric
    ),
}
