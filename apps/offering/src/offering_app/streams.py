"""Server-sent events: a document, again and again, as long as somebody watches it change.

The format is that of the HTML standard (section 9.2): a line with the name of the event, one with its data.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kernel.auth import Principal
from kernel.errors import TooMany, Unavailable
from kernel.http.health import Readiness
from kernel.logging import get_logger

MOST = 100
"""Streams of one process; each looks at the database and at the engine."""
MOST_EACH = 10
"""Streams of one account among them, so that nobody takes all."""
LONGEST = 600.0
"""Seconds of one stream; whoever wants more opens the next. None outlives the token it was asked for with."""
HEARTBEAT = 10.0
"""Seconds of silence after which a comment is sent, so that no one between takes the stream for dead."""
FIRST, LAST = 0.3, 1.0
"""Seconds between two looks: as long as something changes, and when nothing has for a while."""
_LEAST = 1.0
"""Seconds of a stream whose token ends just now: time for the present document."""
_STOPPING = 0.1
"""Seconds until a stream has noticed that the process stops."""
_FAREWELL = 1.0
"""Seconds for the last words."""

_log = get_logger(__name__)

Look = Callable[[], Awaitable[tuple[str, bool]]]
"""The present document as one line of JSON, and whether it will not change any more."""


class Streams:
    """The streams of this process: how many there are, and who waits for news of what."""

    def __init__(
        self,
        *,
        most: int = MOST,
        most_each: int = MOST_EACH,
        longest: float = LONGEST,
        heartbeat: float = HEARTBEAT,
        pauses: tuple[float, float] = (FIRST, LAST),
    ) -> None:
        self.longest = longest
        self.heartbeat = heartbeat
        self.pauses = pauses
        self._most = most
        self._most_each = most_each
        self._open = Counter[str]()
        self._waiting: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)

    @property
    def open(self) -> int:
        """How many there are."""
        return self._open.total()

    def wake(self, id: UUID) -> None:
        """Have all who watch this look at once: it was changed by this process."""
        for event in self._waiting.get(id, ()):
            event.set()

    @contextmanager
    def place(self, id: UUID, subject: str) -> Iterator[asyncio.Event]:
        """A place for one who watches; the event is set when it is worth to look.

        Raises:
            TooMany: when the account watches too much already.
            Unavailable: when all do.
        """
        if self._open[subject] >= self._most_each:
            said = f"You watch {self._most_each} publications already; look at another when one has ended."
            raise TooMany(said, code="too_many_streams", retry_after=5.0)
        if self.open >= self._most:
            said = "Too many are watching right now; please look again soon."
            raise Unavailable(said, code="too_many_streams", retry_after=5.0)
        self._open[subject] += 1
        event = asyncio.Event()
        self._waiting[id].add(event)
        try:
            yield event
        finally:
            self._open[subject] -= 1
            if not self._open[subject]:
                del self._open[subject]
            self._waiting[id].discard(event)
            if not self._waiting[id]:
                del self._waiting[id]


class EventStream(Response):
    """Sends a document whenever it has changed: at once the present one, at last the final one.

    It ends then, after the longest time of a stream, with the reader's token, when its reader hangs up, and
    when the process stops, for which a server would wait in vain. While the document cannot be had, nothing
    is sent.
    """

    media_type = "text/event-stream"

    def __init__(
        self, streams: Streams, readiness: Readiness, id: UUID, event: str, look: Look, by: Principal
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._streams = streams
        self._readiness = readiness
        self._id = id
        self._event = event
        self._look = look
        self._by = by

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until there is nothing more to send."""
        longest = min(self._streams.longest, max(_LEAST, self._by.expires - time.time()))
        with self._streams.place(self._id, self._by.subject) as news:
            writing = asyncio.create_task(self._write(send, news))
            leaving = asyncio.create_task(_gone(receive))
            stopping = asyncio.create_task(self._stopped())
            tasks = (writing, leaving, stopping)
            try:
                await asyncio.wait(tasks, timeout=longest, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    if task is not writing or not writing.done():
                        task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            if not writing.cancelled() and (error := writing.exception()) is not None:
                raise error
            if leaving.cancelled():  # a reader who does not read is not waited for
                with suppress(TimeoutError):
                    async with asyncio.timeout(_FAREWELL):
                        await send({"type": "http.response.body", "body": b""})

    async def _write(self, send: Send, news: asyncio.Event) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        now = asyncio.get_running_loop().time
        first, last = self._streams.pauses
        sent, spoken, pause = "", now(), first
        while True:
            news.clear()
            document, final = await self._seen(sent)
            if document != sent:
                sent, spoken, pause = document, now(), first
                said = f"event: {self._event}\ndata: {document}\n\n"
                await send({"type": "http.response.body", "body": said.encode(), "more_body": True})
            if final:
                return
            if now() - spoken >= self._streams.heartbeat:
                spoken = now()
                await send({"type": "http.response.body", "body": b": still here\n\n", "more_body": True})
            try:
                async with asyncio.timeout(min(pause, self._streams.heartbeat)):
                    await news.wait()
            except TimeoutError:
                pause = min(last, pause * 1.1)

    async def _seen(self, before: str) -> tuple[str, bool]:
        try:
            return await self._look()
        except Unavailable as error:
            _log.info("stream.blind", watched=str(self._id), error=error)
            return before, False

    async def _stopped(self) -> None:
        while not self._readiness.stopping:  # noqa: ASYNC110  # a signal handler sets it, which sets no event
            await asyncio.sleep(_STOPPING)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        """What is left of the request says nothing."""
