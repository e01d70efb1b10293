"""Bounds on a request's head, which the HTTP parser itself does not set."""

import json
from asyncio import AbstractEventLoop, TimerHandle, Transport
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD = 16 * 1024
"""The most bytes of request line and headers."""
CONNECTIONS = 2000
"""The most connections at a time, idle ones included."""
PATIENCE = 10.0
"""Seconds within which a head must have arrived, from its first byte or the connection's beginning."""


class _Answer:
    """The transport as one answer sees it: its head waits for the first of its body, to be sent with it.

    Uvicorn writes them one after the other, which is two calls of the system, two packets and a client woken
    twice. What nobody follows within this turn of the loop goes alone.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._begun = False
        self._head = b""
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Keep the head back; send everything else, after the head."""
        if not self._begun:
            self._begun, self._head = True, data
            self._loop.call_soon(self.flush)
        elif self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Send the head if it still waits."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """Close when all is sent."""
        self.flush()
        self._transport.close()


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol with a largest and a slowest head, one host, and refusals that are problems."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = True
        self._head = 0
        self._late: TimerHandle | None = None
        self._answer: _Answer | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a head; a connection too many is closed at once."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.close()
        else:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives while the head is incomplete."""
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if not (self._in_head and self._head):
            return  # as nearly always: the whole head came at once, and nothing was to be waited for
        if self._head > HEAD:
            self._refuse(431, "head_too_large", f"Request line and headers are larger than {HEAD} bytes.")
        elif self._late is None:
            self._wait_for_head()

    def on_message_begin(self) -> None:
        """A head begins; the parser calls this at the first byte after the last message."""
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """The head is complete: judge it as a whole, because what was counted may hold a part of the body."""
        if self.transport.is_closing():  # this came in the same packet as a head that was refused
            return
        self._stop_waiting()
        self._in_head, self._head = False, 0
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > HEAD:
            self._refuse(431, "head_too_large", f"Request line and headers are larger than {HEAD} bytes.")
        elif self.parser.get_http_version() not in ("1.0", "1.1"):
            self._refuse(400, "bad_request", "The protocol must be HTTP/1.1 or HTTP/1.0.")
        elif not self._addressed():
            self._refuse(400, "bad_request", "The request must name its host once.")
        else:
            super().on_headers_complete()
            self._answer = _Answer(self.transport, self.loop)
            cast(Any, self.cycle).transport = self._answer

    def _addressed(self) -> bool:
        """Whether the request says whom it is for, and says it once (RFC 9112, section 3.2)."""
        hosts = [value for name, value in self.headers if name == b"host"]
        if self.url.startswith(b"/") or self.url == b"*":
            return len(hosts) == 1 or (not hosts and self.parser.get_http_version() == "1.0")
        _, _, after = self.url.partition(b"://")
        return [after.partition(b"/")[0].lower()] == [host.lower() for host in hosts]

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

    def send_400_response(self, msg: str) -> None:
        """What the parser could not read; `msg` is uvicorn's."""
        self._refuse(400, "bad_request", "This is not a well-formed HTTP request.")

    def _refuse(self, status: int, code: str, detail: str) -> None:
        """Answer with a problem and close. No app has seen the request, so there is neither trace nor log."""
        if self.transport.is_closing():
            return
        earlier = getattr(self, "cycle", None)
        if earlier is None or earlier.response_complete:  # else this would be taken for its answer
            title = HTTPStatus(status).phrase
            body = json.dumps(
                {
                    "type": f"urn:catalog:problem:{code}",
                    "title": title,
                    "status": status,
                    "detail": detail,
                    "code": code,
                    "traceId": "",
                }
            )
            head = (
                f"HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\n"
                f"connection: close\r\ncontent-length: {len(body)}\r\n\r\n"
            )
            if self._answer is not None:
                self._answer.flush()
            self.transport.write((head + body).encode())
        self.transport.close()
