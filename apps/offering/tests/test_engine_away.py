"""The publish process on an engine that is slow, away, or says no: in words for those who wait for it."""

import asyncio
import time
from typing import cast
from uuid import uuid4

import pytest

from apps.offering.tests.test_process import DRAFT, publication
from kernel.breaker import Breaker
from kernel.errors import CatalogError, Unavailable
from kernel.process import Engine, Incident, Instance, TaskRefused, Variables
from offering_app.process import START, EngineProcess

AWAY = "The process engine does not answer right now; please try again soon."
REFUSED = "The process engine has refused this; the platform's log says why."
INSIDE = Unavailable("ConnectError('All connection attempts failed')", retry_after=3.0)
JAVA = TaskRefused("org.camunda.bpm.engine.ProcessEngineException: ENGINE-03083", code="refused")


class Broken:
    """An engine that fails at everything in the same way; without one it never answers."""

    def __init__(self, error: CatalogError | None) -> None:
        self.error = error

    async def start(self, process: str, business_key: str, variables: Variables) -> None:
        """See `Engine`."""
        await self._fail()

    async def look(self, process: str, business_key: str) -> Instance | None:
        """See `Engine`."""
        await self._fail()
        return None

    async def incidents(self, process: str) -> list[Incident]:
        """See `Engine`."""
        await self._fail()
        return []

    async def retry(self, process: str, business_key: str, retries: int = 1) -> int:
        """See `Engine`."""
        await self._fail()
        return 0

    async def cancel(self, process: str, business_key: str) -> None:
        """See `Engine`."""
        await self._fail()

    async def _fail(self) -> None:
        if self.error is None:
            await asyncio.Event().wait()
        else:
            raise self.error


def on(error: CatalogError | None) -> EngineProcess:
    """The process on such an engine, whose starts have 0.2 s."""
    return EngineProcess(cast(Engine, Broken(error)), Breaker("engine"), start=0.2)


async def told(process: EngineProcess) -> list[CatalogError]:
    """What each method raises."""
    found = list[CatalogError]()
    for asked in (
        process.start(publication(), DRAFT),
        process.progress(uuid4()),
        process.stuck(),
        process.retry(uuid4()),
        process.cancel(uuid4()),
    ):
        with pytest.raises(CatalogError) as caught:
            await asked
        found.append(caught.value)
    return found


async def test_a_slow_start_is_an_engine_that_is_away() -> None:
    assert START < 10.0  # which whoever hears an event has
    begin = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        await on(None).start(publication(), DRAFT)
    assert (caught.value.message, 0.1 < time.monotonic() - begin < 2.0) == (AWAY, True)


async def test_what_is_wrong_inside_stays_inside() -> None:
    for error in await told(on(INSIDE)):
        assert isinstance(error, Unavailable)
        assert (error.message, error.retry_after) == (AWAY, 3.0)


async def test_a_refusal_is_told_without_the_words_of_the_engine() -> None:
    for error in await told(on(JAVA)):
        assert isinstance(error, TaskRefused)
        assert (error.message, error.code) == (REFUSED, "refused")
