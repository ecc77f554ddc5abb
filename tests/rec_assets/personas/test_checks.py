"""Mined personas, held back or published: real exports, real mining, a real Dagster instance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from msgspec.structs import replace

from rec_assets.commands.turn import QUIET, why_failed
from rec_assets.definitions import defs
from rec_assets.personas.persona import Persona, TextLength, read_personas, write_personas
from rec_assets.personas.persona_checks import complete
from rec_assets.personas.stored import (
    read_candidate,
    read_former,
    read_stored,
    write_candidate,
)
from rec_assets.traffic.drawn_from import keep_drawn_from
from resources.log_store import LogStore, open_log_store
from resources.settings import Settings
from tests.rec_assets.personas import planted_exports
from tests.rec_assets.personas.planted_exports import GROUPS, plant, write_export
from tests.rec_assets.traffic.people import entry

PEOPLE = 90
MINE = ("mined_personas", "personas")


class Personas:
    """A REC_HOME whose one export is replaced by another and mined again."""

    def __init__(self, instance: dg.DagsterInstance, store: LogStore) -> None:
        self.instance, self.store = instance, store

    def arrives(self, seed: int) -> None:
        """An export of `PEOPLE` people of two groups takes the place of the one before."""
        write_export(plant(2, 40, seed, people=PEOPLE), Settings().inbox / "export.jsonl")
        self.instance.add_dynamic_partitions("raw_files", ["export.jsonl"])
        assert self.run("load", partition="export.jsonl").success

    def mine(self, *only: str) -> dg.ExecuteInProcessResult:
        return self.run("mine", only=only or MINE)

    def run(
        self, job: str, *, partition: str | None = None, only: tuple[str, ...] = ()
    ) -> dg.ExecuteInProcessResult:
        return defs.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=partition,
            run_config=QUIET,
            raise_on_error=False,
            asset_selection=[dg.AssetKey(name) for name in only] or None,
        )

    def published(self) -> list[str]:
        """The names of personas.json, which are those of the store."""
        names = [persona.name for persona in read_personas(Settings().personas_path)]
        assert sorted(names) == sorted(persona.name for persona in read_stored(self.store))
        return names


@pytest.fixture
def home() -> Iterator[Personas]:
    Settings().inbox.mkdir(parents=True)
    store = open_log_store(Settings().store_url)
    with dg.DagsterInstance.ephemeral() as instance:
        yield Personas(instance, store)
    store.close()


def made(result: dg.ExecuteInProcessResult) -> set[str]:
    events = result.get_asset_materialization_events()
    return {event.asset_key.to_user_string() for event in events if event.asset_key}


def test_another_population_is_held_back_until_a_person_lets_it_through(
    home: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.arrives(seed=1)
    first = home.mine()
    assert made(first) == {"mined_personas", "personas"}
    before = home.published()
    assert set(before) == {"Email_Correspondent", "Academic_Writer"}

    home.arrives(seed=2)  # other people of the same population
    assert home.mine().success
    assert set(home.published()) == set(before)

    shares = [persona.share for persona in read_stored(home.store)]
    monkeypatch.setattr(planted_exports, "GROUPS", GROUPS[3:])
    home.arrives(seed=3)
    held = home.mine()
    assert made(held) == {"mined_personas"}
    words = why_failed(held)
    assert "shares_moved_little: Held back: 1.00 of all people are in another persona" in words
    assert "Academic_Writer" in words
    assert "→ gone" in words
    assert "materialize personas alone" in words
    assert set(home.published()) == set(before)
    assert [persona.share for persona in read_stored(home.store)] == shares
    assert {persona.name for persona in read_former(home.store)} == set(before)

    assert home.mine("personas").success
    assert set(home.published()) == {p.name for p in read_candidate(home.store)[0]}
    assert not set(home.published()) & set(before)
    assert home.mine().success  # what was let through is what the next one is compared with


def candidate(*shares: tuple[str, float]) -> list[Persona]:
    personas = complete([entry(name, "thesis", "weak") for name, _ in shares])
    return [
        replace(persona, share=share, origin="mined")
        for persona, (_, share) in zip(personas, shares, strict=True)
    ]


OWN = complete([entry("Own", "email", "strong")])


@pytest.mark.parametrize(("moved", "passed"), [(0.25, True), (0.26, False)])
def test_the_setting_is_the_border(home: Personas, moved: float, passed: bool) -> None:
    write_personas(Settings().personas_path, candidate(("A", 0.5), ("B", 0.5)))
    write_candidate(home.store, candidate(("A", 0.5 - moved), ("B", 0.5 + moved)), "two")
    assert evaluated(home).passed is passed


def test_another_setting_is_another_border(home: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REC_PERSONA_SHIFT", "0.05")
    write_personas(Settings().personas_path, candidate(("A", 0.5), ("B", 0.5)))
    write_candidate(home.store, candidate(("A", 0.4), ("B", 0.6)), "two")
    found = evaluated(home)
    assert not found.passed
    assert "A 0.50 → 0.40" in (found.description or "")
    assert found.metadata["distance"].value == pytest.approx(0.1)


def test_manual_entries_are_not_compared(home: Personas) -> None:
    write_personas(Settings().personas_path, OWN)
    write_candidate(home.store, candidate(("A", 1.0)), "one")
    assert evaluated(home).passed


def test_a_mining_that_finds_nobody_any_more_is_held_back(home: Personas) -> None:
    write_personas(Settings().personas_path, [*candidate(("A", 1.0)), *OWN])
    write_candidate(home.store, [], "none")
    found = evaluated(home)
    assert not found.passed
    assert "nobody is left" in (found.description or "")


def test_what_is_published_keeps_what_people_wrote_while_it_was_held(home: Personas) -> None:
    write_candidate(home.store, candidate(("A", 1.0)), "one")
    write_personas(Settings().personas_path, OWN)  # written after the mining
    assert home.mine("personas").success
    assert home.published() == ["A", "Own"]


def test_bots_that_were_drawn_stay_who_they_are(home: Personas) -> None:
    write_candidate(home.store, candidate(("A", 1.0)), "one")
    assert home.mine("personas").success
    drawn = keep_drawn_from(home.store, Settings())
    write_candidate(home.store, candidate(("B", 1.0)), "one")
    assert home.mine("personas").success
    assert home.published() == ["B"]
    assert keep_drawn_from(home.store, Settings()) == drawn


def test_what_could_not_be_read_again_is_not_published(home: Personas) -> None:
    """As it was mined by a version that did not bound the length of texts."""
    lengths = TextLength(30.0, 80.0, 6_200.0)
    write_candidate(
        home.store, [replace(p, text_length=lengths) for p in candidate(("A", 1.0))], ""
    )
    write_personas(Settings().personas_path, OWN)
    words = why_failed(home.mine("personas"))
    assert "text_length.p90 is 6200.0" in words
    assert "materialize mined_personas again" in words
    assert read_personas(Settings().personas_path) == OWN
    assert read_former(home.store) == []


def test_a_list_of_nobody_is_not_published(home: Personas) -> None:
    write_candidate(home.store, [], "manual entries only")  # and then they were removed
    assert "write an entry" in why_failed(home.mine("personas"))
    assert not Settings().personas_path.exists()


def test_nothing_is_published_before_anything_was_mined(home: Personas) -> None:
    assert "materialize mined_personas first" in why_failed(home.mine("personas"))
    assert not Settings().personas_path.exists()


def evaluated(home: Personas) -> dg.AssetCheckResult:
    from rec_assets.personas.checks import shares_moved_little

    settings = Settings()
    context = dg.build_asset_check_context()
    found = shares_moved_little(context, settings=settings, log_store=home.store)
    assert isinstance(found, dg.AssetCheckResult)
    return found


def test_the_file_that_people_edit_is_where_it_was(home: Personas) -> None:
    write_candidate(home.store, candidate(("A", 1.0)), "one")
    result = home.mine("personas")
    (event,) = result.asset_materializations_for_node("personas")
    assert Path(str(event.metadata["path"].value)) == Settings().personas_path
