"""POST /log: what became of a paraphrase. Writes C, one for each B, and completes D."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rec_api.answers import LogAnswer
from rec_api.chains import B, C, D, check_link, check_same, common
from rec_api.contracts import SelectionRequest
from rec_api.idempotency import HASH_FIELD, check_repeat, request_hash, selection_id
from rec_api.outbox import Unit, Write
from rec_api.problems import Problem
from resources.records import Row, SelectionEvent, to_row

if TYPE_CHECKING:
    from rec_api.service import Service

CONFLICT = (
    "another outcome is stored for source_paraphrase_event_id: a paraphrase has one outcome, "
    "run /paraphrase again for another"
)


async def log_selection(service: Service, body: SelectionRequest) -> LogAnswer:
    """Store the outcome; the same outcome again is the same answer, another one a 409."""
    run_id = body.source_paraphrase_event_id
    run, history = await service.outbox.get((B, run_id), (D, body.correction_history_id))
    run = check_link(
        run, body.user_id, body.recommend_session_id, "source_paraphrase_event_id", "/paraphrase"
    )
    check_same(run, "source_recommend_event_id", body.source_recommend_event_id)
    check_same(run, "correction_history_id", body.correction_history_id)
    if body.selected_index is not None and body.selected_index >= run["candidates"]:
        last = run["candidates"] - 1
        raise Problem(422, f"selected_index is beyond the last candidate, {last}", "selected_index")
    expected = request_hash("/log", body)
    stored = await service.outbox.accept(_unit(service, body, run, history, expected))
    if stored is not None:
        check_repeat(stored, expected, CONFLICT)
    return LogAnswer(insert_id=selection_id(run_id))


def _unit(
    service: Service, body: SelectionRequest, run: Row, history: Row | None, expected: str
) -> Unit:
    taken = body.selected_index
    candidate = history["output_sentences"][taken] if history and taken is not None else None
    edited = body.edited_text is not None and body.edited_text != candidate
    event = SelectionEvent(
        id=selection_id(run["_id"]),
        recommend_session_id=run["recommend_session_id"],
        source_recommend_event_id=run["source_recommend_event_id"],
        source_paraphrase_event_id=run["_id"],
        correction_history_id=run["correction_history_id"],
        accepted=body.accepted,
        selected_index=taken,
        edited=edited,
        **common(body.user_id, service.time_of(body), run["day"], run["origin"]),
    )
    head = Write("append", C, {**to_row(event), HASH_FIELD: expected})
    if history is None:
        return Unit((), head)
    choice = {
        "selected_index": taken,
        "edited_text": body.edited_text if edited else None,
        "completed": True,
    }
    return Unit((Write("put", D, history | choice),), head)
