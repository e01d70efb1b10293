"""Refuse what is too big, too deep or too slow before anything is parsed."""

import asyncio
import re
from array import array
from itertools import accumulate

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.http.problems import problem

BODY = 1024 * 1024
"""The most bytes of a request body."""
DEPTH = 32
"""How deep JSON may nest."""
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > BODY:
            await _too_large(scope, receive, send)
            return
        body = bytearray()
        try:
            async with asyncio.timeout(SLOWEST):
                more = _has_body(headers)
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
        if "json" in headers.get("content-type", "json").lower() and depth(bytes(body)) > DEPTH:
            answer = problem(400, "too_deep", f"The JSON nests deeper than {DEPTH} levels.")
            await answer(scope, receive, send)
            return
        await self._app(scope, _replay(bytes(body), receive), send)


def depth(document: bytes) -> int:
    """How deep brackets nest in JSON text, without parsing it.

    Strings are cut out and the rest is summed at C speed, so a hostile body costs what an honest one does.
    """
    if not any(bracket in document for bracket in (b"[", b"{")):
        return 0
    brackets = _STRING.sub(b"", document).translate(_STEPS, _OTHERS)
    return max(accumulate(array("b", brackets)), default=0)


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


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
