"""The public keys of an issuer, cached without ever blocking the event loop."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from contextvars import Context
from typing import Any, Self

import httpx
import jwt
from jwt import PyJWK

from kernel.errors import Unavailable
from kernel.logging import get_logger

FRESH = 300.0
"""Seconds for which keys are used without asking again; so long can a withdrawn key still be believed."""
STALE = 3600.0
"""Seconds beyond that for which the last known keys serve while the issuer does not answer."""
COOLDOWN = 30.0
"""Seconds between two fetches forced by unknown key ids, and between two tries after a failure."""
HURRY = 1.0
"""Seconds between two tries while no key may serve: the issuer may just be starting."""

_DEADLINE = 2.0
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 32
_RSA_BITS = 2048
_log = get_logger(__name__)


class Jwks(AbstractAsyncContextManager["Jwks"]):
    """The signing keys behind one fixed address (reliability decisions S1 and S4).

    A token cannot make this fetch anything but that address, nor more often than the cool-down allows.
    Concurrent callers share one fetch. `clock` is monotonic seconds.
    """

    def __init__(
        self, http: httpx.AsyncClient, url: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._http = http
        self._url = url
        self._clock = clock
        self._keys: Mapping[str, PyJWK] = {}
        self._fetched: float | None = None
        self._failed: float | None = None
        self._forced: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> PyJWK | None:
        """The signing key with this id, or None when the issuer has no such key.

        Raises:
            Unavailable: when no key could be read lately enough to decide.
        """
        await self._freshen()
        if kid not in self._keys and not self._within(self._forced, COOLDOWN) and not self._just_asked():
            self._forced = self._clock()
            await self._fetch()
        if self._age() > FRESH + STALE:
            raise Unavailable(
                "Sign-in cannot be checked right now; please try again soon.",
                retry_after=HURRY,
            )
        return self._keys.get(kid)

    async def check(self) -> None:
        """Readiness: raise `Unavailable` when tokens could not be judged now."""
        await self._freshen()
        if self._age() > FRESH + STALE:
            raise Unavailable(f"no signing keys from {self._url}")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Abandon a fetch under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _freshen(self) -> None:
        """Fetch when it is time. While an issuer that failed is away, nobody waits for it who has keys."""
        if self._age() <= FRESH:
            return
        if self._failed is None:
            await self._fetch()
        elif self._age() > FRESH + STALE:
            if not self._within(self._failed, HURRY):
                await self._fetch()
        elif not self._within(self._failed, COOLDOWN):
            self._begin_fetch()

    def _age(self) -> float:
        return float("inf") if self._fetched is None else self._clock() - self._fetched

    def _within(self, moment: float | None, seconds: float) -> bool:
        return moment is not None and self._clock() - moment < seconds

    def _just_asked(self) -> bool:
        """Whether a fetch ended within the last second: asking again at once would bring the same answer."""
        return self._within(self._fetched, 1.0) or self._within(self._failed, 1.0)

    async def _fetch(self) -> None:
        """Join the fetch under way, or begin one.

        A caller that is cancelled does not take the fetch with it.
        """
        await asyncio.shield(self._begin_fetch())

    def _begin_fetch(self) -> asyncio.Task[None]:
        if self._fetching is None or self._fetching.done():
            # An empty context: the fetch belongs to nobody's request, log fields or trace.
            self._fetching = asyncio.create_task(self._refresh(), context=Context())
        return self._fetching

    async def _refresh(self) -> None:
        try:
            async with asyncio.timeout(_DEADLINE):
                self._keys = _signing_keys(await self._read())
        except (TimeoutError, httpx.HTTPError, ValueError, RecursionError) as error:
            self._failed = self._clock()
            _log.warning("jwks.unreadable", url=self._url, error=error, keys_kept=len(self._keys))
        else:
            self._fetched, self._failed = self._clock(), None
            _log.info("jwks.read", url=self._url, keys=len(self._keys))

    async def _read(self) -> Any:
        async with self._http.stream("GET", self._url, follow_redirects=False) as response:
            if response.status_code != httpx.codes.OK:
                raise ValueError(f"status {response.status_code}")
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > _MOST_BYTES:
                    raise ValueError(f"more than {_MOST_BYTES} bytes")
        return json.loads(body)


def _signing_keys(document: Any) -> dict[str, PyJWK]:
    """The usable signing keys of a JWKS document by id; what is unusable is left out.

    Raises:
        ValueError: when the document is none, or no key in it is usable.
    """
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) > _MOST_KEYS:
        raise ValueError("not a set of at most 32 keys")
    keys: dict[str, PyJWK] = {}
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
            continue
        kid = entry.get("kid")
        try:
            key = PyJWK.from_dict(entry)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
        if isinstance(kid, str) and _strong(key):
            keys[kid] = key
    if not keys:
        raise ValueError("no usable signing key")
    return keys


def _strong(key: PyJWK) -> bool:
    if key.key_type == "RSA":
        return int(key.key.key_size) >= _RSA_BITS
    return key.key_type == "EC" and key.algorithm_name == "ES256"
