"""How assets are cut: one partition per raw file, one per UTC day."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg

from resources.settings import Settings

raw_files = dg.DynamicPartitionsDefinition(name="raw_files")

daily = dg.DailyPartitionsDefinition(start_date=Settings().first_day(datetime.now(UTC)).isoformat())
