"""Embeddings of a day: of one length, by one encoder."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rec_assets.checks.finding import NAMED, Faults, Finding
from resources.records import Row

FLOAT_BYTES: Final = 4
NONE: Final[Mapping[str, Row]] = {}
Kind = tuple[str, int]  # encoder version, dimensions


@dataclass
class Kinds:
    """How many vectors of each kind, the first ids of each, and how many came before a day."""

    counts: Counter[Kind] = field(default_factory=Counter)
    named: defaultdict[Kind, list[str]] = field(default_factory=lambda: defaultdict(list))
    earlier: Counter[Kind] = field(default_factory=Counter)

    def add(self, kind: Kind, name: str, *, earlier: bool = False) -> None:
        """One more vector of this kind."""
        self.counts[kind] += 1
        self.earlier[kind] += earlier
        if len(self.named[kind]) < NAMED:
            self.named[kind].append(name)


def lighten(
    rows: Iterable[Row], kinds: Kinds, until: str, asked: Mapping[str, Row] = NONE
) -> Iterator[Row]:
    """The rows without their embedding, which is counted by encoder version and dimensions.

    Those that arrived before the day `until` count as earlier ones too; an example did when its
    recommendation (`asked`, by id) had, whenever the end of its chain came.
    """
    for row in rows:
        packed = row.pop("embedding")
        if packed is not None:
            kind = str(row["encoder_version"]), dimensions(packed)
            kinds.add(kind, row["_id"], earlier=asked.get(row["_id"], row)["arrived_on"] < until)
        yield row


def dimensions(packed: str) -> int:
    """How many float32 the base64 holds; −1 where its length is that of no such vector."""
    whole, remainder = divmod(len(packed) * 3 // 4 - packed[-2:].count("="), FLOAT_BYTES)
    return -1 if remainder or len(packed) % 4 else whole


def vector_finding(examples: Kinds, blocks: Kinds, without: int, *, late: bool = False) -> Finding:
    """H holds vectors of one encoder and one length; E of one length for each encoder.

    E may hold several encoders' rightly: a text that is asked for again after the encoder was
    changed has its vector made anew. `without` are rows of H that hold none. `late`: the day was
    judged before and some of its rows came later; it fails only if it was sound without them.
    """
    figures: dict[str, Any] = {
        "examples": _by_name(examples.counts),
        "context_blocks": _by_name(blocks.counts),
        "examples_without": without,
        "kinds_allowed_in_h": 1,
    }
    wrong = _wrong(examples.counts, blocks.counts)
    if late and _wrong(examples.earlier, blocks.earlier):
        return Finding(True, "judged on its own day", figures)
    if wrong:
        fewest = _fewest(examples, blocks)
        told = f"{'; '.join(wrong)}: {fewest.sentence()}"
        return Finding(False, told, figures, fewest.offending())
    sound = f"{examples.counts.total():,} examples hold vectors of {_kinds(examples.counts)}"
    return Finding(True, sound if examples.counts else "no example holds a vector", figures)


def vector_findings(of_day: Finding, late: Mapping[str, Finding]) -> Finding:
    """The day's finding with those of the days that late rows touched: it holds where all do."""
    failed = {day: finding for day, finding in late.items() if not finding.holds}
    if not failed:
        return of_day
    told = [] if of_day.holds else [of_day.sentence]
    told += [f"late rows of {day}: {finding.sentence}" for day, finding in failed.items()]
    offending = dict(of_day.offending)
    for day, finding in failed.items():
        offending |= {f"{kind} of {day}": named for kind, named in finding.offending.items()}
    figures = {**of_day.figures, "late_days": {d: dict(f.figures) for d, f in late.items()}}
    return Finding(False, "; ".join(told), figures, offending)


def _wrong(examples: Counter[Kind], blocks: Counter[Kind]) -> list[str]:
    """What is wrong with these kinds, in words."""
    kinds = +blocks | +examples
    wrong = []
    if len(+examples) > 1:
        wrong.append(f"H holds vectors of {len(+examples)} kinds ({_kinds(examples)})")
    versions = Counter(version for version, _ in kinds)
    for version in sorted(v for v, n in versions.items() if n > 1 and len(+examples) <= 1):
        wrong.append(f"vectors of {version} have several lengths")
    if any(length < 1 for _, length in kinds):
        wrong.append("a vector is no float32 array")
    return wrong


def _fewest(examples: Kinds, blocks: Kinds) -> Faults:
    """The rows of the kinds that are not the most frequent one, in H and, by encoder, in E."""
    found = Faults()
    usual = _most(examples.counts)
    for kind in sorted(examples.counts):
        if kind != usual or kind[1] < 1:
            _take(found, "H", kind, examples)
    for kind in sorted(blocks.counts):
        lengths = Counter({k: n for k, n in blocks.counts.items() if k[0] == kind[0]})
        lengths.update({k: n for k, n in examples.counts.items() if k[0] == kind[0]})
        if kind != _most(lengths) or kind[1] < 1:
            _take(found, "E", kind, blocks)
    return found


def _most(kinds: Counter[Kind]) -> Kind | None:
    return max(sorted(kinds), key=lambda kind: kinds[kind], default=None)


def _take(found: Faults, letter: str, kind: Kind, kinds: Kinds) -> None:
    name = f"vector of {kind[0]} with {kind[1]} dimensions in {letter}"
    named = defaultdict(list, {name: kinds.named[kind]})
    found.take(Faults(Counter({name: kinds.counts[kind]}), named))


def _kinds(kinds: Counter[Kind]) -> str:
    return ", ".join(
        f"{version} with {length} dimensions ({number:,})"
        for (version, length), number in sorted(kinds.items())
    )


def _by_name(kinds: Counter[Kind]) -> dict[str, int]:
    return {f"{version}, {length}": n for (version, length), n in sorted(kinds.items())}
