"""Asking the service from the command line, as an editor would."""

from __future__ import annotations

import json
from typing import Any, Final

import httpx
from rich.console import Console

from rec_assets.commands import home
from resources.addresses import without_secrets
from resources.errors import Mendable
from resources.header_secrets import sendable
from resources.settings import Settings

PORT_FILE: Final = "service.port"  # under REC_HOME: where a running `recwheel up` answers
ANSWER_SECONDS: Final = 90.0  # the service itself waits 30 for its store, and may do so twice


class NotAnswered(Mendable, RuntimeError):
    """The service refused, or was asked for what it does not have."""


def ask(console: Console, user: str, text: str) -> dict[str, Any]:
    """POST /recommend at REC_API_URL, at a running `up`, or at a service started for the question.

    With REC_API_KEY where it is set, else with this machine's own key.
    """
    from rec_assets.commands.showing import show_answer
    from resources.service_process import answers, service, url_in

    settings = Settings()
    home.prepare(settings)
    running = url_in(settings.home / PORT_FILE)
    if not settings.api_url and running is not None and answers(running):
        settings = settings.model_copy(update={"api_url": running})
    key = sendable("REC_API_KEY", settings.api_key) or own_key("app")
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    body = _body(user, text)
    with service(settings) as endpoint:
        content = _content(f"{endpoint.url}/recommend", body, headers)
    show_answer(console, content)
    return content


def _body(user: str, text: str) -> bytes:
    body = {"user_id": user, "doc_id": "command-line", "selected_text": text}
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # its message would quote what was typed
        raise NotAnswered("the text or --user is no UTF-8: type it in a UTF-8 terminal") from None


def _content(url: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """What is answered; NotAnswered without a word of the client's error: it may quote the key."""
    try:
        answer = httpx.post(url, content=body, headers=headers, timeout=ANSWER_SECONDS)
        if answer.is_error:
            raise NotAnswered(f"the service answered {answer.status_code}: {answer.text[:500]}")
        content: dict[str, Any] = answer.json()
        content["reco_options"]  # of another server's JSON nothing could be shown
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as error:
        raise NotAnswered(
            f"the service at {without_secrets(url)} gave no recommendation "
            f"({type(error).__name__}): try again, look into logs/ under its REC_HOME, see that "
            "REC_API_URL, if it is set, names Recwheel's service"
        ) from None
    return content


def own_key(role: str) -> str:
    """This machine's own key of a role; made on first use."""
    from rec_api.access import ROLES, Keys

    if role not in ROLES:
        raise NotAnswered(f"{role!r} is no role: it must be one of {', '.join(ROLES)}")
    return Keys(Settings().home).own(role)
