"""How far the first run has come, in words."""

from __future__ import annotations

from rec_assets.complete_days import complete_days
from resources.log_store import LogStore
from resources.records import COLLECTIONS, RAW
from resources.settings import Settings


def standing(store: LogStore, settings: Settings) -> str:
    """Complete days and sessions; before any, the raw rows."""
    days = complete_days(store)
    sessions = store.count(COLLECTIONS["A"], {"origin": "simulation"})
    if not sessions:
        return f"{store.count(RAW):,} raw rows stand, no day was begun"
    complete = f"complete up to {days[-1]}" if days else "no day complete yet"
    return f"{sessions:,} of {settings.sessions:,} sessions stand, {complete}"
