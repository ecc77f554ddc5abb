"""How results look to a person at the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from rec_api.scoring import TERMS
from rec_assets.evaluation.criteria import Figures
from rec_assets.evaluation.page import share_text
from rec_assets.evaluation.sampler import Sampled


def show_load(console: Console, name: str, reported: Mapping[str, Any]) -> None:
    """What a load found in one file, what was put aside and why."""
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in sorted(reported["kinds"].items()))
    console.print(f"  {name}: {reported['dagster/row_count']:,} rows ({kinds or 'none usable'})")
    if removed := reported["removed"]:
        console.print(f"    in place of {removed:,} rows that its former content brought")
    for label, found in sorted(reported["quarantined_by_reason"].items()):
        positions = ", ".join(map(str, found["positions"]))
        console.print(
            f"    put aside: {found['count']} × {label} (rows {positions}…): {found['example']}",
            markup=False,
        )
    for event, count in sorted(reported["unknown_events"].items()):
        console.print(f"    kept, not used: {count} × event {event!r}", markup=False)


def show_personas(console: Console, reported: Mapping[str, Any]) -> None:
    """The personas that were mined, and the file in which a person edits them."""
    table = Table("persona", "share", "prefers", "accepts", "stability", box=None)
    for row in reported["personas"]:
        prefers = f"{row['preferred_category']}/{row['preferred_intensity']}"
        table.add_row(
            row["name"],
            f"{row['share']:.2f}",
            f"{prefers}/{row['preferred_language']}",
            f"{row['accept_rate']:.2f}",
            f"{row['stability']:.2f}",
        )
    console.print(table)
    console.print(f"  {reported['why']}\n  edit them in {reported['path']}", markup=False)


def show_criteria(console: Console, figures: Figures) -> None:
    """The three exit criteria with their figures."""
    orphans = figures["orphans"]
    live = figures["chains"] - figures["simulated_chains"]
    people = f"{live:,} chains are live" if live else "no figure is of people"
    console.print(f"\n[bold]Exit criteria[/bold] (simulated traffic: {people})")
    console.print(
        f"(1) chains: {figures['chains']:,} A, {figures['complete_chains']:,} complete A→B→C, "
        f"{figures['rejections']:,} of their C rejected; without an A: {orphans['B']} B, "
        f"{orphans['C']} C"
    )
    counts = ", ".join(f"{letter} {n:,}" for letter, n in figures["profiles"].items())
    console.print(f"(2) built from them: {counts}")
    judged = figures["users_judged"]
    by_persona = ", ".join(f"{k} {n}" for k, n in figures["users_judged_by_persona"].items())
    console.print(f"(3) the persona's option first: {judged} users judged ({by_persona})")
    if silent := ", ".join(f"{k} {n}" for k, n in figures["users_without_text"].items()):
        console.print(
            f"    not judged, the pool has no judge text for them: {silent}", markup=False
        )
    for label, key in (
        ("personal", "persona_first"),
        ("without personalization", "persona_first_unpersonalized"),
        ("ceiling (their own mode is the persona's)", "persona_first_ceiling"),
        ("gain over without", "gain"),
    ):
        console.print(f"    {label}: {share_text(figures[key])}", markup=False)
    if figures["persona_first_of_ceiling"] is not None:
        console.print(f"    of the ceiling: {figures['persona_first_of_ceiling']:.2f}")
    for name, first in figures["most_frequent_first"].items():
        mark = "its own" if first["own"] else "not its own"
        console.print(f"    {name}: most often first {first['first']} ({mark})")


def show_sampled(console: Console, text: str, sampled: Sequence[Sampled]) -> None:
    """One sentence as users of several personas see it, with the score's four parts."""
    console.print(f"\n[bold]{text}[/bold]  as {len(sampled)} users see it:")
    table = Table("user", "persona", "first option", "score", *TERMS, box=None, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    for one in sampled:
        parts = (f"{one.contributions[term]:.4f}" for term in TERMS)
        table.add_row(one.user_id, one.persona, one.option, f"{one.score:.4f}", *parts)
    console.print(table)


def show_answer(console: Console, answer: Mapping[str, Any]) -> None:
    """An answer of /recommend."""
    table = Table("option", "score", *TERMS, box=None)
    for option in answer["reco_options"]:
        name = "/".join(option[word] for word in ("category", "intensity", "language"))
        parts = (f"{option['contributions'][term]:.4f}" for term in TERMS)
        table.add_row(name, f"{option['score']:.4f}", *parts)
    console.print(table)
    source, cluster = answer["profile_source"], answer["cluster_id"]
    console.print(f"from {source}, cluster {cluster}; missing: {answer['degraded'] or 'nothing'}")


def show_status(console: Console, figures: Mapping[str, Any]) -> None:
    """The status as a person reads it."""
    console.print(f"store: {figures['store']}", markup=False)
    days = figures["days"]
    span = f"{days[0]} … {days[-1]} ({len(days)} days)" if days else "none yet"
    console.print(f"days complete: {span}")
    if unfinished := ", ".join(figures["days_unfinished"]):
        console.print(f"begun, not complete (held back, cut short or at work): {unfinished}")
    console.print(
        f"{figures['sessions']:,} sessions ({figures['simulated_share']:.0%} simulated), "
        f"{figures['users']:,} users, {figures['clusters']} clusters, "
        f"{len(figures['personas'])} personas"
    )
    records = ", ".join(f"{name} {n:,}" for name, n in figures["records"].items())
    console.print(f"records: {records}")
    if removed := figures["files"]["removed"]:
        names = ", ".join(removed)
        console.print(f"removed from the inbox, their rows stay: {names}", markup=False)
    show_criteria(console, figures["exit_criteria"])
