"""What Kibana 9 knows of the types of saved objects that we make: newest versions, and keys.

Written down from Kibana's sources: `dashboard_saved_object.ts` with `schema/v1` and `v2`,
`visualization.ts` with its migrations, `data_views.ts`. The versions are those that 9.0 knows; of
dashboards a later 9 knows newer ones, which 9.0 would refuse.

Checked as Kibana does when it imports: the type, that no version is of a newer Kibana, the keys of
a document and of its references, the attributes of dashboards and visualizations with the kind of
each value. Stricter here: a data view's attributes, of which the import checks nothing (the keys
are those of the interface that edits it), and unknown attributes of dashboards, which their first
schema forbids and the later ones let pass. Not checked: what lies inside the texts that hold JSON
(`panelsJSON`, `optionsJSON`, `visState`, `searchSourceJSON`): Kibana reads them when it draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Keys = dict[str, Any]  # of each key the type of its value, or the keys inside it
CORE = "8.8.0"  # the newest coreMigrationVersion
NUMBER = (int, float)
SEARCH: Keys = {"searchSourceJSON": str}
DOCUMENT: Keys = {
    "id": str, "type": str, "attributes": dict, "references": list, "managed": bool,
    "coreMigrationVersion": str, "typeMigrationVersion": str, "migrationVersion": dict,
    "namespace": str, "namespaces": list, "originId": str, "version": str,
    "created_at": str, "created_by": str, "updated_at": str, "updated_by": str,
}  # fmt: skip
REFERENCE: Keys = {"name": str, "type": str, "id": str}


@dataclass(frozen=True)
class SavedType:
    """The newest typeMigrationVersion, the attributes, and those that may not be missing."""

    newest: str
    attributes: Keys
    required: frozenset[str] = field(default=frozenset({"title"}))


TYPES = {
    "index-pattern": SavedType(
        "8.0.0",
        dict.fromkeys(
            ("title", "name", "timeFieldName", "fields", "fieldAttrs", "sourceFilters",
             "fieldFormatMap", "type", "typeMeta", "runtimeFieldMap"),
            str,
        ) | {"allowNoIndex": bool, "allowHidden": bool},
    ),
    "visualization": SavedType(
        "8.5.0",
        {
            "title": str, "description": str, "version": NUMBER, "kibanaSavedObjectMeta": SEARCH,
            "uiStateJSON": str, "visState": str, "savedSearchRefName": str,
        },
    ),
    "dashboard": SavedType(
        "10.2.0",
        {
            "title": str, "description": str, "kibanaSavedObjectMeta": SEARCH,
            "timeRestore": bool, "timeFrom": str, "timeTo": str,
            "refreshInterval": {"pause": bool, "value": NUMBER, "display": str, "section": NUMBER},
            "controlGroupInput": {
                "panelsJSON": str, "controlStyle": str, "chainingSystem": str,
                "ignoreParentSettingsJSON": str, "showApplySelections": bool,
            },
            "panelsJSON": str, "optionsJSON": str, "hits": NUMBER, "version": NUMBER,
        },
        frozenset({"title", "kibanaSavedObjectMeta"}),
    ),
}  # fmt: skip


def newer_version(one: Mapping[str, Any]) -> str:
    """Why an object of a known type belongs to a newer Kibana; "" when it does not."""
    told = f'Document "{one["id"]}"'
    core, version = one.get("coreMigrationVersion"), one.get("typeMigrationVersion")
    newest = TYPES[one["type"]].newest
    if core and _parts(core) > _parts(CORE):
        return (
            f'{told} has a "coreMigrationVersion" which belongs to a more recent version of Kibana '
            f"[{core}]. The current version is [{CORE}]."
        )
    if version and _parts(version) > _parts(newest):
        return (
            f"{told} belongs to a more recent version of Kibana [{version}] when the last known "
            f"version is [{newest}]."
        )
    return ""


def breach(one: Mapping[str, Any]) -> str:
    """What an object of a known type has against its schema; "" when it keeps to it."""
    known = TYPES[one["type"]]
    told = _unlike(one, DOCUMENT, "")
    for number, reference in enumerate(one.get("references", ())):
        told = told or _unlike(reference, REFERENCE, f"references.{number}.")
        told = told or _missing(reference, REFERENCE, f"references.{number}.")
    told = told or _unlike(one["attributes"], known.attributes, "attributes.")
    return told or _missing(one["attributes"], known.required, "attributes.")


def _unlike(given: Mapping[str, Any], keys: Keys, where: str) -> str:
    for name, value in given.items():
        if name not in keys:
            return f"[{where}{name}]: definition for this key is missing"
        wanted = keys[name]
        fits = isinstance(value, dict if isinstance(wanted, dict) else wanted)
        if not fits or (isinstance(value, bool) and wanted is not bool):
            return f"[{where}{name}]: unexpected value of type [{type(value).__name__}]"
        told = _unlike(value, wanted, f"{where}{name}.") if isinstance(wanted, dict) else ""
        if told:
            return told
    return ""


def _missing(given: Mapping[str, Any], required: Any, where: str) -> str:
    gone = sorted(set(required) - set(given))
    return f"[{where}{gone[0]}]: expected value but got [undefined]" if gone else ""


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
