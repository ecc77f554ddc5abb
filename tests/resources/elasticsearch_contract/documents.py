"""Indices, templates and documents: on disk at once, searchable after a refresh only."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from tests.resources.elasticsearch_contract.mappings import (
    check_document,
    check_mappings,
    check_template,
    merged,
    meta_of_new,
)
from tests.resources.elasticsearch_contract.refusals import Refusal, illegal, missing_index

NAME = re.compile(r"[a-z0-9][a-z0-9._\-]{0,254}")


class Document(NamedTuple):
    """A document with its version: 1, and one more for each write."""

    version: int
    source: dict[str, Any]


class Documents:
    """What a node keeps; one that is killed starts again with everything that it acknowledged.

    As after a real start, all that was acknowledged is searchable then.
    """

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "node.sqlite", check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(
            "CREATE TABLE IF NOT EXISTS made (kind TEXT, name TEXT, body TEXT,"
            " PRIMARY KEY (kind, name));"
            "CREATE TABLE IF NOT EXISTS docs (idx TEXT, id TEXT, version INT, source TEXT,"
            " PRIMARY KEY (idx, id)) WITHOUT ROWID"
        )
        made = self._db.execute("SELECT kind, name, body FROM made").fetchall()
        self.templates = {n: json.loads(b) for k, n, b in made if k == "template"}
        self.indices = {n: json.loads(b) for k, n, b in made if k == "index"}
        self.searchable: defaultdict[str, dict[str, Document]] = defaultdict(dict)
        self._dirty: defaultdict[str, set[str]] = defaultdict(set)
        self.generation = 0
        for index, identity, version, source in self._db.execute("SELECT * FROM docs"):
            self.searchable[index][identity] = Document(version, json.loads(source))

    def put_template(self, name: str, body: dict[str, Any]) -> None:
        check_template(body)
        for other, standing in self.templates.items():
            same = set(standing["index_patterns"]) & set(body["index_patterns"])
            if other != name and same and standing.get("priority") == body.get("priority"):
                told = f"index template [{name}] has index patterns {sorted(same)} matching"
                raise illegal(f"{told} patterns from existing templates [{other}]")
        self.templates[name] = body
        self._keep("template", name, body)

    def drop_template(self, name: str) -> None:
        del self.templates[name]
        self._db.execute("DELETE FROM made WHERE kind = 'template' AND name = ?", (name,))
        self._db.commit()

    def create(self, name: str, body: dict[str, Any]) -> None:
        """A new index out of its own body over that of the template that fits best."""
        if name in self.indices:
            kind, told = "resource_already_exists_exception", f"index [{name}] already exists"
            raise Refusal(400, kind, told, index=name)
        if name in self.aliases():
            told = f"Invalid index name [{name}], already exists as alias"
            raise Refusal(400, "invalid_index_name_exception", told)
        if not NAME.fullmatch(name):
            told = f"Invalid index name [{name}], must be lowercase"
            raise Refusal(400, "invalid_index_name_exception", told)
        fitting = [
            template
            for template in self.templates.values()
            if any(fnmatchcase(name, pattern) for pattern in template["index_patterns"])
        ]
        best = max(fitting, key=lambda t: t.get("priority", 0), default={"template": {}})
        made = {"settings": {}, "mappings": {}, "aliases": {}} | best.get("template", {})
        wanted = body.get("mappings", {})
        check_mappings(wanted)
        meta = meta_of_new(made["mappings"], wanted)
        for part in ("settings", "mappings", "aliases"):
            made[part] = {**made[part], **body.get(part, {})}
        check_mappings(made["mappings"])
        made["mappings"] = {k: v for k, v in made["mappings"].items() if k != "_meta"} | meta
        self.indices[name] = made
        self._keep("index", name, made)

    def map(self, name: str, mappings: dict[str, Any]) -> None:
        made = self.indices[name]
        made["mappings"] = merged(made["mappings"], mappings)
        self._keep("index", name, made)

    def alias(self, index: str, name: str) -> None:
        if name in self.indices:
            told = f"Invalid alias name [{name}]: an index exists with the same name as the alias"
            raise Refusal(400, "invalid_alias_name_exception", told)
        self.indices[index]["aliases"].setdefault(name, {})
        self._keep("index", index, self.indices[index])

    def drop(self, index: str) -> None:
        del self.indices[index]
        self.searchable.pop(index, None)
        self._dirty.pop(index, None)
        self._db.execute("DELETE FROM docs WHERE idx = ?", (index,))
        self._db.execute("DELETE FROM made WHERE kind = 'index' AND name = ?", (index,))
        self._db.commit()
        self.generation += 1

    def aliases(self) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for index, made in sorted(self.indices.items()):
            for alias in made["aliases"]:
                found[alias].append(index)
        return found

    def resolve(self, expression: str, ignore_unavailable: bool = False) -> list[str]:
        """The indices that an expression names: names, aliases, patterns, with commas."""
        found: dict[str, None] = {}
        for part in expression.split(","):
            if "*" in part or part == "_all":
                pattern = "*" if part == "_all" else part
                named = [n for n in self.indices if fnmatchcase(n, pattern)]
                named += [
                    i for a, of in self.aliases().items() if fnmatchcase(a, pattern) for i in of
                ]
            elif part in self.indices:
                named = [part]
            elif part in self.aliases():
                named = self.aliases()[part]
            elif ignore_unavailable:
                named = []
            else:
                raise missing_index(part)
            found.update(dict.fromkeys(sorted(named)))
        return list(found)

    def write_index(self, name: str) -> str:
        """The index that a write to the name goes to; made from its template when it is missing."""
        if name in self.indices:
            return name
        behind = self.aliases().get(name, [])
        if len(behind) > 1:
            raise illegal(f"no write index is defined for alias [{name}]")
        if not behind:
            self.create(name, {})
        return behind[0] if behind else name

    def read(self, index: str, identity: str) -> Document | None:
        """As last written, searchable or not."""
        row = self._db.execute(
            "SELECT version, source FROM docs WHERE idx = ? AND id = ?", (index, identity)
        ).fetchone()
        return None if row is None else Document(row[0], json.loads(row[1]))

    def index(self, index: str, identity: str, source: Any, create: bool = False) -> Document:
        made = self.indices[index]
        coerce = made["settings"].get("mapping", {}).get("coerce", True)
        check_document(identity, source, made["mappings"], coerce)
        standing = self.read(index, identity)
        if create and standing is not None:
            told = f"[{identity}]: version conflict, document already exists"
            raise Refusal(409, "version_conflict_engine_exception", told, index=index)
        document = Document(1 if standing is None else standing.version + 1, source)
        self._db.execute(
            "INSERT OR REPLACE INTO docs VALUES (?, ?, ?, ?)",
            (index, identity, document.version, json.dumps(source, ensure_ascii=False)),
        )
        self._dirty[index].add(identity)
        return document

    def delete(self, index: str, identity: str) -> bool:
        found = self._db.execute(
            "DELETE FROM docs WHERE idx = ? AND id = ?", (index, identity)
        ).rowcount
        self._dirty[index].add(identity)
        return bool(found)

    def commit(self) -> None:
        """From here on a kill loses nothing of it."""
        self._db.commit()

    def refresh(self, index: str) -> None:
        """Let searches see what was written."""
        for identity in self._dirty.pop(index, set()):
            document = self.read(index, identity)
            if document is None:
                self.searchable[index].pop(identity, None)
            else:
                self.searchable[index][identity] = document
        self.generation += 1

    def found(self, indices: list[str]) -> Iterator[tuple[str, str, Document]]:
        """Index, id and document of all that is searchable."""
        for index in indices:
            for identity, document in self.searchable[index].items():
                yield index, identity, document

    def _keep(self, kind: str, name: str, body: dict[str, Any]) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO made VALUES (?, ?, ?)", (kind, name, json.dumps(body))
        )
        self._db.commit()
