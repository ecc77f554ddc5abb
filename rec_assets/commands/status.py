"""What stands in the store: counts, days, exit criteria, digests. What `recwheel status` prints."""

from __future__ import annotations

from typing import Any

from rec_api import scoring
from rec_assets import manifests
from rec_assets.complete_days import complete_days, unfinished_days
from rec_assets.evaluation.chains import read_chains, total
from rec_assets.evaluation.stored import read_criteria
from rec_assets.personas.stored import read_stored
from rec_assets.raw import raw_files
from resources.addresses import without_secrets
from resources.encoder import Encoder
from resources.log_store import LogStore
from resources.profile_cache import ProfileCache
from resources.records import COLLECTIONS, QUARANTINE, RAW
from resources.settings import Settings
from resources.state_digest import state_digests


def status(
    settings: Settings, store: LogStore, cache: ProfileCache, encoder: Encoder | None
) -> dict[str, Any]:
    """The whole status as plain data; field names are DESIGN §8's."""
    days = manifests.days(store, "cluster_profiles")
    chains = total(read_chains(store))
    records = {letter: store.count(name) for letter, name in sorted(COLLECTIONS.items())}
    latest, profiles = days[-1] if days else None, {letter: records[letter] for letter in "HG"}
    criteria = read_criteria(store, settings, encoder, latest, chains, profiles)
    served = cache.served_version()
    return {
        "store": store_name(settings),
        "home": str(settings.home),
        "sessions": records["A"],
        "records": {**records, "raw": store.count(RAW), "quarantine": store.count(QUARANTINE)},
        "files": {
            "loaded": raw_files.loaded(store),
            "removed": raw_files.removed(store, settings.inbox),
        },
        "simulated_share": chains.simulated / records["A"] if records["A"] else 0.0,
        "orphans": criteria["orphans"],
        "days": complete_days(store),
        "days_unfinished": unfinished_days(store),
        "personas": [persona.name for persona in read_stored(store)],
        "users": records["G"],
        "clusters": criteria["profiles"]["J"],
        "exit_criteria": criteria,
        "digests": state_digests(store),
        "versions": {
            "scoring": scoring.VERSION,
            "encoder": encoder.version if encoder else None,
            "serving": served.version if served else None,
        },
    }


def store_name(settings: Settings) -> str:
    """The log store as people say it, without a password."""
    if settings.store_url.startswith("sqlite"):
        return f"SQLite ({settings.store_url.removeprefix('sqlite:///')})"
    return f"MongoDB ({without_secrets(settings.store_url)})"
