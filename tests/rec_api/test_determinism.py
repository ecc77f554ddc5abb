"""The same bots on the same state leave the same records, however many run at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from resources.records import COLLECTIONS, Row
from resources.state_digest import DIGEST_FIELDS
from tests.rec_api.conftest import SAMPLES, TEXT, Running, service_at

START = 1_767_225_600_000  # 2026-01-01 in milliseconds


def session(service: Running, number: int) -> None:
    """One bot's session: a document, a question, a rewriting, an outcome."""
    client, user = service.client("simulator"), f"sim-{number % 3}"
    text = list(SAMPLES.values())[number % 7][number % 2]
    at = START + number * 60_000

    def post(path: str, step: str, seconds: int, **body: Any) -> dict[str, Any]:
        sent = {"user_id": user, "created_at": at + seconds * 1000} | body
        key = {"Idempotency-Key": f"7/2026-01-01/{user}/{number}/{step}"}
        answer: dict[str, Any] = client.post(path, json=sent, headers=key).json()
        return answer

    doc = {"user_id": user, "text": TEXT * (number % 12 + 1), "created_at": at}
    client.put(f"/documents/d{number}", json=doc)
    shown = post("/recommend", "ask", 1, doc_id=f"d{number}", selected_text=text)
    ids = {
        "recommend_session_id": shown["recommend_session_id"],
        "source_recommend_event_id": shown["insert_id"],
    }
    option = shown["reco_options"][number % 5]
    words = {word: option[word] for word in ("category", "intensity", "language")}
    run = post("/paraphrase", "run", 9, selected_text=text, **ids, **words)
    outcome = {"accepted": number % 4 > 0, "selected_index": number % 3 if number % 4 else None}
    post(
        "/log",
        "end",
        20,
        event="editor_selected_paraphrasing",
        source_paraphrase_event_id=run["insert_id"],
        correction_history_id=run["correction_history_id"],
        **ids,
        **outcome,
    )


def digested(home: Path, bots: int) -> dict[str, list[Row]]:
    """What a digest covers, after 18 sessions that `bots` threads ran."""
    with service_at(home) as service:
        service.client("simulator")  # made once, before threads share it
        with ThreadPoolExecutor(bots) as pool:
            list(pool.map(lambda number: session(service, number), range(18)))
        return {
            letter: [
                {field: row[field] for field in DIGEST_FIELDS[letter]}
                for batch in service.store.scan(COLLECTIONS[letter])
                for row in batch
            ]
            for letter in "ABC"
        }


def test_the_same_bots_leave_the_same_records_whatever_the_concurrency(tmp_path: Path) -> None:
    one, many = digested(tmp_path / "one", 1), digested(tmp_path / "many", 6)
    assert [len(rows) for rows in one.values()] == [18, 18, 18]
    assert one == many


def test_sessions_run_again_leave_the_same_records(tmp_path: Path) -> None:
    first = digested(tmp_path, 2)
    assert digested(tmp_path, 2) == first
