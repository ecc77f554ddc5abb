from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from resources.errors import Mendable, SettingError
from resources.row_content import content_of
from resources.search_index import (
    SearchIndex,
    SearchIndexRefused,
    SearchIndexUnavailable,
    open_search_index,
)
from resources.search_patience import Patience
from resources.search_series import Series
from resources.settings import Settings
from tests.resources.elasticsearch_contract.server import Contract, contract_server

DAY, LATER = "2026-01-31", "2026-02-01"
WHEEL = "this-wheel"
QUICK = Patience(0.6, first_s=0.01, longest_s=0.05)
HASTY = Patience(0.01, 0.01)
FIELDS = {
    "row_id": {"type": "keyword"},
    "user_id": {"type": "keyword"},
    "day": {"type": "keyword"},
    "created_at": {"type": "date", "format": "epoch_millis"},
    "n": {"type": "long"},
    "score": {"type": "double"},
    "accepted": {"type": "boolean"},
    "slate": {"type": "keyword"},
}


def rows(count: int, day: str = DAY, **changes: Any) -> list[dict[str, Any]]:
    return [
        {
            "row_id": f"{day}-{n:05}",
            "user_id": f"user-{n % 10}",
            "day": day,
            "created_at": 1_772_452_800_000 + n,
            "n": n,
            "score": n / 7,
            "accepted": None if n % 3 == 0 else n % 3 == 1,
            "slate": ["thesis/strong/ko", "email/weak/en"][: n % 3],
            **changes,
        }
        for n in range(count)
    ]


@pytest.fixture
def series(search_url: str) -> Iterator[Series]:
    made = Series(f"recwheel-test-{uuid.uuid4().hex[:8]}", FIELDS, key="row_id")
    yield made
    with Elasticsearch(search_url) as client:
        client.options(ignore_status=404).indices.delete(
            index=f"{made.index_of(DAY)},{made.index_of(LATER)}", ignore_unavailable=True
        )
        client.options(ignore_status=404).indices.delete_index_template(name=made.alias)


@pytest.fixture
def index(search_url: str) -> Iterator[SearchIndex]:
    opened = SearchIndex(search_url, patience=QUICK)
    yield opened
    opened.close()


def fill(index: SearchIndex, series: Series, wanted: list[dict[str, Any]], day: str = DAY) -> None:
    index.prepare(series, day, WHEEL)
    assert index.replace(series, day, wanted).refused == []


def test_a_day_comes_back_as_it_was_sent(index: SearchIndex, series: Series) -> None:
    fill(index, series, rows(2500))
    assert list(index.rows(series, DAY)) == rows(2500)


def test_months_lie_apart_behind_one_alias(
    index: SearchIndex, series: Series, search_url: str
) -> None:
    fill(index, series, rows(3))
    fill(index, series, rows(4, LATER), LATER)
    assert series.index_of(DAY).endswith("-2026.01")
    with Elasticsearch(search_url) as client:
        assert client.count(index=series.alias)["count"] == 7
        assert client.count(index=series.index_of(LATER))["count"] == 4


def test_a_day_that_stands_is_not_sent_again(index: SearchIndex, series: Series) -> None:
    fill(index, series, rows(20))
    again = index.replace(series, DAY, rows(20))
    assert (again.written, again.removed) == (0, 0)


def test_what_the_day_lost_disappears_and_what_changed_is_replaced(
    index: SearchIndex, series: Series
) -> None:
    fill(index, series, rows(20))
    wanted = [{**row, "n": 100} if row["n"] == 7 else row for row in rows(20) if row["n"] != 5]
    sent = index.replace(series, DAY, wanted)
    assert (sent.written, sent.removed) == (1, 1)
    assert list(index.rows(series, DAY)) == wanted


def test_another_day_of_the_month_stays(index: SearchIndex, series: Series) -> None:
    other = "2026-01-30"
    fill(index, series, rows(5, other), other)
    fill(index, series, rows(5))
    fill(index, series, [])
    assert list(index.rows(series, other)) == rows(5, other)
    assert list(index.rows(series, DAY)) == []


def test_the_rows_of_each_day_are_counted_over_all_months(
    index: SearchIndex, series: Series, search_url: str
) -> None:
    assert index.rows_by_day(series) == {}
    many = [f"2026-01-{day:02}" for day in range(1, 21)]  # more than a server lists by itself
    for day in many:
        fill(index, series, rows(2, day), day)
    fill(index, series, rows(3, LATER), LATER)
    with Elasticsearch(search_url) as client:
        late = {**rows(1, LATER)[0], "row_id": "written-last"}
        client.index(index=series.index_of(LATER), id="written-last", document=late)
    assert index.rows_by_day(series) == {**dict.fromkeys(many, 2), LATER: 4}
    fill(index, series, [], many[0])
    assert many[0] not in index.rows_by_day(series)


def test_users_disappear_from_every_month(index: SearchIndex, series: Series) -> None:
    fill(index, series, rows(20))
    fill(index, series, rows(20, LATER), LATER)
    assert index.delete_users(series, ["user-1", "user-2", "nobody"]) == 8
    left = [*index.rows(series, DAY), *index.rows(series, LATER)]
    assert len(left) == 32
    assert {"user-1", "user-2"} & {row["user_id"] for row in left} == set()
    assert index.delete_users(series, ["user-1"]) == 0


