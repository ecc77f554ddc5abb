"""How a record shows as a table in Dagster: columns with types, rows, the simulated share."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, Final

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


def table_schema(columns: Mapping[str, tuple[str, str]]) -> dg.TableSchema:
    """Column schema of a table that no record describes, from type and meaning by name."""
    return dg.TableSchema(
        [dg.TableColumn(name, type=of, description=told) for name, (of, told) in columns.items()]
    )


RAW_ROWS: Final = table_schema(
    {
        "_id": ("str", "Hash of the file's content and the row's position in it"),
        "source": ("str", "Name of the file it came in"),
        "position": ("int", "Place in the file, from 0"),
        "kind": ("str", "What it was read as: an event, a correction history, a usage summary …"),
        "day": ("str", "UTC date of the row; null: it has no time"),
        "raw": ("dict", "The row as it came"),
    }
)
CATEGORY_VECTORS: Final = table_schema(
    {
        "_id": ("str", "Version of the encoder"),
        "version": ("str", "Of the vectors"),
        "features": ("str", "Which features they are made of"),
        "temperature": ("float", "Of the softmax over categories, fitted leave-one-out"),
        "dimension": ("int", "Numbers of a vector"),
        "categories": ("list[str]", "Order of the vectors"),
        "vectors": ("str", "Mean vectors, base64 float32"),
        "grams": ("str", "Keys of the character n-grams, base64"),
        "rarity": ("str", "How rare each is, base64 float32"),
        "gram_vectors": ("str", "What each says of the categories, base64 float32"),
        "texts": ("int", "Texts of the pool's reference part they were learned from"),
    }
)
WISHED: Final = table_schema(
    {
        "_id": ("str", "The session: joins A, B, C and D"),
        "day": ("str", "UTC date of the session"),
        "user_id": ("str", "The bot"),
        "persona": ("str", "The persona it was drawn from"),
        "category": ("str", "What it wished, whatever was shown; for evaluation alone"),
        "intensity": ("str", "Likewise"),
        "language": ("str", "Likewise"),
        "text_language": ("str", "Language of its text"),
    }
)
SERVED: Final = table_schema(
    {
        "user_profile:{user_id}": ("bytes", "Evidence as of the day, accept rate, cluster"),
        "cluster_profile:{cluster_id}": ("bytes", "Preferences, centre and number of users"),
    }
)


def _nullable(hint: Any) -> bool:
    return type(None) in typing.get_args(hint)


def _name(hint: Any) -> str:
    text = getattr(hint, "__name__", str(hint)) if not typing.get_args(hint) else str(hint)
    return text.replace("typing.", "").replace(" | None", "")
