"""A service that does nothing: raw HTTP on uvloop, constant bodies shaped like the real ones.

    python -m tests.benchmarks.noop_service PORT_FILE

What it costs is the least that any service in Python can cost a client, so the client shows.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final

import uvloop

from resources.options import CATEGORIES

WORDS: Final = (
    ("thesis", "strong"), ("email", "weak"), ("none", "moderate"), ("report", "weak"),
    ("article", "strong"),
)  # fmt: skip
TERMS: Final = {"vec": 0.0836123456789, "doc": 0.01234567, "user": 0.025, "cluster": 0.00141}
SHARES: Final = dict.fromkeys(CATEGORIES, 0.14285714285714285)
ID: Final = "0123456789abcdef0123456789abcdef"
IDS: Final = {
    "insert_id": ID, "recommend_session_id": ID, "correction_history_id": ID,
    "source_recommend_event_id": ID,
}  # fmt: skip
VERSIONS: Final = {"encoder": ID, "prototypes": ID, "serving": ID, "scoring": "scoring-1"}
TEXT: Final = "본 연구에서는 사용자 행동 로그를 바탕으로 개인화 추천 모델을 제안한다. "
ANSWERS: Final[dict[bytes, dict[str, Any]]] = {
    b"/recommend": {
        **IDS, "context_hash": ID, "recommended_intensity": "strong",
        "reco_options": [
            {"category": category, "intensity": intensity, "language": "ko", "score": 0.1230123456,
             "contributions": TERMS}
            for category, intensity in WORDS
        ],
        "P_vec": SHARES, "P_doc": SHARES, "P_user": SHARES, "P_cluster": SHARES,
        "weights": TERMS, "doc_maturity_score": 0.5, "applied_weight_doc": 0.2,
        "profile_source": "user", "cluster_id": "c1", "cache_hit_profile": True,
        "cache_hit_clusters": True, "cache_hit_document": True, "degraded": [],
        "versions": VERSIONS, "explain": None,
    },
    b"/paraphrase": {
        **IDS, "candidates": [TEXT, TEXT, TEXT], "llm_provider": "embedded", "llm_name": "rules-1",
        "notes": [],
    },
    b"/log": {"insert_id": ID},
    b"/documents": {
        "doc_id": "doc-2026-01-05-1", "length": 321, "doc_maturity_score": 0.6,
        "changed_share": 1.0, "snapshot": True, "ready": True,
    },
}  # fmt: skip


def _answer(body: object) -> bytes:
    content = json.dumps(body, ensure_ascii=False).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(content)}"
    return head.encode() + b"\r\n\r\n" + content


ANSWERED: Final = {path: _answer(body) for path, body in ANSWERS.items()}


class Nothing(asyncio.Protocol):
    """Answers each whole request by its path's first part; reads no more than its length."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport: Any = transport
        self._held = b""

    def data_received(self, data: bytes) -> None:
        """Answer the requests that are complete."""
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = self._held[:end]
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0] or 0)
            if len(self._held) < end + 4 + length:
                return
            self._held = self._held[end + 4 + length :]
            path = b"/" + head.split(b" ", 2)[1].split(b"/", 2)[1]
            self._transport.write(ANSWERED[path])


async def _serve(port_file: Path) -> None:
    server = await asyncio.get_running_loop().create_server(Nothing, "127.0.0.1", 0)
    half = port_file.with_suffix(".half")
    half.write_text(f"127.0.0.1:{server.sockets[0].getsockname()[1]}\n", encoding="ascii")
    half.replace(port_file)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(Path(sys.argv[1])))
