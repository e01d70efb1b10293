"""What people do with offerings, in memory. A refusal has changed and published nothing."""

from uuid import uuid4

import pytest

from kernel.auth import Principal, Role
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken, Stale
from kernel.query import Filter, Query, Sort
from offering.domain import Offering, Status
from offering.memory import Memory
from offering.use_cases.delete import DeleteOffering
from offering.use_cases.discard import DiscardDraft
from offering.use_cases.draft import Draft, DraftOffering
from offering.use_cases.get import GetOffering
from offering.use_cases.list import ListOfferings
from offering.use_cases.publish import PublishOffering
from offering.use_cases.retire import RetireOffering
from offering.use_cases.revise import Revise, ReviseOffering
from tests.traces import last, refused

ANN = Principal(subject="1", name="ann", roles=frozenset({Role.AUTHOR}))
BOB = Principal(subject="2", name="bob", roles=frozenset({Role.AUTHOR}))
SPECIFICATION, PRICE = uuid4(), uuid4()
GALAXY = Draft(
    name="Galaxy", category="phones", specification_id=SPECIFICATION, price_ids=(PRICE,), values={"ram": 8}
)
SAME = Revise(
    name="Galaxy ", category="phones", specification_id=SPECIFICATION, price_ids=(PRICE,), values={"ram": 8}
)


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def galaxy(memory: Memory) -> Offering:
    """A complete draft at version 1."""
    return await DraftOffering(memory)(GALAXY, ANN)


@pytest.fixture
async def live(memory: Memory, galaxy: Offering) -> Offering:
    """The same at version 3, published."""
    galaxy.request_publication(uuid4())
    async with memory(ANN) as work:
        await work.offerings.save(galaxy)
    galaxy.confirm(galaxy.publication_id or uuid4())
    async with memory(ANN) as work:
        await work.offerings.save(galaxy)
    return galaxy


async def test_drafting(memory: Memory) -> None:
    galaxy = await DraftOffering(memory)(GALAXY, ANN)
    assert (galaxy.key, galaxy.version, galaxy.created_by, galaxy.modified_by) == ("galaxy", 1, "ann", "ann")
    assert galaxy.draft == GALAXY.tidied()
    assert await GetOffering(memory)(galaxy.id, BOB) == galaxy
    assert last(memory) == ("offering.drafted.v1", galaxy.id, 1, "ann")
    assert len(memory.published) == 1


async def test_drafts_that_are_refused(memory: Memory, galaxy: Offering) -> None:
    with refused(memory, Invalid):
        await DraftOffering(memory)(Draft(name=""), ANN)
    with refused(memory, Conflict, "key_taken"):
        await DraftOffering(memory)(Draft(name="GALAXY"), ANN)
    other = await DraftOffering(memory)(Draft(name="GALAXY", key="milky-way"), ANN)
    assert other.key == "milky-way"


async def test_revising_a_draft(memory: Memory, galaxy: Offering) -> None:
    revised = await ReviseOffering(memory)(galaxy.id, 1, Revise(name="Galaxy Plus"), BOB)
    assert (revised.name, revised.key, revised.version) == ("Galaxy Plus", "galaxy", 2)
    assert (revised.created_by, revised.modified_by) == ("ann", "bob")
    assert await GetOffering(memory)(galaxy.id, ANN) == revised
    assert last(memory) == ("offering.revised.v1", galaxy.id, 2, "bob")


async def test_an_equal_revision_saves_and_publishes_nothing(memory: Memory, galaxy: Offering) -> None:
    assert await ReviseOffering(memory)(galaxy.id, 1, SAME, BOB) == galaxy
    assert await GetOffering(memory)(galaxy.id, ANN) == galaxy
    assert len(memory.published) == 1


async def test_revising_what_is_live_opens_a_draft_beside_it(memory: Memory, live: Offering) -> None:
    revised = await ReviseOffering(memory)(live.id, 3, Revise(name="Galaxy Plus"), BOB)
    assert (revised.status, revised.version) == (Status.PUBLISHED, 4)
    assert revised.draft == Revise(name="Galaxy Plus").tidied()
    assert revised.live == GALAXY.tidied()
    assert last(memory) == ("offering.revised.v1", live.id, 4, "bob")


