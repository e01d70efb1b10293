"""Publishing, from the request to its end, in memory. Whatever comes twice, late or astray does nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from kernel.auth import Principal, Role
from kernel.errors import NotFound, Problem, RuleBroken, Stale, Unavailable
from kernel.process import State
from offering.domain import Cause, Content, Failure, Offering, Progress, Publication, Status
from offering.memory import Memory, MemoryPublishProcess
from offering.use_cases.cancel_publication import CancelPublication
from offering.use_cases.confirm import Confirm, ConfirmPublication
from offering.use_cases.delete import DeleteOffering
from offering.use_cases.draft import Draft, DraftOffering
from offering.use_cases.get_publication import GetPublication
from offering.use_cases.publish import PublishOffering
from offering.use_cases.reject import Reject, RejectPublication
from offering.use_cases.retire import RetireOffering
from offering.use_cases.revise import Revise, ReviseOffering
from offering.use_cases.start_publication import RequestedOffering, StartPublication
from tests.traces import refused, unchanged

ANN = Principal(subject="1", name="ann", roles=frozenset({Role.AUTHOR}))
PAT = Principal(subject="2", name="pat", roles=frozenset({Role.PUBLISHER}))
SPECIFICATION, PRICE = uuid4(), uuid4()
GALAXY = Draft(name="Galaxy", specification_id=SPECIFICATION, price_ids=(PRICE,))
PLUS = Revise(name="Galaxy Plus", specification_id=SPECIFICATION, price_ids=(PRICE,))
TOO_LATE = Problem("price_expired", "The price was valid until yesterday.", "/draft/priceIds/0")


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def galaxy(memory: Memory) -> Offering:
    """A complete draft at version 1."""
    return await DraftOffering(memory)(GALAXY, ANN)


@pytest.fixture
async def requested(memory: Memory, galaxy: Offering) -> Publication:
    """The publication of it that was requested, with version 2."""
    return await PublishOffering(memory)(galaxy.id, 1, PAT)


class ProcessDied(BaseException):
    """Nothing of ours runs after this."""


class During(MemoryPublishProcess):
    """A process that does something when it has begun, before it answers."""

    def __init__(self, then: Callable[[Any], Awaitable[object]] | None, what: object) -> None:
        super().__init__()
        self.then, self.what = then, what

    async def start(self, publication: Publication, draft: Content) -> None:
        await super().start(publication, draft)
        if self.then is not None:
            await self.then(self.what)


def heard(publication: Publication) -> RequestedOffering:
    """The event of a request, as the consumer reads it."""
    return RequestedOffering(
        id=publication.offering_id, key="galaxy", version=2, publication_id=publication.id
    )


def rejection(publication: Publication) -> Reject:
    """What the process says of a publication that has failed."""
    return Reject(
        publication_id=publication.id, code="PRICE_EXPIRED", message="Too late.", problems=(TOO_LATE,)
    )


async def of(memory: Memory, publication: Publication) -> tuple[Offering, Publication]:
    """The offering and the publication as they are now."""
    async with memory(ANN) as work:
        offering = await work.offerings.get(publication.offering_id)
        return offering, await work.publications.get(publication.id)


def told(memory: Memory) -> list[tuple[str, int, str]]:
    """Type, version and author of all that was published."""
    return [(one.event.type, one.aggregate.version, one.by.name) for one in memory.published]


async def test_requesting(memory: Memory, galaxy: Offering) -> None:
    publication = await PublishOffering(memory)(galaxy.id, 1, PAT)
    offering, kept = await of(memory, publication)
    assert kept == publication
    assert (publication.offering_id, publication.offering_key) == (galaxy.id, "galaxy")
    assert (publication.offering_version, publication.requested_by) == (2, "pat")
    assert (publication.status, publication.requested_at) == (Progress.REQUESTED, offering.modified_at)
    assert (offering.status, offering.publication_id) == (Status.PUBLISHING, publication.id)
    assert (offering.draft, offering.live) == (GALAXY.tidied(), None)
    assert told(memory) == [("offering.drafted.v1", 1, "ann"), ("publication.requested.v1", 2, "pat")]


async def test_requests_that_are_refused(memory: Memory, galaxy: Offering) -> None:
    publish = PublishOffering(memory)
    with refused(memory, NotFound):
        await publish(uuid4(), 1, PAT)
    with refused(memory, Stale):
        await publish(galaxy.id, 2, PAT)
    bare = await DraftOffering(memory)(Draft(name="Bare"), ANN)
    with refused(memory, RuleBroken, "incomplete"):
        await publish(bare.id, 1, PAT)
    await publish(galaxy.id, 1, PAT)
    with refused(memory, RuleBroken, "illegal_move"):
        await publish(galaxy.id, 2, PAT)


async def test_starting(memory: Memory, requested: Publication) -> None:
    process = MemoryPublishProcess()
    await StartPublication(memory, process)(heard(requested))
    offering, publication = await of(memory, requested)
    assert publication.status is Progress.RUNNING
    assert process.started == {requested.id: (requested, GALAXY.tidied())}
    assert (offering.status, offering.version) == (Status.PUBLISHING, 2)
    assert len(memory.published) == 2


async def test_what_goes_on_may_be_started_again(memory: Memory, requested: Publication) -> None:
    first, second = MemoryPublishProcess(), MemoryPublishProcess()
    await StartPublication(memory, first)(heard(requested))
    with unchanged(memory):
        await StartPublication(memory, second)(heard(requested))
    assert list(second.started) == list(first.started) == [requested.id]


async def test_a_process_that_cannot_begin_is_asked_again(memory: Memory, requested: Publication) -> None:
    process = MemoryPublishProcess(away=True)
    with unchanged(memory), pytest.raises(Unavailable):
        await StartPublication(memory, process)(heard(requested))
    assert process.started == {}
    process.away = False
    await StartPublication(memory, process)(heard(requested))
    assert list(process.started) == [requested.id]


async def test_no_transaction_waits_for_the_process(memory: Memory, requested: Publication) -> None:
    # There is one transaction at a time in memory, so this would never end.
    process = During(ConfirmPublication(memory), Confirm(publication_id=requested.id))
    await StartPublication(memory, process)(heard(requested))
    assert (await of(memory, requested))[1].status is Progress.PUBLISHED
    assert list(process.started) == [requested.id]


async def test_two_who_start_it_at_once_begin_one(memory: Memory, requested: Publication) -> None:
    process = MemoryPublishProcess()
    start = StartPublication(memory, process)
    await asyncio.gather(*(start(heard(requested)) for _ in range(5)))
    assert list(process.started) == [requested.id]
    assert (await of(memory, requested))[1].status is Progress.RUNNING


async def test_who_dies_after_the_start_leaves_it_to_the_next(memory: Memory, requested: Publication) -> None:
    async def die(_: object) -> None:
        raise ProcessDied

    process = During(die, None)
    with unchanged(memory), pytest.raises(ProcessDied):
        await StartPublication(memory, process)(heard(requested))
    assert list(process.started) == [requested.id]
    process.then = None
    await StartPublication(memory, process)(heard(requested))
    assert len(process.instances) == 1
    assert (await of(memory, requested))[1].status is Progress.RUNNING


async def test_what_is_given_up_while_it_begins_is_ended_once_more(
    memory: Memory, requested: Publication
) -> None:
    process = During(None, None)

    async def give_up(_: object) -> None:
        nobody = MemoryPublishProcess()  # the engine has not begun it when it is told to end it
        await CancelPublication(memory, nobody)(requested.id, PAT)

    process.then = give_up
    await StartPublication(memory, process)(heard(requested))
    assert process.instances[requested.id].state is State.CANCELLED
    assert (await of(memory, requested))[1].status is Progress.REJECTED


async def test_what_is_stuck_already_is_not_noted_as_running(memory: Memory, requested: Publication) -> None:
    async with memory(PAT) as work:
        requested.stick()
        await work.publications.save(requested)
    with unchanged(memory):
        await StartPublication(memory, MemoryPublishProcess())(heard(requested))


async def test_confirming(memory: Memory, requested: Publication) -> None:
    await ConfirmPublication(memory)(Confirm(publication_id=requested.id))
    offering, publication = await of(memory, requested)
    assert (offering.status, offering.draft, offering.live) == (Status.PUBLISHED, None, GALAXY.tidied())
    assert offering.publication_id == requested.id
    assert (publication.status, publication.cause) == (Progress.PUBLISHED, None)
    assert publication.ended_at is not None
    assert told(memory)[2:] == [("offering.published.v1", 3, "platform")]


async def test_rejecting(memory: Memory, requested: Publication) -> None:
    await RejectPublication(memory)(rejection(requested))
    offering, publication = await of(memory, requested)
    assert (offering.status, offering.draft, offering.live) == (Status.DRAFT, GALAXY.tidied(), None)
    assert offering.failure == Failure(
        code="PRICE_EXPIRED", message="Too late.", problems=(TOO_LATE,), publication_id=requested.id
    )
    assert publication.status is Progress.REJECTED
    assert publication.cause == Cause(code="PRICE_EXPIRED", message="Too late.")
    assert publication.problems == (TOO_LATE,)
    assert publication.ended_at is not None
    assert told(memory)[2:] == [("publication.rejected.v1", 3, "platform")]


async def test_a_rejection_leaves_what_is_live(memory: Memory, requested: Publication) -> None:
    await ConfirmPublication(memory)(Confirm(publication_id=requested.id))
    await ReviseOffering(memory)(requested.offering_id, 3, PLUS, ANN)
    again = await PublishOffering(memory)(requested.offering_id, 4, PAT)
    await RejectPublication(memory)(rejection(again))
    offering, _ = await of(memory, again)
    assert (offering.status, offering.draft, offering.live) == (
        Status.PUBLISHED,
        PLUS.tidied(),
        GALAXY.tidied(),
    )
    third = await PublishOffering(memory)(requested.offering_id, 6, PAT)
    assert (await of(memory, third))[0].failure is None
    await ConfirmPublication(memory)(Confirm(publication_id=third.id))
    offering, _ = await of(memory, third)
    assert (offering.draft, offering.live, offering.publication_id) == (None, PLUS.tidied(), third.id)
    with unchanged(memory):  # its task may come again, even now
        await ConfirmPublication(memory)(Confirm(publication_id=requested.id))
        await RejectPublication(memory)(rejection(again))


End = Callable[[Memory, Publication], Awaitable[object]]


async def confirm(memory: Memory, publication: Publication) -> None:
    await ConfirmPublication(memory)(Confirm(publication_id=publication.id))


async def reject(memory: Memory, publication: Publication) -> None:
    await RejectPublication(memory)(rejection(publication))


@pytest.mark.parametrize("end", [confirm, reject])
async def test_an_end_that_comes_twice_changes_nothing(
    memory: Memory, requested: Publication, end: End
) -> None:
    await end(memory, requested)
    with unchanged(memory):
        await end(memory, requested)


@pytest.mark.parametrize(("end", "other"), [(confirm, reject), (reject, confirm)])
async def test_what_has_ended_does_not_end_otherwise(
    memory: Memory, requested: Publication, end: End, other: End
) -> None:
    await end(memory, requested)
    with refused(memory, RuleBroken, "illegal_move"):
        await other(memory, requested)


@pytest.mark.parametrize("end", [confirm, reject])
async def test_what_has_ended_is_not_started(memory: Memory, requested: Publication, end: End) -> None:
    process = MemoryPublishProcess()
    await end(memory, requested)
    with unchanged(memory):
        await StartPublication(memory, process)(heard(requested))
    assert process.started == {}


@pytest.mark.parametrize("end", [confirm, reject])
async def test_of_an_unknown_publication_nothing_ends(
    memory: Memory, requested: Publication, end: End
) -> None:
    requested.id = UUID(int=7)
    with refused(memory, NotFound):
        await end(memory, requested)


async def test_an_event_that_is_astray_says_nothing(memory: Memory, requested: Publication) -> None:
    process = MemoryPublishProcess()
    start = StartPublication(memory, process)
    unknown = RequestedOffering(id=requested.offering_id, key="galaxy", version=2, publication_id=uuid4())
    with unchanged(memory):
        await start(unknown)
    await reject(memory, requested)
    second = await PublishOffering(memory)(requested.offering_id, 3, PAT)
    with unchanged(memory):
        await start(heard(requested))  # late: it is the second one that goes on
    assert process.started == {}
    await start(heard(second))
    assert list(process.started) == [second.id]


async def test_what_is_over_can_be_gone_or_retired(memory: Memory, requested: Publication) -> None:
    process = MemoryPublishProcess()
    await reject(memory, requested)
    await DeleteOffering(memory)(requested.offering_id, 3, ANN)
    with unchanged(memory):
        await StartPublication(memory, process)(heard(requested))
        await reject(memory, requested)
    told = await GetPublication(memory, process)(requested.id, ANN)
    assert (told.status, told.steps) == (Progress.REJECTED, ())
    other = await DraftOffering(memory)(GALAXY, ANN)
    second = await PublishOffering(memory)(other.id, 1, PAT)
    await confirm(memory, second)
    await RetireOffering(memory)(other.id, 3, PAT)
    with unchanged(memory):
        await StartPublication(memory, process)(heard(second))
        await confirm(memory, second)
    assert process.started == {}


async def test_a_publication_that_is_not_the_present_one_ends_nothing(
    memory: Memory, requested: Publication
) -> None:
    # Only a fault of ours leads here: publications end with their offering's state, in one transaction.
    async with memory(PAT) as work:
        offering = await work.offerings.get(requested.offering_id)
        offering.publication_id = uuid4()
        await work.publications.save(requested)
        memory.database.rows["offering"][offering.id] = offering
    process = MemoryPublishProcess()
    with refused(memory, RuleBroken, "other_publication"):
        await confirm(memory, requested)
    with refused(memory, RuleBroken, "other_publication"):
        await reject(memory, requested)
    with unchanged(memory):
        await StartPublication(memory, process)(heard(requested))
    assert process.started == {}
