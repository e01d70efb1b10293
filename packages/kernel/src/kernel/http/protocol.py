"""Bounds on a request's head, which the HTTP parser itself does not set."""

from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD = 16 * 1024
"""The most bytes of request line and headers."""
PATIENCE = 10.0
"""Seconds within which the head must have arrived, from its first byte (or from the connection's beginning).
"""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: application/problem+json\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%s"
)
_TOO_LARGE_BODY = (
    b'{"type":"urn:catalog:problem:head_too_large","title":"Request Header Fields Too Large","status":431,'
    b'"detail":"Request line and headers are larger than 16384 bytes.","code":"head_too_large","traceId":""}'
)


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol with a largest head and a slowest head."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = True
        self._head = 0
        self._late: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives while the head is incomplete."""
        if self._in_head:
            if self._late is None:
                self._wait_for_head()
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > HEAD:
            self._refuse()

    def on_message_begin(self) -> None:
        """A head begins; the parser calls this at the first byte after the last message."""
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """The head is complete: judge its true size, because what was counted may hold a part of the body."""
        self._stop_waiting()
        self._in_head, self._head = False, 0
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > HEAD:
            self._refuse()
            return
        if self.parser.get_http_version() not in ("1.0", "1.1"):
            self.send_400_response("Unsupported protocol version.")  # 0.9 has no headers to judge it by
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Drop the body of a refused head."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """A message ends; the next byte begins a head."""
        if not self.transport.is_closing():
            super().on_message_complete()
        self._in_head, self._head = True, 0

    def _wait_for_head(self) -> None:
        self._late = self.loop.call_later(PATIENCE, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TOO_LARGE % (len(_TOO_LARGE_BODY), _TOO_LARGE_BODY))
            self.transport.close()
