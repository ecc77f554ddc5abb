"""Kibana's import of saved objects, waited for while Kibana starts."""

from __future__ import annotations

import time
from typing import Any, Final

import httpx

from resources.addresses import is_web_address, without_secrets
from resources.certificates import trusting
from resources.errors import Mendable, SettingError
from resources.header_secrets import sendable
from resources.search_patience import BUSY, Patience
from resources.settings import Settings

IMPORT: Final = "/api/saved_objects/_import"
REQUEST_SECONDS: Final = 60.0
STARTING: Final = Patience(seconds=300.0, first_s=1.0, longest_s=5.0)  # its first start is slow


class KibanaRefused(Mendable, RuntimeError):
    """Kibana answers, and does not take the objects; the message says why."""


class KibanaUnavailable(Mendable, ConnectionError):
    """Kibana does not answer; the message is a sentence without a password."""


def import_saved_objects(settings: Settings, ndjson: bytes, patience: Patience = STARTING) -> int:
    """Put the objects (one JSON a line) into REC_KIBANA_URL over what has their ids; how many.

    KibanaUnavailable when it does not answer in time, KibanaRefused when it takes not all of them.
    """
    url = settings.kibana_url.rstrip("/")
    _check(url)
    where, last = f"Kibana at {without_secrets(url)}", "no answer"
    with _client(settings) as client:
        for pause in patience.pauses():
            time.sleep(pause)
            try:
                reply = client.post(
                    f"{url}{IMPORT}",
                    params={"overwrite": "true"},
                    files={"file": ("dashboards.ndjson", ndjson, "application/ndjson")},
                )
            except httpx.HTTPError as error:
                last = type(error).__name__
                continue
            if reply.status_code not in BUSY:
                return _taken(where, reply)
            last = f"status {reply.status_code}"
    raise KibanaUnavailable(f"{where} does not answer ({last}): check REC_KIBANA_URL and Kibana")


def _check(url: str) -> None:
    if is_web_address(url):
        return
    told = without_secrets(url) if url else "not set"
    raise SettingError(f"REC_KIBANA_URL is {told}: it must be http(s)://<host>:<port>")


def _client(settings: Settings) -> httpx.Client:
    key = sendable("REC_ELASTICSEARCH_API_KEY", settings.elasticsearch_api_key)
    password = settings.elasticsearch_password.get_secret_value()
    headers = {"kbn-xsrf": "recwheel"}  # Kibana takes no import without it
    if key:
        headers["Authorization"] = f"ApiKey {key}"
    own = None if key or not password else (settings.elasticsearch_user, password)
    trusted = trusting(settings.elasticsearch_ca)
    return httpx.Client(headers=headers, auth=own, verify=trusted, timeout=REQUEST_SECONDS)


def _taken(where: str, reply: httpx.Response) -> int:
    if reply.status_code in (401, 403):
        raise KibanaRefused(
            f"{where} refuses these credentials ({reply.status_code}): check "
            "REC_ELASTICSEARCH_API_KEY, or REC_ELASTICSEARCH_USER and _PASSWORD"
        )
    try:
        answer: dict[str, Any] = reply.json()
    except ValueError:
        raise KibanaRefused(
            f"{where} answers {reply.status_code} without JSON: check REC_KIBANA_URL"
        ) from None
    if not answer.get("success"):
        failed = [f"{one['type']} {one['id']}: {one['error']}" for one in answer.get("errors", ())]
        told = "; ".join(failed) or answer.get("message", "no reason")
        raise KibanaRefused(f"{where} answers {reply.status_code}, {told}"[:1000])
    return int(answer["successCount"])
