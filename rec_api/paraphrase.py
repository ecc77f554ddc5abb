"""POST /paraphrase: the text under a chosen option. Writes B and D."""

from __future__ import annotations

import logging
import time
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
    if key is not None and (run := await _made_before(service, run_id)) is not None:
        return await _repeat(service, run, expected)
    (shown,) = await service.outbox.get((A, body.source_recommend_event_id))
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


async def _made_before(service: Service, run_id: str) -> Row | None:
    """B of this key, looked for before a model is asked; a store that is away tells nothing."""
    try:
        (run,) = await service.outbox.get((B, run_id))
    except StoreUnavailable:
        return None
    return run


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
