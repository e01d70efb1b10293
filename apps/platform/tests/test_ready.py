"""Asking a server whether it serves."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from platform_app.servers.ready import answers, basic
from platform_app.tcp_ports import LOOPBACK, free_port


class Page(BaseHTTPRequestHandler):
    """One page, for one person."""

    def do_GET(self) -> None:
        known = self.headers["Authorization"] == "Basic YWRhOnNlY3JldA=="
        self.send_response(404 if self.path != "/page" else 200 if known else 401)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer((LOOPBACK, 0), Page) as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        yield server.server_port
        server.shutdown()


def test_only_200_counts(port: int) -> None:
    assert answers(port, "/page", authorization=basic("ada", "secret"))
    assert not answers(port, "/page", authorization=basic("ada", "wrong"))
    assert not answers(port, "/page")
    assert not answers(port, "/elsewhere", authorization=basic("ada", "secret"))


def test_a_closed_port_does_not_answer() -> None:
    assert not answers(free_port(), "/page")
