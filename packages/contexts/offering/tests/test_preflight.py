"""What would become of a publication, in memory."""

from uuid import uuid4

import pytest

from kernel.auth import Principal, Role
from kernel.errors import NotFound, Problem, RuleBroken, Unavailable
from offering.domain import Offering
from offering.memory import Memory, MemoryChecks
from offering.use_cases.draft import Draft, DraftOffering
from offering.use_cases.preflight import PreflightOffering
from offering.use_cases.publish import PublishOffering
from tests.traces import refused, unchanged

ANN = Principal(subject="1", name="ann", roles=frozenset({Role.AUTHOR}))
GALAXY = Draft(name="Galaxy", specification_id=uuid4(), price_ids=(uuid4(), uuid4()))
MISSING = Problem("PRICE_MISSING", "There is no such price.", "/draft/priceIds/1")
FOREIGN = Problem("foreign", "Nobody asks for this.", "/draft/values/weight")


@pytest.fixture
def memory() -> Memory:
    return Memory()


async def drafted(memory: Memory, wanted: Draft = GALAXY) -> Offering:
    return await DraftOffering(memory)(wanted, ANN)


async def test_nothing_is_in_the_way(memory: Memory) -> None:
    one, checks = await drafted(memory), MemoryChecks()
    with unchanged(memory):
        verdict = await PreflightOffering(memory, checks)(one.id, ANN, "token")
    assert (verdict.publishable, verdict.problems) == (True, [])
    assert checks.asked == [
        ("entry", "galaxy", one.draft, "token"),
        ("prices", one.id, GALAXY.price_ids, "token"),
        ("specification", GALAXY.specification_id, one.draft, "token"),
    ]


async def test_all_that_is_wrong_is_told_at_once_and_each_thing_once(memory: Memory) -> None:
    one = await drafted(memory)
    checks = MemoryChecks({"prices": [MISSING], "specification": [FOREIGN], "entry": [MISSING]})
    verdict = await PreflightOffering(memory, checks)(one.id, ANN, "token")
    assert (verdict.publishable, verdict.problems) == (False, [MISSING, FOREIGN])


async def test_what_is_not_complete_is_judged_as_far_as_it_goes(memory: Memory) -> None:
    one, checks = await drafted(memory, Draft(name="Bare")), MemoryChecks()
    verdict = await PreflightOffering(memory, checks)(one.id, ANN, "token")
    assert [problem.pointer for problem in verdict.problems] == ["/draft/specificationId", "/draft/priceIds"]
    assert [who for who, *_ in checks.asked] == ["entry"]


async def test_who_is_away_is_named(memory: Memory) -> None:
    one = await drafted(memory)
    checks = MemoryChecks({"specification": [FOREIGN]}, away={"prices", "entry"})
    with refused(memory, Unavailable, "unavailable"):
        await PreflightOffering(memory, checks)(one.id, ANN, "token")
    with pytest.raises(Unavailable) as refusal:
        await PreflightOffering(memory, checks)(one.id, ANN, "token")
    assert refusal.value.message == (
        "The entry cannot be checked right now. The prices cannot be checked right now."
    )


async def test_what_cannot_be_published_now_is_not_judged(memory: Memory) -> None:
    one, checks = await drafted(memory), MemoryChecks()
    preflight = PreflightOffering(memory, checks)
    with refused(memory, NotFound):
        await preflight(uuid4(), ANN, "token")
    await PublishOffering(memory)(one.id, 1, ANN)
    with refused(memory, RuleBroken, "illegal_move"):
        await preflight(one.id, ANN, "token")
    assert checks.asked == []
