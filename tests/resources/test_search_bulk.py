from __future__ import annotations

from pathlib import Path

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from resources.search_bulk import send
from resources.search_patience import Patience
from tests.resources.elasticsearch_contract.server import contract_server


def test_a_request_that_is_wrong_itself_is_sent_once_and_not_in_parts(tmp_path: Path) -> None:
    wrong = [
        {"_op_type": "index", "_index": "rows", "_id": name, "_version": 3, "_source": {}}
        for name in "abc"
    ]
    with contract_server(tmp_path) as server, Elasticsearch(server.url) as client:
        with pytest.raises(BadRequestError, match=r"unknown parameter \[version\]"):
            send(client, wrong, Patience(60))
        assert server.told()["bulks"] == 1
