"""POST /recommend: ranks the options for a selected text. Writes A, E and I."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Final

from rec_api.answers import RecommendAnswer, recommend_answer
from rec_api.chains import MADE, A, E
from rec_api.contracts import RecommendRequest
from rec_api.documents import document_hash
from rec_api.idempotency import HASH_FIELD, check_repeat, insert_id, request_hash
from rec_api.outbox import Unit, Write
from rec_api.problems import Problem
from rec_api.recommend_rows import Asked, Found, block_row, event_row, log_row
from rec_api.scoring import Inputs, score
from rec_api.served import Known
from rec_api.service import origin_of
from rec_api.shrinkage import decay
from rec_api.words import SIMULATION
from resources.preferences import Evidence
from resources.row_keys import day_of, digest_id
from resources.text_language import detect_language

if TYPE_CHECKING:
    from rec_api.service import Service

BOTS_WAIT: Final = (
    "the profile cache does not answer: a simulated request is not scored without it, try again"
)
CONFLICT: Final = (
    "this Idempotency-Key came with another body before: use a new key for a new request"
)


async def recommend(
    service: Service, role: str, body: RecommendRequest, key: str | None
) -> RecommendAnswer:
    """The ranked options; stored before they are answered, a repeat is read off the store."""
    started = time.perf_counter()
    asked = _asked(service, role, body, key)
    found = await _find(service, asked)
    if asked.origin == SIMULATION and found.known.away:
        raise Problem(503, BOTS_WAIT)  # nothing is stored: a bot's day does not hang on a moment
    event = event_row(asked, found)
    if key is not None:
        event[HASH_FIELD] = request_hash("/recommend", body)
    log = log_row(asked, found, (time.perf_counter() - started) * 1000)
    writes = (Write("put", E, block_row(asked, found)), Write("append", MADE, log))
    unit = Unit(writes, Write("append", A, event), new_id=key is None)
    stored = await service.outbox.accept(unit)
    if stored is None:
        return recommend_answer(event, log)
    check_repeat(stored, event[HASH_FIELD], CONFLICT)
    (stored_log,) = await service.outbox.get((MADE, stored["_id"]))
    return recommend_answer(stored, stored_log or log)


def _asked(service: Service, role: str, body: RecommendRequest, key: str | None) -> Asked:
    created_at = service.time_of(body)
    return Asked(
        body,
        insert_id(role, body.user_id, "/recommend", key, created_at),
        created_at,
        day_of(created_at),
        origin_of(role, body.origin),
        digest_id(body.user_id, body.selected_text, body.context_prev, body.context_next),
    )


async def _find(service: Service, asked: Asked) -> Found:
    body, served = asked.body, service.served
    document = document_hash(body.user_id, body.doc_id)
    known = await service.documents.look_up(body.user_id, document)
    if asked.origin == SIMULATION and not known.away and known.document is None:
        # A cache that was killed may have lost it: a bot's day must not hang on that either.
        if not await service.documents.rebuild(document):
            raise Problem(503, BOTS_WAIT)
        known = await service.documents.look_up(body.user_id, document)
    embedding = await served.embed(body.selected_text)
    says = service.documents.says(known.document)
    if not known.away and (known.document is None or (says is None and served.prototypes)):
        service.documents.rebuild_soon(document)
    inputs = Inputs(
        text=await served.category_of(body.selected_text, embedding),
        document=says,
        document_length=known.document.length if known.document else 0,
        text_language=detect_language(body.selected_text),
        evidence=_evidence(known, asked.day),
        clusters=known.clusters,
        cluster_id=_cluster_id(known),
        house_language=service.settings.house_language,
    )
    return Found(known, embedding, inputs, says is not None, score(inputs), served.versions())


def _evidence(known: Known, day: str) -> Evidence | None:
    """The user's evidence on the request's day; none for a new user, None with the cache away."""
    if known.away:
        return None
    if known.profile is None:
        return Evidence.none()
    return known.profile.evidence.scaled(decay(_days(known.profile.day, day)))


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _cluster_id(known: Known) -> str | None:
    """The user's cluster, if the served J has it: G may be a publication ahead."""
    if known.profile is None or known.clusters is None:
        return None
    own = known.profile.cluster_id
    return own if any(c.cluster_id == own for c in known.clusters.clusters) else None
