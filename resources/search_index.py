"""The search index on Elasticsearch: monthly indices behind an alias, a day's rows kept in step.

Off unless REC_ELASTICSEARCH_URL is set. The client is imported when an index is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from resources.addresses import without_secrets
from resources.certificates import trusting
from resources.errors import Mendable, SettingError
from resources.header_secrets import sendable
from resources.records import Row
from resources.row_content import Difference, differences
from resources.search_bulk import REASON, Rejected, Sent, send
from resources.search_owner import belong_to_another, owned, owners
from resources.search_patience import BUSY, Patience, patiently
from resources.search_series import Series
from resources.settings import Settings

PAGE: Final = 1000  # rows of one answer; a server gives at most 10,000
MOST_DAYS: Final = 10_000  # of one series, 27 years; a server counts at most 65,536 buckets
USERS_AT_ONCE: Final = 1000  # of one deletion; a server takes 65,536 terms
REQUEST_SECONDS: Final = 60.0  # the client's own ten are short for a deletion across months
PRIORITY: Final = 500  # over the templates that a server brings itself (100 to 200)
EXISTS: Final = "resource_already_exists_exception"
CREDENTIALS: Final = "REC_ELASTICSEARCH_API_KEY, or REC_ELASTICSEARCH_USER and _PASSWORD"

Answer = TypeVar("Answer")


class SearchIndexUnavailable(Mendable, ConnectionError):
    """Elasticsearch does not answer; the message is a sentence without a password."""


class SearchIndexRefused(Mendable, RuntimeError):
    """Elasticsearch answers, and does not do what was asked; the message says what to mend."""


class SearchIndex:
    """Verbs on series. All may be repeated and killed anywhere: `_id` is the row's own key.

    Every verb raises SearchIndexUnavailable when the server stays away.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str = "",
        user: str = "",
        password: str = "",
        ca: Path | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Connects with the first verb; SettingError for a URL that cannot be used."""
        from elasticsearch import Elasticsearch

        self.address = without_secrets(url)
        self._patience = patience or Patience()
        # `patiently` is the one place where anything is sent again, with pauses.
        options: Row = {"max_retries": 0, "request_timeout": REQUEST_SECONDS}
        if api_key:
            options["api_key"] = api_key
        elif password:
            options["basic_auth"] = (user, password)
        if url.startswith("https://"):
            options["ssl_context"] = trusting(ca)
        try:
            if not url.startswith(("http://", "https://")):
                raise ValueError("neither http nor https")
            self._client = Elasticsearch(url, **options)
        except ValueError as error:
            raise SettingError(
                f"REC_ELASTICSEARCH_URL {self.address} cannot be used ({type(error).__name__}): "
                "it must be http(s)://<host>:<port>"
            ) from None

    def claim(self, series: Sequence[Series], wheel: str) -> None:
        """Make the indices of all months the wheel's, those that no wheel claimed before.

        SearchIndexRefused, and nothing is written, when one of them is another wheel's.
        """
        indices, every = self._client.indices, ",".join(f"{one.alias}-*" for one in series)
        others, unclaimed = owners(self._ask(lambda: indices.get_mapping(index=every)).body, wheel)
        if others:
            raise SearchIndexRefused(belong_to_another(self.address, others))
        for index, meta in unclaimed.items():
            self._ask(partial(indices.put_mapping, index=index, meta=meta))

    def prepare(self, series: Series, day: str, wheel: str) -> None:
        """Make template, the month's index and its alias as they must be; columns may be added.

        SearchIndexRefused when the index maps a field otherwise, or is another wheel's.
        """
        indices, index = self._client.indices, series.index_of(day)
        self.claim([series], wheel)
        self._ask(
            lambda: indices.put_index_template(
                name=series.alias,
                index_patterns=[f"{series.alias}-*"],
                template=owned(series.template, wheel),
                priority=PRIORITY,
            )
        )
        self._create(index)
        self.claim([series], wheel)  # another may have made it meanwhile
        try:
            self._ask(lambda: indices.put_mapping(index=index, **series.mappings))
        except SearchIndexRefused as refused:
            raise SearchIndexRefused(
                f"{refused}. The index {index} was made with other columns: delete it, then "
                f"materialize golden_index of its days again"
            ) from None
        self._ask(lambda: indices.put_alias(index=index, name=series.alias))

    def replace(self, series: Series, day: str, rows: Iterable[Row]) -> Sent:
        """Make the day's rows exactly these, which ascend in the series' key; what was sent.

        What stands already is not sent again: a repetition after a kill goes on where it was.
        """
        index = series.index_of(day)
        self._refresh(index)  # what a killed process wrote last is to be seen
        changes = differences(rows, self.rows(series, day), series.key)
        actions = (_action(index, change) for change in changes)
        with self._sentence():
            sent = send(self._client, actions, self._patience)
        self._refresh(index)
        return sent

    def rows(self, series: Series, day: str) -> Iterator[Row]:
        """The day's rows in the order of the key, as of the last refresh; memory for a page.

        No point in time is held: rows are written behind the last key that was read alone.
        """
        search: Row = {
            "index": series.index_of(day),
            "query": {"term": {"day": day}},
            "sort": [{series.key: "asc"}],
            "size": PAGE,
            "track_total_hits": False,
            "allow_partial_search_results": False,  # else a lost shard looks like fewer rows
        }
        while True:
            answer = self._ask(lambda: self._client.search(**search))
            hits = answer["hits"]["hits"]
            yield from (hit["_source"] for hit in hits)
            if len(hits) < PAGE:
                return
            search["search_after"] = hits[-1]["sort"]

    def rows_by_day(self, series: Series) -> dict[str, int]:
        """How many rows each day has, over all months; a day without any is absent."""
        every = f"{series.alias}-*"
        self._refresh(every)
        answer = self._ask(
            lambda: self._client.search(
                index=every,
                size=0,
                aggregations={"day": {"terms": {"field": "day", "size": MOST_DAYS}}},
                track_total_hits=False,
                allow_partial_search_results=False,  # else a lost shard looks like deleted rows
            )
        )
        found = answer.body.get("aggregations")  # none without an index
        return {one["key"]: one["doc_count"] for one in found["day"]["buckets"]} if found else {}

    def delete_users(self, series: Series, user_ids: Sequence[str]) -> int:
        """Remove every row of these users, of all months; how many they were."""
        every, removed = f"{series.alias}-*", 0
        self._refresh(every)  # a row that cannot be found yet would stay
        for start in range(0, len(user_ids), USERS_AT_ONCE):
            removed += self._delete(every, list(user_ids[start : start + USERS_AT_ONCE]))
        return removed

    def _delete(self, indices: str, user_ids: list[str]) -> int:
        """Remove what these users have in the indices; again where another writer was faster."""
        removed, conflicts = 0, True
        while conflicts:
            answer = self._ask(
                lambda: self._client.delete_by_query(
                    index=indices,
                    query={"terms": {"user_id": user_ids}},
                    conflicts="proceed",
                    refresh=True,
                    ignore_unavailable=True,
                )
            )
            removed += answer["deleted"]
            conflicts = bool(answer["version_conflicts"])
            if answer["failures"]:
                raise SearchIndexRefused(
                    f"Elasticsearch at {self.address} removed {removed} of "
                    f"{answer['total']} rows: {_told({'error': answer['failures'][0]['cause']})}"
                )
        return removed

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _create(self, index: str) -> None:
        """Make the index from its template, unless it stands."""
        try:
            self._ask(lambda: self._client.indices.create(index=index))
        except SearchIndexRefused as refused:
            if EXISTS not in str(refused):
                raise

    def _refresh(self, index: str) -> None:
        self._ask(lambda: self._client.indices.refresh(index=index, ignore_unavailable=True))

    def _ask(self, request: Callable[[], Answer]) -> Answer:
        with self._sentence():
            return patiently(self._patience, request)

    @contextmanager
    def _sentence(self) -> Iterator[None]:
        """Turn the client's errors into sentences; a request's body is never quoted."""
        from elasticsearch import ApiError, TransportError, UnsupportedProductError

        where = f"Elasticsearch at {self.address}"
        try:
            yield
        except Rejected as rejected:
            raise SearchIndexUnavailable(
                f"{where} has no room: {rejected}; the same again goes on from there"
            ) from None
        except UnsupportedProductError:
            raise SearchIndexRefused(
                f"what answers at {self.address} is no Elasticsearch: check REC_ELASTICSEARCH_URL"
            ) from None
        except ApiError as error:
            status = error.status_code
            if status in (401, 403):
                raise SearchIndexRefused(
                    f"{where} refuses these credentials ({status}): check {CREDENTIALS}"
                ) from None
            if status in BUSY:
                raise SearchIndexUnavailable(f"{where} is too busy ({status})") from None
            raise SearchIndexRefused(f"{where} answers {status}, {_told(error.body)}") from None
        except TransportError as error:
            raise SearchIndexUnavailable(
                f"{where} does not answer ({type(error).__name__}): check REC_ELASTICSEARCH_URL, "
                "the server, and REC_ELASTICSEARCH_CA where it has a certificate of its own"
            ) from None


def open_search_index(settings: Settings) -> SearchIndex | None:
    """The index that REC_ELASTICSEARCH_URL names; None when it names none."""
    if not settings.elasticsearch_url:
        return None
    return SearchIndex(
        settings.elasticsearch_url,
        api_key=sendable("REC_ELASTICSEARCH_API_KEY", settings.elasticsearch_api_key),
        user=settings.elasticsearch_user,
        password=settings.elasticsearch_password.get_secret_value(),
        ca=settings.elasticsearch_ca,
        patience=Patience(settings.elasticsearch_patience_s),
    )


def _action(index: str, change: Difference) -> Row:
    if change.wanted is None:
        return {"_op_type": "delete", "_index": index, "_id": change.key}
    return {"_op_type": "index", "_index": index, "_id": change.key, "_source": change.wanted}


def _told(body: Any) -> str:
    """Type and reason of an error's body."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "without a reason"
    return f"{error.get('type')}: {error.get('reason')}"[:REASON]