def test_users_of_a_series_without_an_index_are_none(index: SearchIndex, series: Series) -> None:
    assert index.delete_users(series, ["user-1"]) == 0


def test_what_a_killed_process_wrote_last_is_not_overlooked(
    index: SearchIndex, series: Series, search_url: str
) -> None:
    fill(index, series, rows(3))
    lost = {**rows(1)[0], "row_id": "written-last", "user_id": "user-7"}
    with Elasticsearch(search_url) as client:
        for _ in range(2):
            client.index(index=series.index_of(DAY), id=lost["row_id"], document=lost)
            assert index.replace(series, DAY, rows(3)).removed == 1
        client.index(index=series.index_of(DAY), id=lost["row_id"], document=lost)
        assert index.delete_users(series, ["user-7"]) == 1
    assert list(index.rows(series, DAY)) == rows(3)


def test_a_row_that_does_not_fit_is_named_and_alone(index: SearchIndex, series: Series) -> None:
    index.prepare(series, DAY, WHEEL)
    wanted = rows(10)
    wanted[3] = {**wanted[3], "n": "three"}
    wanted[4] = {**wanted[4], "unheard_of": 1}
    wanted[5] = {**wanted[5], "n": "5"}
    sent = index.replace(series, DAY, wanted)
    assert sent.written == 7
    assert [row.id[-1] for row in sent.refused] == ["3", "4", "5"]
    assert "document_parsing_exception" in sent.refused[0].reason
    assert "strict_dynamic_mapping_exception" in sent.refused[1].reason
    assert "document_parsing_exception" in sent.refused[2].reason


def test_an_id_that_no_server_takes_is_named_and_alone(index: SearchIndex, series: Series) -> None:
    index.prepare(series, DAY, WHEEL)
    wanted = rows(600)
    wanted[7] = {**wanted[7], "row_id": wanted[7]["row_id"] + "각" * 200}
    sent = index.replace(series, DAY, wanted)
    assert sent.written == 599
    assert [row.id for row in sent.refused] == [wanted[7]["row_id"]]
    assert sent.refused[0].reason.startswith("action_request_validation_exception: Validation")
    assert sent.refused[0].reason.endswith("must be no longer than 512 bytes but was: 616;")
    assert list(index.rows(series, DAY)) == [*wanted[:7], *wanted[8:]]


def test_a_new_column_joins_an_index_that_stands(index: SearchIndex, series: Series) -> None:
    fill(index, series, rows(3))
    wider = Series(series.alias, {**FIELDS, "persona": {"type": "keyword"}}, key="row_id")
    fill(index, wider, rows(3, persona="Academic"))
    assert list(index.rows(wider, DAY)) == rows(3, persona="Academic")


def test_a_column_of_another_type_says_what_to_do(index: SearchIndex, series: Series) -> None:
    fill(index, series, rows(3))
    other = Series(series.alias, {**FIELDS, "n": {"type": "keyword"}}, key="row_id")
    with pytest.raises(SearchIndexRefused, match=r"2026\.01 was made with other columns: delete"):
        index.prepare(other, DAY, WHEEL)


def test_another_wheel_takes_nothing_of_an_index_and_changes_nothing(
    index: SearchIndex, series: Series, search_url: str
) -> None:
    fill(index, series, rows(3))
    for verb in (
        lambda: index.claim([series], "another-wheel"),
        lambda: index.prepare(series, DAY, "another-wheel"),
    ):
        with pytest.raises(SearchIndexRefused, match=r"-2026\.01 belong to another log store"):
            verb()
    index.claim([series], WHEEL)
    fill(index, series, rows(3, LATER), LATER)
    with Elasticsearch(search_url) as client:
        found = client.indices.get_mapping(index=f"{series.alias}-*").body
    assert [found[name]["mappings"]["_meta"] for name in sorted(found)] == [{"wheel": WHEEL}] * 2
    assert list(index.rows(series, DAY)) == rows(3)


def test_an_index_that_no_wheel_claimed_is_taken_over_with_what_its_meta_says(
    index: SearchIndex, series: Series, search_url: str
) -> None:
    fill(index, series, rows(3))
    with Elasticsearch(search_url) as client:
        client.indices.put_mapping(index=series.index_of(DAY), meta={"note": "of an older version"})
        index.claim([series], "another-wheel")
        found = client.indices.get_mapping(index=series.index_of(DAY)).body
    meta = found[series.index_of(DAY)]["mappings"]["_meta"]
    assert meta == {"note": "of an older version", "wheel": "another-wheel"}
    with pytest.raises(SearchIndexRefused, match="another wheel's rows"):
        index.claim([series], WHEEL)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Contract]:
    with contract_server(tmp_path / "hurt") as started:
        yield started


HURT = Series("recwheel-hurt", FIELDS, key="row_id")