async def test_revisions_that_are_refused(memory: Memory, galaxy: Offering) -> None:
    revise = ReviseOffering(memory)
    with refused(memory, NotFound):
        await revise(uuid4(), 1, SAME, BOB)
    with refused(memory, Stale):
        await revise(galaxy.id, 2, SAME, BOB)
    with refused(memory, Invalid):
        await revise(galaxy.id, 1, Revise(name="Galaxy", category="/"), BOB)
    await PublishOffering(memory)(galaxy.id, 1, ANN)
    with refused(memory, RuleBroken, "illegal_move"):
        await revise(galaxy.id, 2, Revise(name="Galaxy Plus"), BOB)


async def test_discarding(memory: Memory, live: Offering) -> None:
    await ReviseOffering(memory)(live.id, 3, Revise(name="Galaxy Plus"), ANN)
    discarded = await DiscardDraft(memory)(live.id, 4, BOB)
    assert (discarded.status, discarded.draft, discarded.live) == (Status.PUBLISHED, None, GALAXY.tidied())
    assert await GetOffering(memory)(live.id, ANN) == discarded
    assert last(memory) == ("offering.revised.v1", live.id, 5, "bob")


async def test_discards_that_are_refused(memory: Memory, live: Offering) -> None:
    with refused(memory, NotFound):
        await DiscardDraft(memory)(uuid4(), 1, BOB)
    with refused(memory, Stale):
        await DiscardDraft(memory)(live.id, 2, BOB)
    with refused(memory, RuleBroken, "illegal_move"):
        await DiscardDraft(memory)(live.id, 3, BOB)


async def test_deleting(memory: Memory, galaxy: Offering) -> None:
    await DeleteOffering(memory)(galaxy.id, 1, BOB)
    assert last(memory) == ("offering.deleted.v1", galaxy.id, 2, "bob")
    with refused(memory, NotFound):
        await GetOffering(memory)(galaxy.id, ANN)
    assert (await DraftOffering(memory)(GALAXY, ANN)).key == "galaxy"


async def test_deletions_that_are_refused(memory: Memory, live: Offering) -> None:
    with refused(memory, NotFound):
        await DeleteOffering(memory)(uuid4(), 1, BOB)
    with refused(memory, Stale):
        await DeleteOffering(memory)(live.id, 2, BOB)
    with refused(memory, RuleBroken, "illegal_move"):
        await DeleteOffering(memory)(live.id, 3, BOB)


async def test_retiring(memory: Memory, live: Offering) -> None:
    retired = await RetireOffering(memory)(live.id, 3, BOB)
    assert (retired.status, retired.live) == (Status.RETIRED, GALAXY.tidied())
    assert await GetOffering(memory)(live.id, ANN) == retired
    assert last(memory) == ("offering.retired.v1", live.id, 4, "bob")


async def test_retirements_that_are_refused(memory: Memory, galaxy: Offering) -> None:
    with refused(memory, NotFound):
        await RetireOffering(memory)(uuid4(), 1, BOB)
    with refused(memory, Stale):
        await RetireOffering(memory)(galaxy.id, 2, BOB)
    with refused(memory, RuleBroken, "illegal_move"):
        await RetireOffering(memory)(galaxy.id, 1, BOB)


async def test_listing(memory: Memory, live: Offering) -> None:
    for name in ("Laptop A", "Laptop B", "Laptop C"):
        await DraftOffering(memory)(Draft(name=name, category="laptops"), ANN)
    drafts = Query(filters=[Filter("category", ("laptops",))], sort=[Sort("name", descending=True)], size=2)
    page = await ListOfferings(memory)(drafts, BOB)
    assert ([one.name for one in page.items], page.total, page.next) == (["Laptop C", "Laptop B"], 3, 2)
    published = await ListOfferings(memory)(Query(filters=[Filter("status", ("PUBLISHED",))]), BOB)
    assert [one.name for one in published.items] == ["Galaxy"]
