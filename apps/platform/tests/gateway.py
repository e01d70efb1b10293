"""A gateway that says what a test wants."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from platform_app.tcp_ports import LOOPBACK

NOT_FOUND = 404, {"code": "route_not_found", "detail": "There is nothing at this address."}


class Gateway(ThreadingHTTPServer):
    """Signs everybody in, and answers by method and path; `asked` is what it was asked for.

    A text is answered as it is, all else as JSON. Publications are listed from `pages`.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), _Answers)
        self.answers: dict[str, tuple[int, Any]] = {}
        self.pages: list[list[dict[str, Any]]] = []
        self.asked: list[str] = []

    def answer(self, method: str, target: str) -> tuple[int, Any]:
        """What is said to a request."""
        path, asked = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if path == "/login" and "POST /login" not in self.answers:
            return 200, {"accessToken": "a", "refreshToken": "r", "expiresIn": 300}
        self.asked.append(f"{method} {target}")
        if path != "/api/publications" or f"{method} {path}" in self.answers:
            return self.answers.get(f"{method} {path}", NOT_FOUND)
        page = int(asked.get("page", ["1"])[0])
        more = page + 1 if page < len(self.pages) else None
        total = sum(map(len, self.pages))
        return 200, {"items": self.pages[page - 1] if self.pages else [], "total": total, "next": more}


class _Answers(BaseHTTPRequestHandler):
    server: Gateway

    def do_GET(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers.get("content-length") or 0))
        status, body = self.server.answer(self.command, self.path)
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        """The same."""
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
