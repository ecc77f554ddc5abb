"""The export's rows in the words of the customer's editor, before anything goes wrong with them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from personas_data.sample.behaviour import FIRST, Run, span
from personas_data.sample.people import Person

Row = dict[str, Any]

_BROWSERS: Final = (
    ("Chrome", "Windows"), ("Edge", "Windows"), ("Whale", "Windows"), ("Chrome", "Mac OS X"),
    ("Safari", "Mac OS X"), ("Mobile Safari", "iOS"), ("Chrome", "Android"),
)  # fmt: skip
_MODELS: Final = (("boreal", "sonata-2"), ("boreal", "sonata-2-mini"), ("aria", "lyric-1"))
# Until then one client said `general` where the others say `none`.
GENERAL_UNTIL: Final = datetime(2025, 8, 1, tzinfo=UTC).timestamp()
GENERAL_HISTORY_UNTIL: Final = datetime(2025, 6, 20, tzinfo=UTC).timestamp()


class Writer:
    """Turns one person's runs into rows; the draws hang on the person alone."""

    def __init__(self, person: Person, runs: list[Run], seed: int) -> None:
        self.person, self.runs = person, runs
        self.rng = random.Random(f"{seed}/rows/{person.number}")
        self.start, end = span(person, seed)
        # Who signs up at once was never seen without an account.
        self.login = self.start + person.signs_up * (end - self.start) if person.signs_up else 0.0
        self.browser, self.os = self.rng.choices(_BROWSERS, (40, 14, 9, 12, 9, 8, 8))[0]
        self.country = {"ko": "KR", "ja": "JP", "zh": "CN", "en": "US"}[person.native]

    def events(self) -> Iterator[Row]:
        """Every event of the person, not in order."""
        yield from self._visits()
        sessions: set[int] = set()
        for run in self.runs:
            if run.session not in sessions:
                sessions.add(run.session)
                opened = max(int(FIRST.timestamp()), run.second - self.rng.randrange(4, 60))
                yield self._event("open_sidepanel", opened, run.device)
            context = self._context(run)
            prefix = "editor_" if run.editor else ""
            yield {
                **self._event(f"{prefix}run_paraphrasing", run.second, run.device),
                **context,
                "trigger": run.trigger,
                "response_time_ms": int(self.rng.lognormvariate(7.3, 0.4)),
            }
            if run.index is not None:
                yield self._selection(run, f"{prefix}selected_paraphrasing", context)

    def histories(self) -> Iterator[Row]:
        """Correction histories: only of the editor, only of people who are logged in."""
        for run in self.runs:
            if run.editor and run.second >= self.login:
                yield self._history(run)

    def usage(self) -> Row | None:
        """The usage summary, for people who have an account and ran something."""
        if not self.runs or self.runs[-1].second < self.login:
            return None
        return {
            "_id": self.person.user_id,
            "count": len(self.runs),
            "recent_execution_date": _iso(self.runs[-1].second, 0),
        }

    def client(self) -> Row:
        """The client properties of the account, else of the first device."""
        known = self.person.signs_up <= 1
        device = f"$device:{self.person.devices[0]}"
        return {
            "distinct_id": self.person.user_id if known else device,
            "properties": {
                "$browser": self.browser,
                "$os": self.os,
                "$country_code": self.country,
                "$last_seen": _iso(self.runs[-1].second if self.runs else int(self.start), 0),
                "plan": self.rng.choices(("free", "pro", "team"), (80, 14, 6))[0],
            },
        }

    def _visits(self) -> Iterator[Row]:
        second, device = int(self.start), self.person.devices[0]
        if self.rng.random() < 0.45:
            yield self._event("pageview_ad inflow", second, device)
        if self.rng.random() < 0.6:
            yield self._event("tutorial", second + 40, device)
        for _ in range(self.rng.randrange(0, 6)):
            yield self._event("open_sidepanel", second + self.rng.randrange(60, 7200), device)

    def _event(self, name: str, second: int, device: str) -> Row:
        user = self.person.user_id if second >= self.login else None
        return {
            "event": name,
            "distinct_id": user or f"$device:{device}",
            "device_id": device,
            "user_id": user,
            "insert_id": f"{self.rng.getrandbits(64):016x}",
            "time": second,
            "mp_api_timestamp_ms": second * 1000 + self.rng.randrange(150, 5000),
            "browser": self.browser,
            "os": self.os,
            "device": "iPhone" if self.os == "iOS" else None,
            "current_url": "https://editor.example.com/documents",
            "mp_country_code": self.country,
        }

    def _context(self, run: Run) -> Row:
        provider, model = self.rng.choices(_MODELS, (6, 3, 1))[0]
        old = not run.editor and run.second < GENERAL_UNTIL
        context = {
            "llm_name": model,
            "llm_provider": provider,
            "maintenance": run.intensity,
            "field": _field(run.category, old),
            "target_language": run.language,
            "tone": run.tone,
            "input_sentence_length": len(run.text),
            "platform": "editor" if run.editor else "extension",
        }
        if old and self.rng.random() < 0.05:
            del context["target_language"]
        return context

    def _selection(self, run: Run, name: str, context: Row) -> Row:
        second = run.second + 3 + int(self.rng.lognormvariate(1.9, 0.7))
        return {
            **self._event(name, second, run.device),
            **context,
            "index": run.index,
            "selected_sentence_id": f"{self.rng.getrandbits(96):024x}",
            "total_paraphrasing_sentence_count": len(run.outputs),
        }

    def _history(self, run: Run) -> Row:
        return {
            "_id": f"{run.second:08x}{self.rng.getrandbits(64):016x}",
            "created_at": _iso(run.second, self.rng.randrange(1000)),
            "user": self.person.user_id,
            "field": _field(run.category, run.second < GENERAL_HISTORY_UNTIL),
            "intensity": run.intensity,
            "tone": run.tone,
            "user_prompt": run.prompt,
            "input_sentence": run.text,
            "output_sentences": list(run.outputs),
            "selected_index": run.index,
            "models": [self.rng.choice(_MODELS)[1]],
        }


def _field(category: str, old: bool) -> str:
    return "general" if old and category == "none" else category


def _iso(second: int, milliseconds: int) -> str:
    moment = datetime.fromtimestamp(second, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"
