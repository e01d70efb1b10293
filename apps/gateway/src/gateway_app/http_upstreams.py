"""The port `Upstreams` over HTTP: one pool of connections to all instances of all services."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

from aiohttp import ClientError, ClientResponse, ClientSession, DummyCookieJar, TCPConnector
from multidict import CIMultiDict

from gateway_app.headers import HOP_BY_HOP, end_to_end
from gateway_app.instances import AsAsked, Asked, Instance, NotSent, as_lost
from gateway_app.ports import SILENCE, Broken, Overdue, Send, is_stream
from kernel.breaker import state_of
from kernel.errors import Unavailable
from kernel.logging import get_logger
from kernel.metrics import Reading

BUSY = 128
"""Requests under way to one service at most. The gateway answers 256, so none can take all of them."""
STREAMS = 100
"""Streams of events from one service at most, beside those: who watches keeps nobody from asking."""
_LOOKS = 4  # connections beside those, for looks at readiness: a busy service must not look like a dead one
IDLE = 2.0
"""Seconds that a connection may be idle: less than the five after which uvicorn closes it, as we may send."""
LOOK = 0.25
"""Seconds between looks at instances that stand in for each other; one that stops says so a second ahead."""
_OF_THE_SERVER = HOP_BY_HOP | {b"date"}  # ours sends its own
_NOT_SENT = frozenset({b"host", b"content-length", b"expect"})  # written anew, or answered already
_log = get_logger(__name__)


class HttpUpstreams:
    """Asks the instances of a service in turn, and the next one when a connection cannot be made.

    Addresses come from the settings and from nowhere else; redirects are handed on, not followed.
    """

    def __init__(
        self,
        addresses: Mapping[str, Sequence[object]],
        *,
        deadline: float,
        cooldown: float,
        silence: float = SILENCE,
    ) -> None:
        self._deadline = deadline
        self._silence = silence
        self._instances = {
            service: [Instance(service, str(one), deadline=deadline, cooldown=cooldown) for one in every]
            for service, every in addresses.items()
        }
        self._turn = Counter[str]()
        self._under_way = Counter[str]()
        self._streams = Counter[str]()

    async def __aenter__(self) -> Self:
        self._session = ClientSession(
            connector=TCPConnector(limit=0, limit_per_host=BUSY + STREAMS + _LOOKS, keepalive_timeout=IDLE),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            request_class=AsAsked,
            trust_env=False,
            middlewares=(as_lost,),
        )
        several = [one for every in self._instances.values() if len(every) > 1 for one in every]
        self._looking = [asyncio.create_task(self._look(one)) for one in several]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._looking:
            task.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)
        await self._session.close()

    @property
    def names(self) -> Collection[str]:
        """See `Upstreams`."""
        return self._instances.keys()

    async def forward(self, service: str, scope: MutableMapping[str, Any], body: bytes, send: Send) -> None:
        """See `Upstreams`."""
        if self._under_way[service] >= BUSY:
            raise _busy(service)
        self._under_way[service] += 1
        try:
            await self._forward(service, _asked(scope, body), send)
        finally:
            self._under_way[service] -= 1

    async def check(self, service: str) -> Mapping[str, Any] | None:
        """See `Upstreams`: whether any instance answers, and how each of the breakers is.

        They are numbered as in the settings: everybody may ask, and where they are is not everybody's.
        """
        every = self._instances[service]
        found = await asyncio.gather(*(self._status(one, "/healthz") for one in every))
        if not any(found):
            raise Unavailable(f"The service {service} does not answer.", code="upstream_unreachable")
        return {str(number): one.breaker.state for number, one in enumerate(every, start=1)}

    async def measured(self) -> Iterable[Reading]:
        """How the breaker of each instance is, for metrics."""
        every = (one for instances in self._instances.values() for one in instances)
        return [reading for one in every for reading in state_of(one.breaker, {"instance": one.address})]

    async def _forward(self, service: str, asked: Asked, send: Send) -> None:
        now = asyncio.get_running_loop().time
        begin = now()
        response = await self._answer(service, asked, self._deadline)
        left = self._deadline - (now() - begin)
        try:
            if is_stream(response.raw_headers):
                with self._as_stream(service):
                    await _pass_on(response, send, self._silence, again=True)
            else:
                await _pass_on(response, send, left, again=False)
        except (ClientError, TimeoutError) as error:
            _log.warning("upstream.broken", upstream=service, error=error)
            raise Broken(service) from error
        finally:
            response.close()

    @contextmanager
    def _as_stream(self, service: str) -> Iterator[None]:
        """Count what is under way as a stream. Raises Unavailable when there are too many."""
        if self._streams[service] >= STREAMS:
            raise _busy(service)
        self._under_way[service] -= 1
        self._streams[service] += 1
        try:
            yield
        finally:
            self._streams[service] -= 1
            self._under_way[service] += 1

    async def _answer(self, service: str, asked: Asked, deadline: float) -> ClientResponse:
        """The head of the answer of the first instance that can be reached, within one deadline."""
        refused: list[NotSent] = []
        now = asyncio.get_running_loop().time
        until = now() + deadline
        for instance in self._in_turn(service):
            try:
                return await instance.ask(self._session, asked, until - now())
            except NotSent as error:
                refused.append(error)
            if now() >= until:
                raise Overdue
        raise min(refused, key=lambda one: one.retry_after)

    def _in_turn(self, service: str) -> Iterator[Instance]:
        """All instances, another one first each time, those that are about to stop last."""
        every = self._instances[service]
        if len(every) == 1:
            yield every[0]
            return
        self._turn[service] = first = (self._turn[service] + 1) % len(every)
        yield from sorted(every[first:] + every[:first], key=lambda one: one.resting)

    async def _look(self, instance: Instance) -> None:
        """Know of an instance that it stops before it refuses connections, so that nothing is lost."""
        while True:
            instance.resting = await self._status(instance, "/readyz") in (0, 503)
            await asyncio.sleep(LOOK)

    async def _status(self, instance: Instance, path: str) -> int:
        """What it answers, or 0."""
        try:
            return await instance.peek(self._session, path)
        except Unavailable:
            return 0


async def _pass_on(response: ClientResponse, send: Send, left: float, *, again: bool) -> None:
    """Send the answer as it comes, within the seconds that are `left` for all, or `again` for each part."""
    now = asyncio.get_running_loop().time
    await send({"type": "http.response.start", "status": response.status, "headers": _headers(response)})
    content = response.content
    if content.is_eof():  # as nearly always: it came with the head
        await send({"type": "http.response.body", "body": content.read_nowait()})
        return
    more = True
    while more:
        begin = now()
        async with asyncio.timeout(left):
            chunk = await content.readany()
        if not again:
            left -= now() - begin
        more = not content.at_eof()
        await send({"type": "http.response.body", "body": chunk, "more_body": more})


def _busy(service: str) -> Unavailable:
    said = f"The service {service} has too much to do right now; please try again soon."
    return Unavailable(said, code="upstream_busy")


def _asked(scope: MutableMapping[str, Any], body: bytes) -> Asked:
    query = scope["query_string"]
    target = scope["raw_path"] + (b"?" + query if query else b"")
    headers = CIMultiDict(
        (name.decode(), value.decode(errors="replace"))  # aiohttp writes them in UTF-8
        for name, value in scope["headers"]
        if name not in _NOT_SENT
    )
    return Asked(scope["method"], target.decode("ascii"), headers, body)


def _headers(response: ClientResponse) -> list[tuple[bytes, bytes]]:
    headers = end_to_end(response.raw_headers, _OF_THE_SERVER)
    if response.status in (204, 304):  # they have no body, so their length would be believed and waited for
        return [pair for pair in headers if pair[0] != b"content-length"]
    return headers
