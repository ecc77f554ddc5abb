"""What a person may try when a run has ended: the sentence and the command that asks with it."""

from __future__ import annotations

import json
import shlex
from typing import Final

from resources.addresses import without_secrets
from resources.settings import Settings

SENTENCE: Final = "회의 일정을 다시 잡고 싶습니다."  # where the pool has none that can be shown


def curl(settings: Settings, user: str, text: str) -> str:
    """The command that asks a running service as this user; the key is read, not shown."""
    url = without_secrets(settings.api_url or f"http://{settings.host}:{settings.port}")
    body = {"user_id": user, "doc_id": "doc-1", "selected_text": text}
    quoted = shlex.quote(json.dumps(body, ensure_ascii=False))
    return (
        f'curl -s {url}/recommend -H "X-API-Key: $(.venv/bin/recwheel key)" '
        f"-H 'Content-Type: application/json' -d {quoted}"
    )
