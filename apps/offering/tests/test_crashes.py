"""Events that come twice, late or astray, and what a crash leaves of a publication."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from apps.offering.tests.conftest import FORGE, Others, Service, found
from kernel.engine import EmbeddedEngine
from kernel.errors import Unavailable
from kernel.workers import Worker
from offering.domain import Content, Publication
from offering.memory import MemoryPublishProcess
from offering.use_cases.reject import Reject
from tests.contract.carriers import eventually
from tests.service import Idle, running, running_afresh


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


class Dying(MemoryPublishProcess):
    """A process that is lost to its caller when it has begun, as often as it is told to."""

    times = 0

    async def start(self, publication: Publication, draft: Content) -> None:
        """See `PublishProcess`."""
        await super().start(publication, draft)
        if self.times:
            self.times -= 1
            raise Unavailable("Killed before the answer.")


async def failed_once(service: Service) -> None:
    """Wait until an event could not be handled, and waits to be tried again."""

    async def tried() -> bool:
        return bool(await service.rows("select 1 from outbox_pending where attempts > 0"))

    await eventually(tried)


async def test_while_the_process_is_away_the_request_waits(url: str) -> None:
    process = MemoryPublishProcess(away=True)
    async with running_afresh("offering_app", url, FORGE, process=process, engine=Idle()) as plain:
        service = Service(**vars(plain))
        one = await service.drafted()
        publication = await service.requested(one["id"], 1)
        await failed_once(service)
        shown = found(await service.get(f"/publications/{publication['id']}"))
        assert (shown["status"], shown["steps"]) == ("REQUESTED", None)
        assert await service.rows("table inbox") == []
        process.away = False
        await service.delivered()
        assert found(await service.get(f"/publications/{publication['id']}"))["status"] == "RUNNING"
        assert list(process.started) == [UUID(publication["id"])]
        assert len(await service.rows("table inbox")) == 1


async def test_who_dies_between_the_request_and_the_start_loses_nothing(
    url: str, engine: EmbeddedEngine, others: Others
) -> None:
    away = MemoryPublishProcess(away=True)
    async with running_afresh("offering_app", url, FORGE, process=away, engine=Idle()) as plain:
        service = Service(**vars(plain))
        one = await service.drafted()
        publication = await service.requested(one["id"], 1)
        await failed_once(service)
    async with (
        Worker(engine, others.tasks()),
        running("offering_app", url, FORGE, engine=engine) as plain,
    ):
        another = Service(**vars(plain))
        assert (await another.ended(publication))["status"] == "PUBLISHED"
        await another.delivered()
        assert await another.told() == [
            ("offering.drafted.v1", 1),
            ("publication.requested.v1", 2),
            ("offering.published.v1", 3),
        ]


async def test_who_dies_after_the_start_has_begun_one(url: str) -> None:
    process = Dying()
    process.times = 1
    async with running_afresh("offering_app", url, FORGE, process=process, engine=Idle()) as plain:
        service = Service(**vars(plain))
        one = await service.drafted()
        publication = await service.requested(one["id"], 1)
        await failed_once(service)
        assert list(process.started) == [UUID(publication["id"])]
        assert await service.rows("select status from publication") == [{"status": "REQUESTED"}]
        assert await service.rows("table inbox") == []
        await service.delivered()
        assert list(process.started) == [UUID(publication["id"])]
        assert await service.rows("select status from publication") == [{"status": "RUNNING"}]
        assert len(await service.rows("table inbox")) == 1


async def test_an_event_that_comes_many_times_at_once_begins_one_instance(
    service: Service, engine: EmbeddedEngine, others: Others
) -> None:
    others.hold["pricing.lock-prices"] = asyncio.Event()
    one = await service.drafted()
    publication = await service.requested(one["id"], 1)
    await service.delivered()
    id, data = await request(service)
    hear = [service.hear("publication.requested.v1", data, id=uuid4()) for _ in range(5)]
    await asyncio.gather(*hear, service.hear("publication.requested.v1", data, id=id))
    begun = [variables for topic, variables in others.done if topic == "pricing.lock-prices"]
    assert [one["publicationId"] for one in begun] == [publication["id"]]
    others.hold["pricing.lock-prices"].set()
    await service.ended(publication)
    assert others.topics() == ["pricing.lock-prices", "specification.validate", "store.stage-entry"]


async def test_no_connection_waits_for_the_engine(url: str) -> None:
    class Slow(MemoryPublishProcess):
        async def start(self, publication: Publication, draft: Content) -> None:
            begun.set()
            await answer.wait()
            await super().start(publication, draft)

    begun, answer = asyncio.Event(), asyncio.Event()
    async with running_afresh("offering_app", url, FORGE, process=Slow(), engine=Idle()) as plain:
        service = Service(**vars(plain))
        one = await service.drafted()
        await service.requested(one["id"], 1)
        await begun.wait()
        await asyncio.sleep(0.3)  # what others have begun this moment waits for nobody
        idle = await service.rows(
            "select query from pg_stat_activity where state like 'idle in transaction%'"
            " and application_name = 'offering' and xact_start < clock_timestamp() - interval '0.25 s'"
        )
        answer.set()
        await service.delivered()
    assert idle == []


async def test_the_request_and_its_publication_are_one_transaction(service: Service) -> None:
    one = await service.drafted()
    async with service.database.begin() as connection:
        await connection.execute(text("alter table publication add constraint never check (false)"))
    assert (await service.publish(one["id"], 1)).status_code == 500
    assert found(await service.get(f"/offerings/{one['id']}")) == one
    assert await service.told() == [("offering.drafted.v1", 1)]
