"""Looking at publications, and helping those that are stuck, in memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from kernel.auth import PLATFORM, Principal, Role
from kernel.domain import now
from kernel.errors import Invalid, NotFound, RuleBroken, Stale, Unavailable
from kernel.process import Activity, Incident, Instance, State
from kernel.query import Filter, Query, Sort
from offering.domain import CANCELLED, Cause, Progress, Publication, Status
from offering.memory import Memory, MemoryPublishProcess
from offering.use_cases.cancel_publication import CancelPublication
from offering.use_cases.confirm import Confirm, ConfirmPublication
from offering.use_cases.draft import Draft, DraftOffering
from offering.use_cases.get_publication import GetPublication
from offering.use_cases.keep_timelines import KeepTimelines
from offering.use_cases.list_publications import ListPublications
from offering.use_cases.note_stuck import NoteStuck, Stuck
from offering.use_cases.publish import PublishOffering
from offering.use_cases.publish_many import MOST_AT_ONCE, PublishMany, PublishOfferings, Seen
from offering.use_cases.reject import Reject, RejectPublication
from offering.use_cases.retry_publication import RetryPublication
from offering.use_cases.start_publication import RequestedOffering, StartPublication
from tests.traces import refused, unchanged

ANN = Principal(subject="1", name="ann", roles=frozenset({Role.AUTHOR}))
PAT = Principal(subject="2", name="pat", roles=frozenset({Role.PUBLISHER}))
OLA = Principal(subject="3", name="ola", roles=frozenset({Role.OPERATOR}))


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def process() -> MemoryPublishProcess:
    return MemoryPublishProcess()


async def requested(memory: Memory, key: str = "galaxy") -> Publication:
    """A publication of a new offering that was requested."""
    wanted = Draft(name="Galaxy", key=key, specification_id=uuid4(), price_ids=(uuid4(),))
    one = await DraftOffering(memory)(wanted, ANN)
    return await PublishOffering(memory)(one.id, 1, PAT)


async def begun(memory: Memory, process: MemoryPublishProcess, key: str = "galaxy") -> Publication:
    """One that has begun."""
    one = await requested(memory, key)
    heard = RequestedOffering(id=one.offering_id, key=key, version=2, publication_id=one.id)
    await StartPublication(memory, process)(heard)
    return one


def sticks(process: MemoryPublishProcess, id: UUID) -> None:
    """Its first step waits for an operator."""
    activity = Activity(
        id="lock_prices",
        kind="serviceTask",
        state="active",
        started_at=now(),
        failures=3,
        problem="No table.",
    )
    incident = Incident(business_key=str(id), activity="lock_prices", message="No table.")
    process.instances[id] = replace(process.instances[id], activities=[activity], incidents=[incident])


async def kept(memory: Memory, id: UUID) -> Publication:
    async with memory(ANN) as work:
        return await work.publications.get(id)


async def test_looking_at_one_that_goes_on(memory: Memory, process: MemoryPublishProcess) -> None:
    get = GetPublication(memory, process)
    with pytest.raises(NotFound):
        await get(uuid4(), ANN)
    one = await begun(memory, process)
    told = await get(one.id, ANN)
    assert (told.status, told.publication.status) == (Progress.RUNNING, Progress.RUNNING)
    assert [step.state for step in told.steps or ()] == ["WAITING"] * 4
    sticks(process, one.id)
    with unchanged(memory):
        told = await get(one.id, ANN)
    assert (told.status, told.publication.status) == (Progress.STUCK, Progress.RUNNING)
    process.away = True
    with unchanged(memory):
        told = await get(one.id, ANN)
    assert (told.status, told.steps) == (Progress.RUNNING, None)
    assert told.note is not None


async def test_what_has_ended_is_kept_when_it_is_first_seen(
    memory: Memory, process: MemoryPublishProcess
) -> None:
    get = GetPublication(memory, process)
    one = await begun(memory, process)
    await ConfirmPublication(memory)(Confirm(publication_id=one.id))
    process.away = True
    assert (await get(one.id, ANN)).steps is None
    assert (await kept(memory, one.id)).steps is None
    process.away = False
    told = await get(one.id, ANN)
    assert (await kept(memory, one.id)).steps == told.steps
    process.instances.clear()
    with unchanged(memory):
        assert (await get(one.id, ANN)).steps == told.steps
    process.away = True
    assert await get(one.id, ANN) == told


async def test_what_ends_between_two_looks_is_read_again(memory: Memory) -> None:
    class Ends(MemoryPublishProcess):
        async def progress(self, publication_id: UUID) -> Instance | None:
            await ConfirmPublication(memory)(Confirm(publication_id=publication_id))
            self.instances[publication_id] = replace(self.instances[publication_id], state=State.COMPLETED)
            return await super().progress(publication_id)

    process = Ends()
    one = await begun(memory, process)
    told = await GetPublication(memory, process)(one.id, ANN)
    assert (told.status, told.publication.status) == (Progress.PUBLISHED, Progress.PUBLISHED)


async def test_steps_are_kept_though_nobody_looks(memory: Memory, process: MemoryPublishProcess) -> None:
    keep = KeepTimelines(memory, process)
    running, done = await begun(memory, process, "one"), await begun(memory, process, "two")
    unseen = await requested(memory, "three")
    await ConfirmPublication(memory)(Confirm(publication_id=done.id))
    await CancelPublication(memory, process)(unseen.id, OLA)
    process.away = True
    with unchanged(memory), pytest.raises(Unavailable):
        await keep()
    process.away = False
    assert await keep() == 1  # what has no instance yet may be getting one
    assert len((await kept(memory, done.id)).steps or ()) == 4
    assert (await kept(memory, running.id)).steps is None
    assert (await kept(memory, unseen.id)).steps is None
    async with memory(PLATFORM) as work:
        publication = await work.publications.take(unseen.id)
        publication.ended_at = now() - timedelta(minutes=2)
        await work.publications.save(publication)
    assert await keep() == 1
    assert (await kept(memory, unseen.id)).steps == ()
    assert await keep() == 0


async def test_lists_are_newest_first(memory: Memory, process: MemoryPublishProcess) -> None:
    some = [await requested(memory, f"key-{number}") for number in range(3)]
    page = await ListPublications(memory)(Query(size=2), ANN)
    assert [one.offering_key for one in page.items] == ["key-2", "key-1"]
    assert (page.total, page.next) == (3, 2)
    old = await ListPublications(memory)(Query(sort=[Sort("offering_key")]), ANN)
    assert [one.id for one in old.items] == [one.id for one in some]
    of_one = Query(filters=[Filter("offering_id", (str(some[1].offering_id),))])
    assert [one.id for one in (await ListPublications(memory)(of_one, ANN)).items] == [some[1].id]


async def test_what_is_stuck_is_noted_and_noted_again_when_it_goes_on(
    memory: Memory, process: MemoryPublishProcess
) -> None:
    note = NoteStuck(memory, process)
    one, other = await begun(memory, process, "one"), await begun(memory, process, "two")
    sticks(process, one.id)
    process.instances[uuid4()] = replace(process.instances[one.id], business_key="of somebody else")
    assert await note() == [Stuck(publication_id=one.id, offering_key="one", step="lock_prices")]
    assert (await kept(memory, one.id)).status is Progress.STUCK
    assert (await kept(memory, other.id)).status is Progress.RUNNING
    with unchanged(memory):
        assert await note() == []
    await RetryPublication(memory, process)(one.id, OLA)
    assert (await kept(memory, one.id)).status is Progress.RUNNING
    sticks(process, one.id)
    await note()
    process.instances[one.id] = replace(process.instances[one.id], incidents=())  # by other means
    await note()
    assert (await kept(memory, one.id)).status is Progress.RUNNING


async def test_what_is_not_among_those_told_is_asked_for(memory: Memory) -> None:
    class Many(MemoryPublishProcess):
        told: bool = True

        async def stuck(self) -> Mapping[UUID, str]:
            return await super().stuck() if self.told else {}

    process = Many()
    one = await begun(memory, process)
    sticks(process, one.id)
    note = NoteStuck(memory, process)
    await note()
    process.told = False
    with unchanged(memory):
        await note()
    assert (await kept(memory, one.id)).status is Progress.STUCK


async def test_retrying(memory: Memory, process: MemoryPublishProcess) -> None:
    retry = RetryPublication(memory, process)
    with refused(memory, NotFound):
        await retry(uuid4(), OLA)
    unbegun = await requested(memory, "two")
    with refused(memory, RuleBroken, "nothing_stuck"):
        await retry(unbegun.id, OLA)
    one = await begun(memory, process)
    with refused(memory, RuleBroken, "nothing_stuck"):
        await retry(one.id, OLA)
    sticks(process, one.id)
    process.away = True
    with refused(memory, Unavailable):
        await retry(one.id, OLA)
    process.away = False
    await retry(one.id, OLA)
    assert process.instances[one.id].incidents == ()
    await ConfirmPublication(memory)(Confirm(publication_id=one.id))
    with refused(memory, RuleBroken, "publication_ended"):
        await retry(one.id, OLA)


async def test_giving_up(memory: Memory, process: MemoryPublishProcess) -> None:
    cancel = CancelPublication(memory, process)
    with refused(memory, NotFound):
        await cancel(uuid4(), OLA)
    one = await begun(memory, process)
    sticks(process, one.id)
    await cancel(one.id, OLA)
    publication = await kept(memory, one.id)
    said = "ola has given this publication up; the offering is as it was before."
    assert (publication.status, publication.cause) == (
        Progress.REJECTED,
        Cause(code=CANCELLED, message=said),
    )
    assert process.instances[one.id].state is State.CANCELLED
    async with memory(ANN) as work:
        offering = await work.offerings.get(one.offering_id)
    assert (offering.status, offering.live) == (Status.DRAFT, None)
    assert offering.failure is not None
    assert (offering.failure.code, offering.failure.publication_id) == (CANCELLED, one.id)
    last = memory.published[-1]
    assert (last.event.type, last.by.name) == ("publication.rejected.v1", "ola")
    with refused(memory, RuleBroken, "illegal_move"):
        await ConfirmPublication(memory)(Confirm(publication_id=one.id))
    with unchanged(memory):
        await cancel(one.id, OLA)
        await RejectPublication(memory)(Reject(publication_id=one.id, code="TIMED_OUT", message="Late."))
    assert (await kept(memory, one.id)).cancelled


async def test_what_has_ended_is_not_given_up(memory: Memory, process: MemoryPublishProcess) -> None:
    cancel = CancelPublication(memory, process)
    one, other = await begun(memory, process, "one"), await begun(memory, process, "two")
    await ConfirmPublication(memory)(Confirm(publication_id=one.id))
    await RejectPublication(memory)(Reject(publication_id=other.id, code="PRICE_MISSING", message="No."))
    for ended in (one, other):
        with refused(memory, RuleBroken, "publication_ended"):
            await cancel(ended.id, OLA)
        assert process.instances[ended.id].state is State.RUNNING


async def test_giving_up_while_the_engine_is_away_is_finished_later(
    memory: Memory, process: MemoryPublishProcess
) -> None:
    one = await begun(memory, process)
    process.away = True
    await CancelPublication(memory, process)(one.id, OLA)
    assert (await kept(memory, one.id)).cancelled
    process.away = False
    assert process.instances[one.id].state is State.RUNNING
    sticks(process, one.id)  # as its next step is refused
    with unchanged(memory):
        await NoteStuck(memory, process)()
    assert process.instances[one.id].state is State.CANCELLED


async def test_of_many_each_is_requested_for_itself(memory: Memory) -> None:
    wanted = [
        Draft(name="A", specification_id=uuid4(), price_ids=(uuid4(),)),
        Draft(name="Bare"),
        Draft(name="C", specification_id=uuid4(), price_ids=(uuid4(),)),
    ]
    a, bare, c = [await DraftOffering(memory)(one, ANN) for one in wanted]
    many = PublishOfferings(PublishOffering(memory))
    unknown = uuid4()
    asked = [
        Seen(id=c.id, version=1),
        Seen(id=bare.id, version=1),
        Seen(id=unknown, version=1),
        Seen(id=a.id, version=7),
        Seen(id=a.id, version=1),
    ]
    found = await many(PublishMany(offerings=tuple(asked)), PAT)
    first, incomplete, missing, stale, last = found
    assert isinstance(first, Publication)
    assert first.offering_id == c.id
    assert isinstance(incomplete, RuleBroken)
    assert incomplete.code == "incomplete"
    assert isinstance(missing, NotFound)
    assert isinstance(stale, Stale)
    assert isinstance(last, Publication)
    assert last.offering_id == a.id
    assert [one.event.type for one in memory.published[3:]] == ["publication.requested.v1"] * 2


@pytest.mark.parametrize("number", [0, MOST_AT_ONCE + 1])
async def test_so_many_are_not_published_at_once(memory: Memory, number: int) -> None:
    seen = tuple(Seen(id=uuid4(), version=1) for _ in range(number))
    with refused(memory, Invalid):
        await PublishOfferings(PublishOffering(memory))(PublishMany(offerings=seen), PAT)
