"""A small wheel on real parts: real Dagster, the real service over HTTP, real stores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from rec_assets.commands.turn import why_failed
from rec_assets.definitions import defs
from rec_assets.personas.persona import read_personas
from rec_assets.personas.stored import write_stored
from resources.embedded_redis import embedded_redis
from resources.log_store import LogStore, open_log_store
from resources.profile_cache import ProfileCache
from resources.records import PROTOTYPES, Row
from resources.state_digest import state_digests
from tests.rec_assets.few_contexts import few_contexts

DAYS = ("2026-01-05", "2026-01-06", "2026-01-07")
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
LEARNED: dict[tuple[str, str], list[Row]] = {}
PERSONAS = (
    ("Academic", "thesis", "strong", 0.8),
    ("Mailer", "email", "moderate", 0.7),
    ("Helper", "customer_service", "weak", 0.7),
)


class Wheel:
    """One REC_HOME with three personas; `turn` materializes days, `digests` says what stands."""

    def __init__(
        self,
        environment: Mapping[str, str],
        store: LogStore,
        cache: ProfileCache,
        instance: dg.DagsterInstance,
    ) -> None:
        self.environment = environment
        self.store, self.cache, self.instance = store, cache, instance

    def turn(self, *days: str, only: Sequence[str] = ()) -> dg.ExecuteInProcessResult:
        """Run the wheel's job for the days in order; the last result. Failures do not raise."""
        for day in days:
            result = self.run("wheel", day, only)
            if not result.success:
                break
        return result

    def run(
        self, job: str, partition: str | None = None, only: Sequence[str] = ()
    ) -> dg.ExecuteInProcessResult:
        """One run of a job in this wheel's own environment."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return defs.resolve_job_def(job).execute_in_process(
                instance=self.instance,
                partition_key=partition,
                run_config=QUIET,
                raise_on_error=False,
                asset_selection=[dg.AssetKey(name) for name in only] or None,
            )

    def complete(self, *days: str, only: Sequence[str] = ()) -> None:
        """Turn the days; AssertionError with the reason when one fails."""
        result = self.turn(*days, only=only)
        assert result.success, why_failed(result)

    def digests(self) -> dict[str, str]:
        """Digests of the letters that a wheel makes."""
        return state_digests(self.store)


@contextmanager
def wheel(folder: Path, **settings: Any) -> Iterator[Wheel]:
    """A wheel under `folder`, with REC_… settings in lower case; its personas stand."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"home": folder, "start": DAYS[0], "users": 15, "sessions": 150, "seed": 3}
    wanted["contexts"] = few_contexts(folder)
    environment = {f"REC_{k.upper()}": str(v) for k, v in (wanted | settings).items()}
    with ExitStack() as stack:
        cache = ProfileCache(stack.enter_context(embedded_redis(folder)))
        stack.callback(cache.close)
        url = str(settings.get("log_url", f"sqlite:///{folder / 'recwheel.sqlite'}"))
        store = open_log_store(url)
        stack.callback(store.close)
        instance = stack.enter_context(dg.DagsterInstance.ephemeral())
        write_stored(store, read_personas(persona_file(folder)))
        whole = Wheel(environment, store, cache, instance)
        learn_categories(whole, (str(settings.get("contexts")), str(settings.get("encoder"))))
        yield whole


def learn_categories(whole: Wheel, where: tuple[str, str]) -> None:
    """Category vectors of this pool and encoder: learned once in a process, then only stored."""
    if where in LEARNED:
        whole.store.put(PROTOTYPES, LEARNED[where]).whole()
        return
    assert whole.run("mine", only=("category_prototypes",)).success
    LEARNED[where] = [row for batch in whole.store.scan(PROTOTYPES) for row in batch]


def persona_file(folder: Path) -> Path:
    """A personas.json with the product team's five fields alone."""
    entries = [
        {
            "name": name,
            "preferred_category": category,
            "preferred_intensity": intensity,
            "style_prompt": f"{intensity} {category}",
            "accept_rate": accept_rate,
            "origin": "manual",
        }
        for name, category, intensity, accept_rate in PERSONAS
    ]
    path = folder / "personas.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path
