"""The publish process on an engine: `bpmn/publish_offering.bpmn`, an instance for each publication."""

import asyncio
from collections.abc import Collection
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
COOLDOWN = 1.0
"""Seconds for which nobody looks after the engine has failed to answer: many may be watching."""

_log = get_logger(__name__)


class EngineProcess:
    """See `PublishProcess`. The business key of an instance is the id of its publication."""

    def __init__(self, engine: Engine, breaker: Breaker, *, deadline: float = DEADLINE) -> None:
        self._engine = engine
        self._breaker = breaker
        self._deadline = deadline

    async def start(self, publication: Publication, draft: Content) -> None:
        """See `PublishProcess`. What travels with the process is small: drafts go with events."""
        try:
            await self._engine.start(PROCESS, str(publication.id), variables(publication, draft))
        except TaskRefused as error:
            if error.code != "gone":
                raise
            _log.warning("process.not_deployed", process=PROCESS)
            raise Unavailable("The publish process is not deployed yet.") from error

    async def progress(self, publication_id: UUID) -> Instance | None:
        """See `PublishProcess`."""
        return await self._breaker.call(lambda: self._look(publication_id))

    async def stuck(self) -> Collection[UUID]:
        """See `PublishProcess`."""
        return set(filter(None, (_id(one.business_key) for one in await self._engine.incidents(PROCESS))))

    async def retry(self, publication_id: UUID) -> int:
        """See `PublishProcess`."""
        try:
            return await self._engine.retry(PROCESS, str(publication_id))
        except TaskRefused as error:
            if error.code != "gone":
                raise
            return 0

    async def cancel(self, publication_id: UUID) -> None:
        """See `PublishProcess`."""
        try:
            await self._engine.cancel(PROCESS, str(publication_id))
        except TaskRefused as error:
            if error.code != "gone":
                raise

    async def _look(self, id: UUID) -> Instance | None:
        try:
            async with asyncio.timeout(self._deadline):
                return await self._engine.look(PROCESS, str(id))
        except TimeoutError as error:
            raise Unavailable("The process engine does not answer in time.") from error


def variables(publication: Publication, draft: Content) -> dict[str, Scalar]:
    """What the steps are told of a publication, as scalars of at most 4,000 characters."""
    trace = {name: value for name, value in inject().items() if name in ("traceparent", "tracestate")}
    return {
        "publicationId": str(publication.id),
        "offeringId": str(publication.offering_id),
        "offeringKey": publication.offering_key,
        "offeringVersion": publication.offering_version,
        "specificationId": str(draft.specification_id),
        "priceIds": ",".join(map(str, draft.price_ids)),
        "requestedBy": publication.requested_by,
        "correlationId": present_origin().correlation_id,
        **trace,
    }


def _id(business_key: str) -> UUID | None:
    try:
        return UUID(business_key)
    except ValueError:  # somebody has begun one by hand
        return None
