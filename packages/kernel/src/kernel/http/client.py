"""HTTP to other servers of the platform."""

import httpx

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2)
"""Servers close idle connections after 5 s; one that is closed while it is used looks like a dead server."""


def client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client that waits two seconds at most and never goes through a proxy: what it sends is internal.

    `transport` replaces the network, where the other server lives in this process.
    """
    return httpx.AsyncClient(transport=transport, limits=_LIMITS, timeout=2, trust_env=False)