def test_no_row_is_lost_or_doubled_by_rejections_and_dropped_connections(server: Contract) -> None:
    server.hurt(items=10, before=10, after=10, busy=10)
    index = SearchIndex(server.url, patience=QUICK)
    fill(index, HURT, rows(6000))
    assert content_of(index.rows(HURT, DAY)) == content_of(rows(6000))
    told = server.told()
    assert told["rejected"] > 400
    assert told["dropped"] >= 2
    assert told["items"] < 8000  # only what was rejected or lost went again


def test_a_slow_answer_is_waited_for(server: Contract) -> None:
    server.hurt(slow_s=0.3)
    fill(SearchIndex(server.url, patience=QUICK), HURT, rows(5))


def test_a_server_killed_before_and_after_it_wrote_keeps_what_it_acknowledged(
    server: Contract,
) -> None:
    index = SearchIndex(server.url, patience=HASTY)
    index.prepare(HURT, DAY, WHEEL)
    bulks = server.told()["bulks"]
    for death in ({"kill_before": [bulks + 3]}, {"kill_after": [5]}):
        server.hurt(**death)
        with pytest.raises(SearchIndexUnavailable, match="does not answer"):
            index.replace(HURT, DAY, rows(6000))
        server.start()
    sent = index.replace(HURT, DAY, rows(6000))
    assert 0 < sent.written < 5000
    assert content_of(index.rows(HURT, DAY)) == content_of(rows(6000))


def test_a_server_that_starts_again_in_time_is_not_noticed(server: Contract) -> None:
    import threading

    index = SearchIndex(server.url, patience=Patience(20))
    index.prepare(HURT, DAY, WHEEL)
    server.hurt(kill_after=[3])
    threading.Timer(1.0, server.start).start()
    assert index.replace(HURT, DAY, rows(3000)).refused == []
    assert content_of(index.rows(HURT, DAY)) == content_of(rows(3000))


def test_a_server_without_room_is_given_up_with_a_sentence(server: Contract) -> None:
    server.hurt(items=100)
    index = SearchIndex(server.url, patience=HASTY)
    index.prepare(HURT, DAY, WHEEL)
    with pytest.raises(
        SearchIndexUnavailable, match=r"has no room: 5 rows, 2026-01-31-00000 first"
    ):
        index.replace(HURT, DAY, rows(5))


def test_a_request_that_is_too_large_goes_in_parts(tmp_path: Path) -> None:
    with contract_server(tmp_path, most_bytes=20_000) as small:
        index = SearchIndex(small.url, patience=QUICK)
        index.prepare(HURT, DAY, WHEEL)
        wanted = rows(300)
        wanted[8] = {**wanted[8], "slate": ["x" * 30_000]}
        sent = index.replace(HURT, DAY, wanted)
        assert sent.written == 299
        assert [row.id for row in sent.refused] == ["2026-01-31-00008"]


def test_a_server_that_is_away_is_a_sentence_without_the_password() -> None:
    index = SearchIndex("http://elastic:secret@127.0.0.1:9", patience=HASTY)
    with pytest.raises(SearchIndexUnavailable) as caught:
        index.prepare(HURT, DAY, WHEEL)
    assert isinstance(caught.value, Mendable)
    assert "http://127.0.0.1:9 does not answer (ConnectionError): check" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("secret", "given"),
    [
        ("ApiKey bXk6a2V5", {"elasticsearch_api_key": "bXk6a2V5"}),
        ("Basic ZWxhc3RpYzpxdWlldA==", {"elasticsearch_password": "quiet"}),
    ],
)
def test_credentials_come_from_the_settings(
    tmp_path: Path, secret: str, given: dict[str, str]
) -> None:
    with contract_server(tmp_path, secret=secret) as guarded:
        settings = Settings(elasticsearch_url=guarded.url, **given)  # type: ignore[arg-type]
        index = open_search_index(settings)
        assert index is not None
        index.prepare(HURT, DAY, WHEEL)
        wrong = SearchIndex(guarded.url, api_key="d3Jvbmc=")
        with pytest.raises(
            SearchIndexRefused, match=r"refuses these credentials \(401\)"
        ) as caught:
            wrong.prepare(HURT, DAY, WHEEL)
        assert "d3Jvbmc" not in str(caught.value)
        assert all(value not in repr(settings) for value in given.values())


def test_no_url_is_no_index() -> None:
    assert open_search_index(Settings()) is None


@pytest.mark.parametrize("url", ["127.0.0.1:9200", "http://", "redis://127.0.0.1:9200"])
def test_a_url_that_cannot_be_used_is_told(url: str) -> None:
    with pytest.raises(SettingError, match="REC_ELASTICSEARCH_URL"):
        SearchIndex(url)


def test_another_product_is_told(tmp_path: Path) -> None:
    with (
        contract_server(tmp_path, another_product=True) as other,
        pytest.raises(SearchIndexRefused, match="is no Elasticsearch"),
    ):
        SearchIndex(other.url).prepare(HURT, DAY, WHEEL)


def test_a_template_says_nothing_that_is_not_json() -> None:
    assert json.loads(json.dumps(HURT.template))["mappings"]["dynamic"] == "strict"
