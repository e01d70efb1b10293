"""The publish process on an engine: `bpmn/publish_offering.bpmn`, an instance for each publication."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import TypeVar
from uuid import UUID

from kernel.breaker import Breaker
from kernel.errors import Unavailable
from kernel.logging import get_logger
from kernel.origin import present_origin
from kernel.process import Engine, Instance, Scalar, TaskRefused
from kernel.tracing import inject
from offering.domain import Content, Publication

PROCESS = "publish-offering"
"""The id of the process in its diagram."""
DEADLINE = 0.8
"""Seconds for a look: whoever looks at a publication is answered within one, the engine there or not."""
LONGEST_STATE = 512
"""Characters of a tracestate that travel on, as W3C's Trace Context asks for: variables have an end."""
START = 8.0
"""Seconds for a start: less than whoever hears an event has for it, so that a slow engine is told as one."""
COOLDOWN = 1.0
"""Seconds for which nobody looks after the engine has failed to answer: many may be watching."""

_AWAY = "The process engine does not answer right now; please try again soon."
_REFUSED = "The process engine has refused this; the platform's log says why."

T = TypeVar("T")
_log = get_logger(__name__)


class EngineProcess:
    """See `PublishProcess`. The business key of an instance is the id of its publication.

    What the engine says of itself goes to the log: nobody who waits for it could do anything with that.
    """

    def __init__(
        self, engine: Engine, breaker: Breaker, *, deadline: float = DEADLINE, start: float = START
    ) -> None:
        self._engine = engine
        self._breaker = breaker
        self._deadline = deadline
        self._start = start

    def context(self) -> Mapping[str, str]:
        """See `PublishProcess`: the trace and the correlation id."""
        trace = {name: value for name, value in inject().items() if name in ("traceparent", "tracestate")}
        if len(trace.get("tracestate", "")) > LONGEST_STATE:
            del trace["tracestate"]  # whole: its entries mean something to others only
        return {"correlationId": present_origin().correlation_id, **trace}

    async def start(self, publication: Publication, draft: Content) -> None:
        """See `PublishProcess`. What travels with the process is small: drafts go with events."""
        try:
            context = publication.waits_with or self.context()
            said = {**variables(publication, draft), **context}
            async with asyncio.timeout(self._start):
                await _asked(self._engine.start(PROCESS, str(publication.id), said))
        except TimeoutError as error:
            _log.warning("process.slow", publication=str(publication.id), seconds=self._start)
            raise Unavailable(_AWAY) from error
        except TaskRefused as error:
            if error.code != "gone":
                raise
            _log.warning("process.not_deployed", process=PROCESS)
            raise Unavailable("The publish process is not deployed yet.") from error

    async def progress(self, publication_id: UUID) -> Instance | None:
        """See `PublishProcess`."""
        return await self._breaker.call(lambda: self._look(publication_id))

    async def stuck(self) -> Mapping[UUID, str]:
        """See `PublishProcess`."""
        found = await _asked(self._engine.incidents(PROCESS))
        named = [(_id(one.business_key), one.activity) for one in found]
        return {id: step for id, step in named if id is not None}

    async def retry(self, publication_id: UUID) -> int:
        """See `PublishProcess`."""
        try:
            return await _asked(self._engine.retry(PROCESS, str(publication_id)))
        except TaskRefused as error:
            if error.code != "gone":
                raise
            return 0

    async def cancel(self, publication_id: UUID) -> None:
        """See `PublishProcess`."""
        try:
            await _asked(self._engine.cancel(PROCESS, str(publication_id)))
        except TaskRefused as error:
            if error.code != "gone":
                raise

    async def _look(self, id: UUID) -> Instance | None:
        try:
            async with asyncio.timeout(self._deadline):
                return await _asked(self._engine.look(PROCESS, str(id)))
        except TimeoutError as error:
            raise Unavailable(_AWAY) from error


def variables(publication: Publication, draft: Content) -> dict[str, Scalar]:
    """What the steps are told of a publication, as scalars of at most 4,000 characters."""
    return {
        "publicationId": str(publication.id),
        "offeringId": str(publication.offering_id),
        "offeringKey": publication.offering_key,
        "offeringVersion": publication.offering_version,
        "specificationId": str(draft.specification_id),
        "priceIds": ",".join(map(str, draft.price_ids)),
        "requestedBy": publication.requested_by,
    }


async def _asked(call: Awaitable[T]) -> T:
    """What the engine answers. Raises Unavailable and TaskRefused, in words of ours."""
    try:
        return await call
    except Unavailable as error:
        _log.warning("process.away", error=error)
        raise Unavailable(_AWAY, retry_after=error.retry_after) from error
    except TaskRefused as error:
        if error.code != "gone":
            _log.warning("process.refused", code=error.code, error=error)
        raise TaskRefused(_REFUSED, code=error.code) from error


def _id(business_key: str) -> UUID | None:
    try:
        return UUID(business_key)
    except ValueError:  # somebody has begun one by hand
        return None
