"""Only so many are published at a time; the others wait their turn, and none is forgotten."""

from uuid import UUID, uuid4

import pytest

from kernel.auth import Principal, Role
from kernel.errors import Unavailable
from kernel.origin import Origin, originating
from offering.domain import Progress, Publication
from offering.memory import Memory, MemoryPublishProcess
from offering.use_cases import start_publication
from offering.use_cases.confirm import Confirm, ConfirmPublication
from offering.use_cases.draft import Draft, DraftOffering
from offering.use_cases.get_publication import GetPublication
from offering.use_cases.publish import PublishOffering
from offering.use_cases.reject import Reject, RejectPublication
from offering.use_cases.start_publication import RequestedOffering, StartPublication
from offering.use_cases.start_waiting import StartWaiting

PAT = Principal(subject="2", name="pat", roles=frozenset({Role.PUBLISHER}))
ROOM = 2


class Shop:
    """Publications that are requested in order, with room for two at a time."""

    def __init__(self) -> None:
        self.memory, self.process = Memory(), MemoryPublishProcess()
        self.start = StartPublication(self.memory, self.process)
        self.begin_waiting = StartWaiting(self.memory, self.start)
        self.requested = list[Publication]()

    async def publish(self, count: int) -> None:
        """Request so many more, each of which is heard."""
        for _ in range(count):
            number = len(self.requested)
            wanted = Draft(name=f"Phone {number}", specification_id=uuid4(), price_ids=(uuid4(),))
            offering = await DraftOffering(self.memory)(wanted, PAT)
            publication = await PublishOffering(self.memory)(offering.id, 1, PAT)
            self.requested.append(publication)
            with originating(Origin(correlation_id=f"conversation-{number}")):
                await self.hear(number)

    async def hear(self, number: int) -> None:
        """The event of a request."""
        one = self.requested[number]
        await self.start(
            RequestedOffering(id=one.offering_id, key=one.offering_key, version=2, publication_id=one.id)
        )

    async def confirm(self, number: int) -> None:
        """One is live."""
        await ConfirmPublication(self.memory)(Confirm(publication_id=self.requested[number].id))

    async def reject(self, number: int) -> None:
        """One is given up."""
        wanted = Reject(publication_id=self.requested[number].id, code="CANCELLED", message="No more.")
        await RejectPublication(self.memory)(wanted)

    async def state(self) -> str:
        """A letter for each: R runs, P is published, X is rejected, W waits, Q is none of these."""
        async with self.memory(PAT) as work:
            found = [await work.publications.get(one.id) for one in self.requested]
        letters = {Progress.RUNNING: "R", Progress.PUBLISHED: "P", Progress.REJECTED: "X"}
        return "".join("W" if one.waiting else letters.get(one.status, "Q") for one in found)

    @property
    def begun(self) -> list[UUID]:
        """Those whose process has begun, in order."""
        return list(self.process.started)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(start_publication, "MOST_RUNNING", ROOM)
    return Shop()


async def test_those_for_whom_there_is_no_room_wait(shop: Shop) -> None:
    await shop.publish(5)
    assert await shop.state() == "RRWWW"
    assert shop.begun == [one.id for one in shop.requested[:2]]
    shown = await GetPublication(shop.memory, shop.process)(shop.requested[4].id, PAT)
    assert shown.status is Progress.REQUESTED
    assert await shop.begin_waiting() == 0  # as long as nothing ends


async def test_as_others_end_the_oldest_begin(shop: Shop) -> None:
    await shop.publish(5)
    await shop.confirm(0)
    assert await shop.begin_waiting() == 1
    assert await shop.state() == "PRRWW"
    await shop.confirm(1)
    await shop.confirm(2)
    assert await shop.begin_waiting() == 2
    assert await shop.state() == "PPPRR"
    assert shop.begun == [one.id for one in shop.requested]


async def test_it_begins_in_the_conversation_of_its_request(shop: Shop) -> None:
    await shop.publish(3)
    await shop.confirm(0)
    with originating(Origin(correlation_id="somebody-else")):
        await shop.begin_waiting()
    publication, _ = shop.process.started[shop.requested[2].id]
    assert publication.waits_with == {"correlationId": "conversation-2"}


async def test_an_event_that_comes_again_does_not_begin_what_waits_nor_lose_its_conversation(
    shop: Shop,
) -> None:
    await shop.publish(3)
    await shop.hear(2)
    assert await shop.state() == "RRW"
    await shop.confirm(0)
    await shop.hear(2)  # there is room by now
    assert await shop.state() == "PRR"
    publication, _ = shop.process.started[shop.requested[2].id]
    assert publication.waits_with == {"correlationId": "conversation-2"}


async def test_what_is_given_up_while_it_waits_is_not_begun(shop: Shop) -> None:
    await shop.publish(4)
    await shop.reject(2)
    await shop.confirm(0)
    assert await shop.begin_waiting() == 1
    assert await shop.state() == "PRXR"
    assert shop.requested[2].id not in shop.begun


async def test_while_the_engine_is_away_what_waits_goes_on_waiting(shop: Shop) -> None:
    await shop.publish(3)
    await shop.confirm(0)
    shop.process.away = True
    with pytest.raises(Unavailable):
        await shop.begin_waiting()
    assert await shop.state() == "PRW"
    shop.process.away = False
    assert await shop.begin_waiting() == 1
    assert await shop.state() == "PRR"
