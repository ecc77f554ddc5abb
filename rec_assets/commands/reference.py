"""The reference pages of docs/, made from the code they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from rec_assets.golden.columns import COLUMNS, Column
from rec_assets.golden.requests import REQUEST_COLUMNS
from rec_assets.personas.stored import QUOTING_FIELDS
from rec_assets.tables import column_schema
from resources import records as r
from resources.field_meanings import EVERY_RECORD
from resources.settings import Settings

COMMAND: Final = "Made by `recwheel reference docs`; a test compares it with the code.\n"
RECORDS: Final[dict[str, type[r.Record] | type[r.ClusterProfile]]] = {
    "A": r.RecommendEvent,
    "B": r.ParaphraseEvent,
    "C": r.SelectionEvent,
    "D": r.CorrectionHistory,
    "E": r.ContextBlock,
    "G": r.UserProfile,
    "H": r.TrainingExample,
    "I": r.RecommendLog,
    "J": r.ClusterProfile,
    "K": r.FullDocument,
    "L": r.DocumentSnapshot,
}
# Collection: what its `_id` is made of, who writes it.
WRITTEN: Final = {
    r.COLLECTIONS["A"]: ("insert_id", "POST /recommend"),
    r.COLLECTIONS["B"]: ("insert_id", "POST /paraphrase"),
    r.COLLECTIONS["C"]: ("derived from B's: one for each", "POST /log"),
    r.COLLECTIONS["D"]: ("correction_history_id", "/paraphrase; completed by /log"),
    r.COLLECTIONS["E"]: ("hash of user, text, before, after", "POST /recommend; as last seen"),
    r.COLLECTIONS["G"]: ("user_id", "`user_profiles`"),
    r.COLLECTIONS["H"]: ("A's `_id`", "`training_examples`"),
    r.COLLECTIONS["I"]: ("A's `_id`", "POST /recommend"),
    r.COLLECTIONS["J"]: ("day/cluster_id", "`cluster_profiles`"),
    r.COLLECTIONS["K"]: ("hash of user, doc_id", "PUT /documents/{doc_id}"),
    r.COLLECTIONS["L"]: ("snapshot_id", "PUT /documents, when more than a tenth changed"),
    r.RAW: ("content hash of the file:position", "`raw_corporate_data`; the row as it came"),
    r.QUARANTINE: ("content hash of the file:position", "`raw_corporate_data`, with the reason"),
    r.RAW_FILES: ("name of the file", "`raw_corporate_data`: which content it brought"),
    r.MINED: ("name", "`mined_personas`: what `personas` publishes unless it is held back"),
    r.PERSONAS: ("name", "`personas`"),
    r.DRAWN_FROM: (
        "name",
        "`simulated_traffic`, once: the personas its bots were drawn from; how many and by which "
        "seed stands in `manifests`",
    ),
    r.WISHES: ("recommend_session_id", "`simulated_traffic`: what a bot wished, for evaluation"),
    r.CLUSTER_MEMBERS: ("day/user_id", "`cluster_profiles`"),
    r.PROTOTYPES: ("encoder version", "`category_prototypes`"),
    r.MANIFESTS: ("asset/day", "each daily asset, last: that its day stands"),
}


def data_dictionary_page() -> str:
    """Every collection, every field of every record, and the golden table, as Markdown."""
    letters = {collection: letter for letter, collection in r.COLLECTIONS.items()}
    stores = [
        (f"`{name}`", letters.get(name, ""), key, writer, _texts(name))
        for name, (key, writer) in WRITTEN.items()
    ]
    parts = [
        "# Data dictionary\n",
        COMMAND,
        "## Collections\n",
        _table(("collection", "letter", "`_id`", "written by", "people's text"), stores),
        "F is no collection: it lies in Redis under `macro_context:{hash of user and doc_id}` for "
        "an hour. Redis holds G under `user_profile:{user_id}` and J under "
        "`cluster_profile:{cluster_id}` too, as serving reads them.\n",
        "## What every record of a user carries\n",
        _table(("field", "meaning"), [(f"`{k}`", v) for k, v in EVERY_RECORD.items()]),
    ]
    for letter, record in RECORDS.items():
        parts += [f"## {letter}: `{r.COLLECTIONS[letter]}`\n", _record(record)]
    parts += [
        f"## `{r.CLUSTER_MEMBERS}`\n",
        _record(r.ClusterMember),
        "## The golden table\n",
        "One row for each H, `golden/day=…/part-0.parquet` under `REC_HOME`; no text, no vector. "
        "`golden/_README.md` says how the folder is read as one table. "
        "In Elasticsearch the documents behind the alias `recwheel-golden`.\n",
        _columns(COLUMNS),
        "## Requests in Elasticsearch\n",
        "One document for each I behind the alias `recwheel-requests`: how requests were answered, "
        "which differs between two runs of the same seed.\n",
        _columns(REQUEST_COLUMNS),
    ]
    return "\n".join(parts)


def settings_page() -> str:
    """Every setting with its default, as Markdown."""
    rows = [
        (f"`REC_{name.upper()}`", _default(name), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    intro = (
        "Environment variables; an empty one is as none. What the first run fixed (start, seed, "
        "users, sessions, days) lies in `wheel.json` under `REC_HOME`, and the environment must "
        "agree with it. `REC_COPY_TO` is read by `recwheel copy` alone, in place of `--to`.\n"
    )
    return "\n".join(
        ["# Settings\n", COMMAND, intro, _table(("variable", "default", "meaning"), rows)]
    )


PAGES: Final = {"data-dictionary.md": data_dictionary_page, "settings.md": settings_page}


def _columns(columns: Sequence[Column]) -> str:
    return _table(
        ("column", "type", "meaning"), [(f"`{c.name}`", c.type, c.meaning) for c in columns]
    )


def _record(record: type[msgspec.Struct]) -> str:
    """The fields that are its own, or mean something of their own there."""
    rows = [
        (f"`{column.name}`", column.type, "" if column.constraints.nullable else "yes", meant)
        for column in column_schema(record).columns
        if (meant := column.description or "") != EVERY_RECORD.get(column.name)
    ]
    return _table(("field", "type", "always there", "meaning"), rows)


def _texts(collection: str) -> str:
    own, quoting = r.TEXT_FIELDS.get(collection, ()), QUOTING_FIELDS.get(collection, ())
    told = ", ".join(f"`{field}`" for field in (*own, *quoting))
    return f"prompts of five people or more: {told}" if quoting else told


def _default(name: str) -> str:
    value = Settings.model_fields[name].default
    shown = str(getattr(value, "get_secret_value", lambda: value)())
    if name in ("home", "contexts"):
        shown = {"home": ".recwheel", "contexts": "personas_data/contexts"}[name]
    return f"`{shown}`" if shown and value is not None else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return (
        "\n".join(
            "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
        )
        + "\n"
    )
