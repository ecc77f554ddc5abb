"""What an index takes: mappings that are well formed, and documents that fit them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

from tests.resources.elasticsearch_contract.refusals import Refusal, illegal

NUMERIC = ("long", "integer", "double", "float")
PARAMETERS = {"type", "index", "doc_values", "meta", "store"}
OWN = {
    "keyword": {"ignore_above", "null_value"},
    "date": {"format"},
    "boolean": set[str](),
    **{kind: {"coerce"} for kind in NUMERIC},
}
LONGEST_TERM, LONGEST_ID = 32_766, 512
RANGES = {"long": 63, "integer": 31}
INDEX_KEYS = {"settings", "mappings", "aliases"}
TEMPLATE_KEYS = {
    "index_patterns", "template", "priority", "version", "_meta", "composed_of",
    "data_stream", "allow_auto_create", "ignore_missing_component_templates", "deprecated",
}  # fmt: skip


def check_mappings(mappings: dict[str, Any]) -> None:
    """Refuse mappings that no server would make an index of."""
    for key in mappings:
        if key not in ("dynamic", "properties", "_meta", "_source", "dynamic_templates"):
            kind, told = "mapper_parsing_exception", f"unsupported parameters:  [{key} : {{}}]"
            raise Refusal(400, kind, f"Root mapping definition has {told}")
    if not isinstance(mappings.get("_meta") or {}, dict):
        told = f"Failed to parse mapping: {type(mappings['_meta'])} cannot be cast to Map"
        raise Refusal(400, "mapper_parsing_exception", told)
    for name, field in mappings.get("properties", {}).items():
        kind = field.get("type")
        if kind not in OWN:
            told = f"No handler for type [{kind}] declared on field [{name}]"
            raise Refusal(400, "mapper_parsing_exception", told)
        if unknown := sorted(set(field) - PARAMETERS - OWN[kind]):
            told = f"unknown parameter [{unknown[0]}] on mapper [{name}] of type [{kind}]"
            raise Refusal(400, "mapper_parsing_exception", told)


def check_template(body: dict[str, Any]) -> None:
    """Refuse an index template that is not well formed."""
    if unknown := sorted(set(body) - TEMPLATE_KEYS):
        told = f"[1:1] [index_template] unknown field [{unknown[0]}]"
        raise Refusal(400, "x_content_parse_exception", told)
    if not body.get("index_patterns"):
        raise illegal("Required [index_patterns]")
    template = body.get("template", {})
    if unknown := sorted(set(template) - INDEX_KEYS - {"lifecycle"}):
        told = f"[1:1] [template] unknown field [{unknown[0]}]"
        raise Refusal(400, "x_content_parse_exception", told)
    check_mappings(template.get("mappings", {}))


def merged(standing: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The mappings with more fields; a field keeps its type and its parameters.

    A `_meta` replaces the standing one whole; without one, or with null, that stays.
    """
    check_mappings(wanted)
    properties = dict(standing.get("properties", {}))
    for name, field in wanted.get("properties", {}).items():
        old = properties.get(name)
        if old is not None and old["type"] != field["type"]:
            told = f"cannot be changed from type [{old['type']}] to [{field['type']}]"
            raise illegal(f"mapper [{name}] {told}")
        if old is not None and old.get("format") != field.get("format"):
            raise illegal(f"Mapper for [{name}] conflicts with existing mapper: [format]")
        properties[name] = field
    kept = {key: wanted[key] for key in ("dynamic", "_meta") if wanted.get(key) is not None}
    return {**standing, **kept, "properties": properties}


def meta_of_new(template: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """`_meta` of an index that is made: the request's deep over the template's; absent if none."""
    parts = [part["_meta"] for part in (template, own) if part.get("_meta") is not None]
    return {"_meta": reduce(_deep, parts)} if parts else {}


def _deep(under: Any, over: Any) -> Any:
    if not isinstance(under, dict) or not isinstance(over, dict):
        return over
    both = {key: _deep(under[key], over[key]) for key in under.keys() & over.keys()}
    return {**under, **over, **both}


def check_ids(identities: Iterable[str | None]) -> None:
    """Refuse a request as a whole when one of the ids to be written is too long."""
    most = f"must be no longer than {LONGEST_ID} bytes"
    sizes = [(i, len(i.encode())) for i in identities if i is not None]
    told = [f"id [{i}] is too long, {most} but was: {n}" for i, n in sizes if n > LONGEST_ID]
    if told:
        listed = "".join(f"{number}: {one};" for number, one in enumerate(told, 1))
        raise Refusal(400, "action_request_validation_exception", f"Validation Failed: {listed}")


def check_document(identity: str, document: Any, mappings: dict[str, Any], coerce: bool) -> None:
    """Refuse a document that does not fit the index."""
    if not isinstance(document, dict):
        raise _unparsed(identity, "", "object", document)
    fields = mappings.get("properties", {})
    for name, value in document.items():
        field = fields.get(name)
        if field is None:
            if mappings.get("dynamic") == "strict":
                told = f"dynamic introduction of [{name}] within [_doc] is not allowed"
                kind = "strict_dynamic_mapping_exception"
                raise Refusal(400, kind, f"[1:1] mapping set to strict, {told}")
            continue
        for item in value if isinstance(value, list) else [value]:
            if item is not None and not CHECKS[field["type"]](item, field["type"], coerce):
                raise _unparsed(identity, name, field["type"], item)
            if isinstance(item, str) and len(item.encode()) > LONGEST_TERM:
                raise illegal(f'Document contains at least one immense term in field="{name}"')


def _unparsed(identity: str, name: str, kind: str, value: object) -> Refusal:
    told = f"failed to parse field [{name}] of type [{kind}] in document with id '{identity}'."
    preview = f"Preview of field's value: '{value}'"
    return Refusal(400, "document_parsing_exception", f"[1:1] {told} {preview}")


def _keyword(value: object, kind: str, coerce: bool) -> bool:
    return isinstance(value, str | int | float | bool)


def _boolean(value: object, kind: str, coerce: bool) -> bool:
    return value in ("true", "false", "") or isinstance(value, bool)


def _whole(value: object, kind: str, coerce: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    if isinstance(value, str) and not (coerce and value.lstrip("-").isdecimal()):
        return False
    number = float(value)
    return abs(number) < 2 ** RANGES[kind] and (coerce or number == int(number))


def _real(value: object, kind: str, coerce: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    return not isinstance(value, str) or coerce


def _moment(value: object, kind: str, coerce: bool) -> bool:
    """A date; all of ours are `epoch_millis`."""
    whole = isinstance(value, int) or (isinstance(value, str) and value.isdecimal())
    return whole and not isinstance(value, bool)


CHECKS: dict[str, Callable[[object, str, bool], bool]] = {
    "keyword": _keyword,
    "boolean": _boolean,
    "long": _whole,
    "integer": _whole,
    "double": _real,
    "float": _real,
    "date": _moment,
}
