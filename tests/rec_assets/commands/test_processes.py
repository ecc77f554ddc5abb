from __future__ import annotations

import socket

import pytest

from rec_assets.commands.processes import ProcessEnded, free_port


def test_beyond_the_last_port_none_is_tried() -> None:
    with (
        socket.create_server(("127.0.0.1", 65535)),
        pytest.raises(ProcessEnded, match=r"ports 65535–65535 of .+ are all taken"),
    ):
        free_port("127.0.0.1", 65535)
