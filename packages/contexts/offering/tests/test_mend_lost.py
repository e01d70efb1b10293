"""Publications that go on for us and that the engine has lost, or that were ended there, in memory."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from kernel.auth import PLATFORM, Principal, Role
from kernel.domain import now
from kernel.errors import RuleBroken, Unavailable
from kernel.process import Incident, Instance, State
from offering.domain import Progress, Publication
from offering.memory import Memory, MemoryPublishProcess
from offering.use_cases import start_publication
from offering.use_cases.cancel_publication import CancelPublication
from offering.use_cases.confirm import Confirm, ConfirmPublication
from offering.use_cases.draft import Draft, DraftOffering
from offering.use_cases.mend_lost import LATE, MendLost
from offering.use_cases.note_stuck import NoteStuck, Stuck
from offering.use_cases.publish import PublishOffering
from offering.use_cases.retry_publication import RetryPublication
from offering.use_cases.start_publication import StartPublication
from tests.traces import refused, unchanged

PAT = Principal(subject="2", name="pat", roles=frozenset({Role.PUBLISHER}))
OLA = Principal(subject="3", name="ola", roles=frozenset({Role.OPERATOR}))


@dataclass
class Shop:
    """Publications that were requested a while ago."""

    memory: Memory = field(default_factory=Memory)
    process: MemoryPublishProcess = field(default_factory=MemoryPublishProcess)

    @property
    def start(self) -> StartPublication:
        return StartPublication(self.memory, self.process)

    @property
    def mend(self) -> MendLost:
        return MendLost(self.memory, self.process, self.start)

    async def requested(self, key: str = "galaxy", ago: timedelta = LATE * 2) -> UUID:
        """One whose event was never heard."""
        wanted = Draft(name="Galaxy", key=key, specification_id=uuid4(), price_ids=(uuid4(),))
        offering = await DraftOffering(self.memory)(wanted, PAT)
        publication = await PublishOffering(self.memory)(offering.id, 1, PAT)
        async with self.memory(PLATFORM) as work:
            publication.requested_at = now() - ago
            await work.publications.save(publication)
        return publication.id

    async def begun(self, key: str = "galaxy") -> UUID:
        """One that has begun."""
        id = await self.requested(key)
        assert await self.start.begun(id)
        return id

    async def kept(self, id: UUID) -> Publication:
        async with self.memory(PAT) as work:
            return await work.publications.get(id)

    def ends(self, id: UUID, state: State = State.CANCELLED) -> None:
        """Its process ends at the engine, by nothing of ours."""
        self.process.instances[id] = replace(self.process.instances[id], state=state, incidents=())

    def sticks(self, id: UUID) -> None:
        """One of its steps waits for an operator."""
        incident = Incident(business_key=str(id), activity="validate", message="No.")
        self.process.instances[id] = replace(self.process.instances[id], incidents=(incident,))

    def loses(self, id: UUID) -> None:
        """The engine forgets it."""
        del self.process.instances[id], self.process.started[id]


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_what_runs_is_left_alone(shop: Shop) -> None:
    await shop.begun()
    with unchanged(shop.memory):
        assert await shop.mend() == []
    assert len(shop.process.started) == 1


async def test_what_was_never_begun_is_begun_after_a_while(shop: Shop) -> None:
    lost, fresh = await shop.requested("lost"), await shop.requested("fresh", LATE / 2)
    assert await shop.mend() == []
    assert list(shop.process.started) == [lost]
    assert (await shop.kept(lost)).status is Progress.RUNNING
    assert (await shop.kept(fresh)).status is Progress.REQUESTED


async def test_what_runs_and_is_not_noted_is_noted(shop: Shop) -> None:
    id = await shop.requested()
    running = Instance(business_key=str(id), state=State.RUNNING, activities=(), incidents=())
    shop.process.instances[id] = running
    await shop.mend()
    assert (await shop.kept(id)).status is Progress.RUNNING


@pytest.mark.parametrize("stuck", [False, True])
async def test_what_the_engine_has_lost_is_begun_again(shop: Shop, stuck: bool) -> None:
    id = await shop.begun()
    if stuck:
        shop.sticks(id)
        await NoteStuck(shop.memory, shop.process)()
        assert (await shop.kept(id)).status is Progress.STUCK
    shop.loses(id)
    assert await NoteStuck(shop.memory, shop.process)() == []
    assert await shop.mend() == []
    assert list(shop.process.started) == [id]
    assert (await shop.kept(id)).status is Progress.RUNNING


async def test_what_waits_for_room_is_not_lost(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_publication, "MOST_RUNNING", 1)
    first, second = await shop.begun("one"), await shop.requested("two")
    assert not await shop.start.begun(second)
    with unchanged(shop.memory):
        assert await shop.mend() == []
    third = await shop.requested("three")
    await shop.mend()  # it does not push in either
    assert (await shop.kept(third)).waiting
    assert list(shop.process.started) == [first]


@pytest.mark.parametrize("state", [State.CANCELLED, State.COMPLETED])
async def test_what_was_ended_at_the_engine_waits_to_be_given_up(shop: Shop, state: State) -> None:
    id = await shop.begun()
    shop.ends(id, state)
    assert await shop.mend() == [Stuck(publication_id=id, offering_key="galaxy", step="")]
    assert (await shop.kept(id)).status is Progress.STUCK
    with unchanged(shop.memory):
        assert await shop.mend() == []
        assert await NoteStuck(shop.memory, shop.process)() == []
    with refused(shop.memory, RuleBroken, "nothing_stuck"):
        await RetryPublication(shop.memory, shop.process)(id, OLA)
    await CancelPublication(shop.memory, shop.process)(id, OLA)
    assert (await shop.kept(id)).cancelled
    with unchanged(shop.memory):
        assert await NoteStuck(shop.memory, shop.process)() == []


async def test_what_ends_between_two_looks_is_not_stuck(shop: Shop) -> None:
    class Ends(MemoryPublishProcess):
        async def progress(self, publication_id: UUID) -> Instance | None:
            await ConfirmPublication(shop.memory)(Confirm(publication_id=publication_id))
            shop.ends(publication_id, State.COMPLETED)
            return await super().progress(publication_id)

    shop.process = Ends()
    id = await shop.begun()
    assert await shop.mend() == []
    assert (await shop.kept(id)).status is Progress.PUBLISHED


async def test_what_was_noted_is_told_though_the_engine_goes_away_meanwhile(shop: Shop) -> None:
    class Fails(MemoryPublishProcess):
        at: UUID | None = None

        async def progress(self, publication_id: UUID) -> Instance | None:
            self.away = publication_id == self.at
            return await super().progress(publication_id)

    shop.process = process = Fails()
    first, second, third, fourth = [await shop.begun(f"key-{number}") for number in range(4)]
    shop.sticks(second)
    note = NoteStuck(shop.memory, process)
    await note()
    shop.sticks(first)
    shop.loses(second)
    process.at = second
    assert await note() == [Stuck(publication_id=first, offering_key="key-0", step="validate")]
    process.away = False
    with unchanged(shop.memory), pytest.raises(Unavailable):
        await note()
    process.away, process.at = False, fourth
    shop.ends(third)
    assert await shop.mend() == [Stuck(publication_id=third, offering_key="key-2", step="")]
    process.away = False
    with unchanged(shop.memory), pytest.raises(Unavailable):
        await shop.mend()


async def test_while_the_engine_is_away_nothing_is_done(shop: Shop) -> None:
    await shop.requested()
    shop.process.away = True
    with unchanged(shop.memory), pytest.raises(Unavailable):
        await shop.mend()
