"""What a panel draws: its transforms over the buckets of an answer, as Vega-Lite applies them."""

from __future__ import annotations

import math
import re
from copy import deepcopy
from typing import Any

from rec_assets.golden.panel import Panel

Row = dict[str, Any]


class Datum:
    """A row whose fields are attributes, as in an expression of Vega."""

    def __init__(self, row: Row) -> None:
        self.__dict__.update(row)

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__"):
            return object.__getattribute__(self, name)
        return _wrapped(self.__dict__[name])

    def __getitem__(self, name: str) -> Any:
        return _wrapped(self.__dict__[name])


class Text(str):
    """A text to which anything can be added."""

    def __add__(self, other: object) -> Text:
        return Text(f"{self}{other}")


def drawn(panel: Panel, buckets: list[Row]) -> list[Row]:
    """The rows that the view gets."""
    rows = deepcopy(buckets)
    for step in panel.transform:
        rows = [made for row in rows for made in _applied(step, row)]
    return rows


def _applied(step: Row, row: Row) -> list[Row]:
    if "flatten" in step:
        (path,), (name,) = step["flatten"], step["as"]
        return [{**row, name: one} for one in _at(row, path)]
    if "fold" in step:
        key, value = step["as"]
        return [{**row, key: name, value: _at(row, name)} for name in step["fold"]]
    if "filter" in step:
        return [row] if _value(step["filter"], row) else []
    return [{**row, step["as"]: _value(step["calculate"], row)}]


def _at(row: Row, path: str) -> Any:
    found: Any = row
    for name in path.split("."):
        found = found[name]
    return found


def _value(expression: str, row: Row) -> Any:
    """An expression's value; those that the panels use mean the same in Python."""
    python = re.sub(r"\bif\(", "_if(", expression).replace("===", "==")
    names = {
        "datum": Datum(row),
        "_if": lambda test, then, other: then if test else other,
        "isValid": lambda value: value is not None and not math.isnan(value),
        "format": lambda value, form: Text(format(value, form)),
    }
    return eval(python, {"__builtins__": {}}, names)


def _wrapped(value: Any) -> Any:
    if isinstance(value, str):
        return Text(value)
    return Datum(value) if isinstance(value, dict) else value
