"""Events that come twice, late or astray, and what a crash leaves of a publication."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from apps.offering.tests.conftest import FORGE, Service, found
from kernel.errors import Unavailable
from offering.domain import Publication
from offering.memory import MemoryPublishProcess
from offering.use_cases.confirm import Confirm
from offering.use_cases.reject import Reject
from tests.contract.carriers import eventually
from tests.service import running, running_afresh


async def request(service: Service) -> tuple[UUID, dict[str, Any]]:
    """The id and the data of the event of the last request."""
    asked = "select * from event_log where type = 'publication.requested.v1' order by seq"
    row = (await service.rows(asked))[-1]
    return row["event_id"], row["payload"]


async def test_an_event_that_comes_again_or_late_does_nothing(service: Service) -> None:
    one = await service.published()
    id, data = await request(service)
    await service.delivered()
    before, publications = await service.counts(), await service.rows("table publication")
    await service.hear("publication.requested.v1", data, id=id)
    await service.hear("publication.requested.v1", data)
    await service.hear("publication.requested.v1", {**data, "publicationId": str(uuid4())})
    await service.hear("publication.requested.v1", {**data, "id": str(uuid4())})
    assert await service.counts() == before
    assert await service.rows("table publication") == publications
    assert found(await service.get(f"/offerings/{one['id']}")) == one


async def test_an_event_of_a_former_publication_does_not_touch_the_present_one(
    stalled: Service, process: MemoryPublishProcess
) -> None:
    one = await stalled.drafted()
    first = await stalled.requested(one["id"], 1)
    await stalled.delivered()
    _, data = await request(stalled)
    message = Reject(publication_id=UUID(first["id"]), code="TIMEOUT", message="It took too long.")
    await stalled.container.reject()(message)
    second = await stalled.requested(one["id"], 3)
    await stalled.delivered()
    process.started.clear()
    await stalled.hear("publication.requested.v1", data)
    assert process.started == {}
    assert found(await stalled.get(f"/publications/{first['id']}"))["status"] == "REJECTED"
    assert found(await stalled.get(f"/publications/{second['id']}"))["status"] == "RUNNING"


class Engine:
    """A process that cannot begin while it is `away`, and calls `then` when it has begun."""

    def __init__(self, *, away: bool = False, then: Callable[[Publication], Awaitable[object]] | None = None):
        self.away = away
        self.then = then
        self.started: list[UUID] = []

    async def start(self, publication: Publication) -> None:
        """See `PublishProcess`."""
        if self.away:
            raise Unavailable("The engine does not answer.")
        self.started.append(publication.id)
        if self.then is not None:
            await self.then(publication)


async def failed_once(service: Service) -> None:
    """Wait until an event could not be handled, and waits to be tried again."""

    async def tried() -> bool:
        return bool(await service.rows("select 1 from outbox_pending where attempts > 0"))

    await eventually(tried)


async def test_while_the_process_is_away_the_request_waits(url: str) -> None:
    engine = Engine(away=True)
    async with running_afresh("offering_app", url, FORGE, process=engine) as plain:
        service = Service(**vars(plain))
        one = await service.drafted()
        publication = await service.requested(one["id"], 1)
        await failed_once(service)
        assert found(await service.get(f"/publications/{publication['id']}"))["status"] == "REQUESTED"
        assert await service.rows("table inbox") == []
        engine.away = False
        await service.delivered()
        assert found(await service.get(f"/publications/{publication['id']}"))["status"] == "RUNNING"
        assert engine.started == [UUID(publication["id"])]
        assert len(await service.rows("table inbox")) == 1


async def test_who_dies_between_the_request_and_the_start_loses_nothing(url: str) -> None:
    async with running_afresh("offering_app", url, FORGE, process=Engine(away=True)) as plain:
        service = Service(**vars(plain))
        one = await service.drafted()
        publication = await service.requested(one["id"], 1)
        await failed_once(service)
    async with running("offering_app", url, FORGE) as plain:
        another = Service(**vars(plain))
        assert (await another.ended(publication))["status"] == "PUBLISHED"
        await another.delivered()
        assert await another.told() == [
            ("offering.drafted.v1", 1),
            ("publication.requested.v1", 2),
            ("offering.published.v1", 3),
        ]


async def test_the_note_of_the_inbox_and_what_was_done_are_one(url: str) -> None:
    engine = Engine()
    async with running_afresh("offering_app", url, FORGE, process=engine) as plain:
        service = Service(**vars(plain))

        async def confirm_and_die(publication: Publication) -> None:
            await service.container.confirm()(Confirm(publication_id=publication.id))
            raise Unavailable("Killed before the commit.")

        engine.then = confirm_and_die
        one = await service.drafted()
        await service.requested(one["id"], 1)
        await failed_once(service)
        assert len(engine.started) >= 1
        assert await service.rows("table inbox") == []
        assert await service.told() == [("offering.drafted.v1", 1), ("publication.requested.v1", 2)]
        assert await service.rows("select status from publication") == [{"status": "REQUESTED"}]


async def test_the_request_and_its_publication_are_one_transaction(service: Service) -> None:
    one = await service.drafted()
    async with service.database.begin() as connection:
        await connection.execute(text("alter table publication add constraint never check (false)"))
    assert (await service.publish(one["id"], 1)).status_code == 500
    assert found(await service.get(f"/offerings/{one['id']}")) == one
    assert await service.told() == [("offering.drafted.v1", 1)]
