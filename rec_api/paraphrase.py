"""POST /paraphrase: the text under a chosen option. Writes B and D."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rec_api.answers import ParaphraseAnswer
from rec_api.chains import A, B, D, check_link, common, slate_position
from rec_api.contracts import ParaphraseRequest
from rec_api.idempotency import HASH_FIELD, check_repeat, history_id, insert_id, request_hash
from rec_api.outbox import Unit, Write
from rec_api.problems import Problem
from resources.log_store import StoreUnavailable
from resources.options import Option
from resources.paraphrase_client import ParaphraserError, Wish
from resources.profile_cache import CacheUnavailable
from resources.records import CorrectionHistory, ParaphraseEvent, Row, to_row
from resources.row_keys import digest_id
from resources.text_language import detect_language

if TYPE_CHECKING:
    from rec_api.service import Service

CONFLICT = "this Idempotency-Key came with another body before: use a new key for a new request"
log = logging.getLogger(__name__)


async def paraphrase(
    service: Service, role: str, body: ParaphraseRequest, key: str | None
) -> ParaphraseAnswer:
    """Three candidates; stored before they are answered."""
    started = time.perf_counter()
    created_at = service.time_of(body)
    run_id = insert_id(role, body.user_id, "/paraphrase", key, created_at)
    expected = request_hash("/paraphrase", body)
    made_before = run_id if key is not None else None
    run, shown = await _known(service, made_before, body.source_recommend_event_id)
    if run is not None:
        return await _repeat(service, run, expected)
    shown = check_link(
        shown, body.user_id, body.recommend_session_id, "source_recommend_event_id", "/recommend"
    )
    candidates = await _candidates(service, body)
    milliseconds = (time.perf_counter() - started) * 1000
    about = common(body.user_id, created_at, shown["day"], shown["origin"])
    event, texts = _rows(service, body, shown, run_id, candidates, milliseconds, about)
    event[HASH_FIELD] = expected
    unit = Unit((Write("put", D, texts),), Write("append", B, event), new_id=key is None)
    stored = await service.outbox.accept(unit)
    if stored is None:
        return _answer(event, texts)
    return await _repeat(service, stored, expected)


async def _known(
    service: Service, run_id: str | None, shown_id: str
) -> tuple[Row | None, Row | None]:
    """B where its key may have come before, looked for before a model is asked, and A: one look.

    Of a B a store that is away tells nothing; an A of the last hour is known without it.
    """
    if run_id is not None:
        with suppress(StoreUnavailable):
            run, shown = await service.outbox.get((B, run_id), (A, shown_id))
            return run, shown
    (shown,) = await service.outbox.get((A, shown_id))
    return None, shown


async def _repeat(service: Service, run: Row, expected: str) -> ParaphraseAnswer:
    check_repeat(run, expected, CONFLICT)
    (history,) = await service.outbox.get((D, run["correction_history_id"]))
    return _answer(run, history)


async def _candidates(service: Service, body: ParaphraseRequest) -> list[str]:
    """From the cache of the last day, else from the paraphraser."""
    paraphraser = service.paraphraser
    option = Option(body.category, body.intensity, body.language)
    digest = digest_id(
        paraphraser.provider,
        paraphraser.name,
        option.id,
        body.user_prompt or "",
        body.selected_text,
    )
    try:
        if cached := await service.cache.get_candidates(digest):
            return cached
    except CacheUnavailable:
        log.warning("candidates not read: the cache is away")
    try:
        made = await paraphraser.candidates(Wish(body.selected_text, *option, body.user_prompt))
    except ParaphraserError as error:
        raise Problem(error.status, str(error)) from None
    try:
        await service.cache.put_candidates(digest, made)
    except CacheUnavailable:
        log.warning("candidates not kept: the cache is away")
    return made


def _rows(
    service: Service,
    body: ParaphraseRequest,
    shown: Row,
    run_id: str,
    candidates: list[str],
    milliseconds: float,
    about: dict[str, Any],
) -> tuple[Row, Row]:
    """B and D."""
    shared = {
        "recommend_session_id": shown["recommend_session_id"],
        "source_recommend_event_id": shown["_id"],
        "category": body.category,
        "intensity": body.intensity,
        "language": body.language,
        **about,
    }
    event = ParaphraseEvent(
        id=run_id,
        correction_history_id=history_id(run_id),
        text_language=detect_language(body.selected_text),
        slate_position=slate_position(shown, Option(body.category, body.intensity, body.language)),
        input_sentence_length=len(body.selected_text),
        candidates=len(candidates),
        llm_provider=service.paraphraser.provider,
        llm_name=service.paraphraser.name,
        response_time_ms=round(milliseconds, 3),
        **shared,
    )
    texts = CorrectionHistory(
        id=history_id(run_id),
        source_paraphrase_event_id=run_id,
        user_prompt=body.user_prompt,
        input_sentence=body.selected_text,
        output_sentences=candidates,
        **shared,
    )
    return to_row(event), to_row(texts)


def _answer(run: Row, history: Row | None) -> ParaphraseAnswer:
    return ParaphraseAnswer(
        insert_id=run["_id"],
        recommend_session_id=run["recommend_session_id"],
        source_recommend_event_id=run["source_recommend_event_id"],
        correction_history_id=run["correction_history_id"],
        candidates=history["output_sentences"] if history else [],
        llm_provider=run["llm_provider"],
        llm_name=run["llm_name"],
        notes=_notes(run),
    )


def _notes(run: Row) -> list[str]:
    source, target = run["text_language"], run["language"]
    if run["llm_provider"] == "embedded" and source is not None and source != target:
        return [
            f"not translated: the embedded rules rewrite in the text's own language ({source}); "
            f"set REC_LLM_URL for {target}"
        ]
    return []
