"""Refuse what is too big, too deep or too slow before anything is parsed."""

import asyncio
import json
import re
from array import array
from collections.abc import Iterable
from itertools import accumulate

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.errors import Unavailable
from kernel.http.health import PROBES
from kernel.http.problems import problem, refusal

BODY = 1024 * 1024
"""The most bytes of a request body."""
DEPTH = 32
"""How deep JSON may nest."""
VALUES = 10_000
"""The most values in one JSON body: each may cost an error, so this bounds what a bad one can cost."""
IN_FLIGHT = 256
"""The most requests answered at a time, as each may hold a body; probes are answered in any case."""
SLOWEST = 10.0
"""Seconds within which a body must have arrived."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+"?', re.DOTALL)
_STEPS = bytes(1 if chr(code) in "[{" else 255 if chr(code) in "]}" else 0 for code in range(256))
_BRACKETS = b"[]{}"
_OTHERS = bytes(code for code in range(256) if code not in _BRACKETS)


class Limits:
    """Read the whole body within its limits, then hand it on in one piece."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._in_flight >= IN_FLIGHT and scope["path"] not in PROBES:
            await refusal(Unavailable("Too much is going on right now; please try again soon."))(
                scope, receive, send
            )
            return
        self._in_flight += 1
        try:
            if _has_body(scope["headers"]):
                await self._within_limits(scope, receive, send)
            else:  # nothing to wait for and nothing to judge
                await self._app(scope, receive, send)
        finally:
            self._in_flight -= 1

    async def _within_limits(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > BODY:
            await _too_large(scope, receive, send)
            return
        body = bytearray()
        try:
            async with asyncio.timeout(SLOWEST):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return
                    body += message.get("body", b"")
                    if len(body) > BODY:
                        await _too_large(scope, receive, send)
                        return
                    more = message.get("more_body", False)
        except TimeoutError:
            answer = problem(
                408,
                "too_slow",
                f"The body did not arrive within {SLOWEST:.0f} seconds.",
                headers={"Connection": "close"},
            )
            await answer(scope, receive, send)
            return
        whole = bytes(body)
        if "json" in headers.get("content-type", "json").lower() and (refused := _complaint(whole)):
            await refused(scope, receive, send)
            return
        await self._app(scope, _replay(whole, receive), send)


def _complaint(document: bytes) -> Response | None:
    """What is wrong with JSON text before it is parsed, or None."""
    if json.detect_encoding(document) not in ("utf-8", "utf-8-sig"):
        return problem(400, "not_utf8", "JSON must be in UTF-8.")
    values, deepest = shape(document)
    if values > VALUES:
        return problem(413, "too_many_values", f"The JSON holds more than {VALUES} values.")
    if deepest > DEPTH:
        return problem(400, "too_deep", f"The JSON nests deeper than {DEPTH} levels.")
    return None


def shape(document: bytes) -> tuple[int, int]:
    """About how many values JSON text holds, and how deep they nest, without parsing it.

    Strings are cut out and the rest is counted at C speed, so a hostile body costs what an honest one does.
    Beyond the most values the depth does not matter any more and is 0.
    """
    if not any(bracket in document for bracket in (b"[", b"{")):
        return 1, 0
    bare = _STRING.sub(b"", document)
    values = 1 + bare.count(b",") + bare.count(b"[") + bare.count(b"{")
    if values > VALUES:
        return values, 0
    return values, max(accumulate(array("b", bare.translate(_STEPS, _OTHERS))), default=0)


def _has_body(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        if name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            return True
    return False


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(
        413, "too_large", f"The body is larger than {BODY} bytes.", headers={"Connection": "close"}
    )
    await answer(scope, receive, send)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the buffered body once, and then whatever the connection says (a disconnect)."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once
