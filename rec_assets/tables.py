"""How a record shows as a table in Dagster: columns with types, rows, the simulated share."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any

import dagster as dg
import msgspec

from resources.field_meanings import OWN, meaning


def column_schema(record: type[msgspec.Struct]) -> dg.TableSchema:
    """The record's fields as Dagster's column schema, with what they mean where that is told."""
    hints = typing.get_type_hints(record)
    columns = [
        dg.TableColumn(
            name=field.encode_name,
            type=_name(hints[field.name]),
            description=meaning(record, field.encode_name) if record in OWN else None,
            constraints=dg.TableColumnConstraints(nullable=_nullable(hints[field.name])),
        )
        for field in msgspec.structs.fields(record)
    ]
    return dg.TableSchema(columns=columns)


def record_metadata(rows: int, simulated: int | None = None) -> Mapping[str, Any]:
    """Row count as Dagster shows it, and how much of the table is simulated."""
    share = {} if simulated is None else {"simulated_share": simulated / rows if rows else 0.0}
    return {"dagster/row_count": rows, **share}


def _nullable(hint: Any) -> bool:
    return type(None) in typing.get_args(hint)


def _name(hint: Any) -> str:
    text = getattr(hint, "__name__", str(hint)) if not typing.get_args(hint) else str(hint)
    return text.replace("typing.", "").replace(" | None", "")
