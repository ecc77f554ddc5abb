from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.options import CATEGORIES, INTENSITIES, LANGUAGES
from resources.paraphrase_client import (
    OpenAIParaphraser,
    ParaphraserError,
    Wish,
    open_paraphraser,
)
from resources.paraphrase_rules import rewrite
from resources.settings import Settings
from tests.rec_api.conftest import TEXT, service_at

B = "editor_run_paraphrasing"
WISH = Wish(TEXT, "thesis", "strong", "ko", "존댓말로")
T = TypeVar("T")


def bare(text: str) -> str:
    return " ".join(text.split()).casefold()


@given(
    st.one_of(
        st.text(min_size=1, max_size=60),
        st.sampled_from(
            [
                TEXT,
                "That is, it is so.",
                "즉, 즉, 그렇다.",
                "1",
                "Thanks!",
                "谢谢",
                "重要な方法です。",
            ]
        ),
    ),
    st.sampled_from(LANGUAGES),
    st.sampled_from(CATEGORIES),
)
def test_rules_never_return_the_text_and_never_twice_the_same(
    text: str, language: str, category: str
) -> None:
    made = [each for i in INTENSITIES for each in rewrite(text, language, category, i)]
    assert len({bare(each) for each in made} | {bare(text)}) == 10


def test_rules_are_deterministic() -> None:
    assert rewrite(TEXT, "ko", "email", "strong") == rewrite(TEXT, "ko", "email", "strong")


def test_rules_change_more_the_stronger_they_are() -> None:
    text = "Thanks, this is a very important problem and I want help."
    kept = [
        len(set(text.split()) & set(rewrite(text, "en", "email", i)[0].split()))
        for i in INTENSITIES
    ]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] > kept[-1]


def test_korean_endings_follow_the_category() -> None:
    assert rewrite("결과를 확인합니다.", "ko", "report", "strong")[0].endswith("한다.")
    assert rewrite("결과를 확인한다.", "ko", "email", "strong")[0].endswith("합니다.")


class Fake(BaseHTTPRequestHandler):
    """An OpenAI-compatible server that answers what a test says."""

    contents: ClassVar[list[str]] = []
    status = 200
    raw: bytes | None = None
    asked: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        Fake.asked.append(body | {"path": self.path, "key": self.headers["authorization"]})
        choices = [{"message": {"content": text}} for text in Fake.contents[: body["n"]]]
        answer = Fake.raw or json.dumps({"choices": choices}).encode()
        self.send_response(Fake.status)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def model() -> Iterator[str]:
    Fake.contents, Fake.status, Fake.raw = ["하나", "둘", "셋"], 200, None
    Fake.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Fake)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def ask(url: str) -> list[str]:
    async def run() -> list[str]:
        client = OpenAIParaphraser(url, "m", "secret-key", 5)
        try:
            return await client.candidates(WISH)
        finally:
            await client.close()

    return run_now(run())


def run_now(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/chat/completions"])
def test_any_form_of_the_servers_address_works(model: str, suffix: str) -> None:
    assert ask(model + suffix) == ["하나", "둘", "셋"]
    assert Fake.asked[0]["path"] == "/v1/chat/completions"
    assert Fake.asked[0]["key"] == "Bearer secret-key"


def test_the_text_is_data_and_the_wish_the_instruction(model: str) -> None:
    ask(model)
    system, user = Fake.asked[0]["messages"]
    assert user == {"role": "user", "content": TEXT}
    assert "Korean" in system["content"]
    assert "존댓말로" in system["content"]


def test_candidates_equal_to_the_text_or_each_other_are_dropped(model: str) -> None:
    Fake.contents = [TEXT, " 하나 ", "하나"]
    assert ask(model) == ["하나"]


@pytest.mark.parametrize(
    ("status", "raw", "expected"),
    [
        (500, None, 502),
        (401, b'{"error": "bad key secret-key"}', 502),
        (200, b"not json", 502),
        (200, b'{"choices": [{"message": {"content": null}}]}', 502),
        (200, b'{"choices": []}', 502),
    ],
)
def test_an_answer_of_no_use_is_said(
    model: str, status: int, raw: bytes | None, expected: int
) -> None:
    Fake.status, Fake.raw = status, raw
    with pytest.raises(ParaphraserError) as caught:
        ask(model)
    assert caught.value.status == expected
    assert "secret-key" not in str(caught.value)


def test_a_server_that_is_away_is_said() -> None:
    with pytest.raises(ParaphraserError) as caught:
        ask("http://127.0.0.1:1")
    assert caught.value.status == 503


def test_an_address_that_is_none_is_said_without_it() -> None:
    with pytest.raises(ParaphraserError) as caught:
        ask("http://someone:hunter2@127.0.0.1:hunter2")
    assert caught.value.status == 503
    assert "hunter2" not in str(caught.value)


def test_an_address_without_a_model_is_refused() -> None:
    with pytest.raises(ValueError, match="REC_LLM_MODEL"):
        open_paraphraser(Settings(llm_url="http://x"))


def test_a_failed_model_stores_nothing_and_a_good_one_is_cached(
    tmp_path: Path, model: str, user: str
) -> None:
    with service_at(tmp_path, llm_url=model, llm_model="m") as service:
        shown = service.recommend(user_id=user).json()
        Fake.status = 500
        assert service.paraphrase(shown, user, key="k").status_code == 502
        assert service.store.count(B) == 0
        Fake.status = 200
        answer = service.paraphrase(shown, user, key="k").json()
        calls = len(Fake.asked)
        again = service.paraphrase(shown, user).json()
        assert len(Fake.asked) == calls
    assert answer["candidates"] == again["candidates"] == ["하나", "둘", "셋"]
    assert (answer["llm_provider"], answer["llm_name"]) == ("openai", "m")


def test_the_embedded_rules_say_that_they_do_not_translate(tmp_path: Path, user: str) -> None:
    with service_at(tmp_path, redis_url="redis://127.0.0.1:1") as service:
        shown = service.recommend(user_id=user).json()
        same = service.paraphrase(shown, user, language="ko").json()
        other = service.paraphrase(shown, user, language="en").json()
    assert same["notes"] == []
    assert "not translated" in other["notes"][0]
