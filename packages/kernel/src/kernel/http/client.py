"""HTTP to other servers of the platform."""

import httpx
from opentelemetry.trace import StatusCode

from kernel.tracing import inject, within

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2)
"""Servers close idle connections after 5 s; one that is closed while it is used looks like a dead server."""


def client(
    peer: str,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    limits: httpx.Limits = _LIMITS,
    timeout: float = 2,
) -> httpx.AsyncClient:
    """A client for the server that traces call `peer`; each request is a span and carries its trace context.

    It waits `timeout` seconds at most and never goes through a proxy: what it sends is internal. `transport`
    replaces the network, where the other server lives in this process.
    """
    network = transport or httpx.AsyncHTTPTransport(limits=limits, trust_env=False)
    return httpx.AsyncClient(transport=Traced(peer, network), timeout=timeout, trust_env=False)


class Traced(httpx.AsyncBaseTransport):
    """A transport whose requests are spans of the present trace.

    A span ends when the head of the answer is there. It tells no path, which may have ids and secrets in it.
    """

    def __init__(self, peer: str, transport: httpx.AsyncBaseTransport) -> None:
        self._peer = peer
        self._transport = transport

    async def __aenter__(self) -> "Traced":
        await self._transport.__aenter__()
        return self

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See `AsyncBaseTransport`."""
        attributes = {"http.request.method": request.method, "peer.service": self._peer}
        with within(f"{request.method} {self._peer}", attributes=attributes) as span:
            request.headers.update(inject())
            answer = await self._transport.handle_async_request(request)
            span.set_attribute("http.response.status_code", answer.status_code)
            if answer.status_code >= 500:
                span.set_status(StatusCode.ERROR)
            return answer

    async def aclose(self) -> None:
        """See `AsyncBaseTransport`."""
        await self._transport.aclose()
