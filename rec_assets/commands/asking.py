"""Asking the service from the command line, as an editor would."""

from __future__ import annotations

import json
import shlex
from typing import Any, Final

import httpx
from rich.console import Console

from rec_assets.commands import home
from resources.addresses import without_secrets
from resources.errors import Mendable
from resources.settings import Settings

PORT_FILE: Final = "service.port"  # under REC_HOME: where a running `recwheel up` answers


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
    body = {"user_id": user, "doc_id": "command-line", "selected_text": text}
    with service(settings) as endpoint:
        headers = {"X-API-Key": settings.api_key.get_secret_value() or own_key("app")}
        answer = httpx.post(f"{endpoint.url}/recommend", json=body, headers=headers, timeout=30)
    if answer.is_error:
        raise NotAnswered(f"the service answered {answer.status_code}: {answer.text[:500]}")
    content: dict[str, Any] = answer.json()
    show_answer(console, content)
    return content


def own_key(role: str) -> str:
    """This machine's own key of a role; made on first use."""
    from rec_api.access import ROLES, Keys

    if role not in ROLES:
        raise NotAnswered(f"{role!r} is no role: it must be one of {', '.join(ROLES)}")
    return Keys(Settings().home).own(role)


def curl(settings: Settings, user: str, text: str) -> str:
    """The command that asks a running service as this user; the key is read, not shown."""
    url = without_secrets(settings.api_url or f"http://{settings.host}:{settings.port}")
    body = {"user_id": user, "doc_id": "doc-1", "selected_text": text}
    quoted = shlex.quote(json.dumps(body, ensure_ascii=False))
    return (
        f'curl -s {url}/recommend -H "X-API-Key: $(.venv/bin/recwheel key)" '
        f"-H 'Content-Type: application/json' -d {quoted}"
    )
