"""The steps of a publication and the events of its offering, in memory: who holds what in the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter, ValidationError

from kernel.auth import Principal, Role
from kernel.errors import Invalid, Rejected, RuleBroken
from kernel.validity import Validity
from pricing.domain import Definition, Kind, Price, Rate
from pricing.memory import Memory
from pricing.use_cases.check import Check, CheckPrices
from pricing.use_cases.delete import DeletePrice
from pricing.use_cases.hear_offering import Content, Offering
from pricing.use_cases.hold import Hold, HoldPrice
from pricing.use_cases.lock import LockPrices, Publication, PublicationRequest
from pricing.use_cases.release_prices import HearRejection, RejectedOffering, ReleasePrices
from pricing.use_cases.revise import Revise, RevisePrice
from pricing.use_cases.sell import DeletedOffering, EndSale, PublishedOffering, SellPrices
from tests.traces import refused, unchanged

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ANN = Principal(subject="1", name="ann", roles=frozenset({Role.AUTHOR}))
FEE = Definition(name="Fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal(5), currency="EUR"))
FIRST, SECOND = uuid4(), uuid4()
FIBRE, CABLE = uuid4(), uuid4()


@dataclass
class Shelf:
    """Three prices, a clock that somebody sets, and the use cases of an offering, which is fibre."""

    time: datetime = NOW
    prices: list[Price] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.memory = Memory(clock=lambda: self.time)

    async def stock(self, *definitions: Definition) -> "Shelf":
        """Have a price of each definition."""
        self.prices = [Price.define(one, key=f"fee-{index}") for index, one in enumerate(definitions)]
        async with self.memory(ANN) as work:
            for one in self.prices:
                await work.prices.save(one)
        return self

    def request(self, publication: UUID, version: int, *prices: int) -> PublicationRequest:
        """A publication, requested at this version of the offering, with these prices."""
        return PublicationRequest(
            publication_id=publication,
            offering_id=FIBRE,
            offering_key="fibre",
            offering_version=version,
            price_ids=tuple(self.prices[index].id for index in prices),
        )

    async def lock(self, publication: UUID, version: int, *prices: int) -> int:
        """The step of a publication that was requested at this version; returns how many it says it holds."""
        told = await LockPrices(self.memory)(self.request(publication, version, *prices))
        assert told.keys() == {"lockedPrices"}
        return told["lockedPrices"]

    async def release(self, publication: UUID, version: int) -> None:
        """The step undone."""
        undone = Publication(publication_id=publication, offering_id=FIBRE, offering_version=version)
        await ReleasePrices(self.memory)(undone)

    async def publish(self, publication: UUID, version: int, *prices: int) -> Sequence[UUID]:
        """The offering is heard to be live; returns what is missing."""
        live = Content(price_ids=tuple(self.prices[index].id for index in prices))
        heard = PublishedOffering(
            id=FIBRE, key="fibre", version=version, live=live, publication_id=publication
        )
        return [*await SellPrices(self.memory)(heard)]

    async def reject(self, publication: UUID, version: int) -> None:
        """A publication is heard to be rejected."""
        heard = RejectedOffering(id=FIBRE, key="fibre", version=version, publication_id=publication)
        await HearRejection(self.memory)(heard)

    async def retire(self, version: int) -> None:
        """The offering is heard to be retired; it goes on referring to the first price."""
        live = Content(price_ids=(self.prices[0].id,))
        await EndSale(self.memory)(Offering(id=FIBRE, key="fibre", version=version, live=live))

    async def now(self) -> list[Price]:
        """The prices as they are, without those that are deleted."""
        async with self.memory(ANN) as work:
            return await work.prices.take([one.id for one in self.prices])

    async def held(self) -> list[dict[UUID, bool]]:
        """Of each price: who holds it now, and whether without an end."""
        return [
            {one.publication_id: one.permanent for one in price.holds if one.alive_at(self.time)}
            for price in await self.now()
        ]

    @property
    def told(self) -> list[str]:
        """The types of what was published after the prices were defined."""
        return [one.event.type for one in self.memory.published[len(self.prices) :]]


@pytest.fixture
async def shelf() -> Shelf:
    return await Shelf().stock(FEE, FEE, FEE)


async def test_locking_holds_all_prices_for_a_day(shelf: Shelf) -> None:
    assert await shelf.lock(FIRST, 2, 2, 0, 2) == 2
    assert await shelf.held() == [{FIRST: False}, {}, {FIRST: False}]
    (hold,) = (await shelf.now())[0].holds
    assert (hold.offering_id, hold.offering_key, hold.expires_at) == (FIBRE, "fibre", NOW + DAY)
    assert shelf.told == ["price.locked.v1"] * 2
    assert {one.by.name for one in shelf.memory.published[3:]} == {"platform"}


async def test_locking_nothing_is_fine(shelf: Shelf) -> None:
    assert await shelf.lock(FIRST, 2) == 0
    assert await shelf.held() == [{}, {}, {}]


async def test_locking_twice_changes_nothing(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    shelf.time += DAY - timedelta(microseconds=1)
    with unchanged(shelf.memory):
        assert await shelf.lock(FIRST, 2, 0, 1) == 2
    shelf.time = NOW + DAY
    assert await shelf.lock(FIRST, 2, 0, 1) == 2
    assert [one.last_token for one in await shelf.now()] == [2, 2, 0]
    assert await shelf.held() == [{FIRST: False}, {FIRST: False}, {}]


async def test_locking_completes_what_somebody_has_released_by_hand(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    async with shelf.memory(ANN) as work:
        (one,) = await work.prices.take([shelf.prices[1].id])
        one.release(FIRST, NOW)
        await work.prices.save(one)
    await shelf.lock(FIRST, 2, 0, 1)
    assert [one.last_token for one in await shelf.now()] == [1, 2, 0]
    assert await shelf.held() == [{FIRST: False}, {FIRST: False}, {}]


async def test_all_prices_are_locked_or_none(shelf: Shelf) -> None:
    await DeletePrice(shelf.memory)(shelf.prices[1].id, 1, ANN)
    with refused(shelf.memory, Rejected, "PRICE_MISSING"):
        await shelf.lock(FIRST, 2, 0, 1, 2)
    assert await shelf.lock(FIRST, 2, 0, 2) == 2  # nothing is over by that


async def test_prices_whose_validity_has_ended_are_not_locked() -> None:
    ending = replace(FEE, valid_for=Validity(to=NOW))
    shelf = await Shelf(time=NOW - timedelta(microseconds=1)).stock(FEE, ending)
    await shelf.lock(FIRST, 2, 0, 1)
    shelf.time = NOW
    with refused(shelf.memory, Rejected, "PRICE_EXPIRED"):
        await shelf.lock(SECOND, 4, 0, 1)
    assert await shelf.lock(SECOND, 4, 0) == 1


async def test_a_price_that_too_many_hold_keeps_the_others_from_being_locked(shelf: Shelf) -> None:
    async with shelf.memory(ANN) as work:
        (full,) = await work.prices.take([shelf.prices[1].id])
        for _ in range(1000):
            full.pull_event()
            full.hold(offering_id=uuid4(), offering_key=None, publication_id=uuid4(), seconds=60, now=NOW)
        await work.prices.save(full)
    with refused(shelf.memory, Rejected, "PRICE_CROWDED"):
        await shelf.lock(FIRST, 2, 0, 1, 2)
    assert await shelf.lock(FIRST, 2, 0, 2) == 2  # nothing is over by that


async def test_releasing_gives_up_what_was_locked_and_nothing_else(shelf: Shelf) -> None:
    other = Hold(offering_id=CABLE, publication_id=SECOND, seconds=60)
    await HoldPrice(shelf.memory)(shelf.prices[0].id, other, ANN)
    await shelf.lock(FIRST, 2, 0, 1)
    await shelf.release(FIRST, 2)
    assert await shelf.held() == [{SECOND: False}, {}, {}]
    assert shelf.told == ["price.locked.v1"] * 3 + ["price.released.v1"] * 2
    with unchanged(shelf.memory):
        await shelf.release(FIRST, 2)


async def test_what_is_released_is_not_locked_any_more(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0)
    await shelf.release(FIRST, 2)
    with refused(shelf.memory, RuleBroken, "publication_ended"):
        await shelf.lock(FIRST, 2, 0)


async def test_who_is_released_before_locking_is_not_locked(shelf: Shelf) -> None:
    await shelf.release(FIRST, 2)
    assert shelf.told == []
    with refused(shelf.memory, RuleBroken, "publication_ended"):
        await shelf.lock(FIRST, 2, 0)
    assert await shelf.lock(SECOND, 4, 0) == 1


async def test_who_is_heard_to_be_rejected_is_released_and_not_locked_any_more(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    await shelf.reject(FIRST, 3)
    assert await shelf.held() == [{}, {}, {}]
    with refused(shelf.memory, RuleBroken, "publication_ended"):
        await shelf.lock(FIRST, 2, 0)
    with unchanged(shelf.memory):
        await shelf.release(FIRST, 2)
        await shelf.reject(FIRST, 3)
    await shelf.lock(SECOND, 4, 0)
    with unchanged(shelf.memory):
        await shelf.reject(FIRST, 3)


async def test_prices_that_are_deleted_meanwhile_are_no_concern_of_releasing(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    shelf.time += DAY
    await DeletePrice(shelf.memory)(shelf.prices[0].id, 2, ANN)
    await shelf.release(FIRST, 2)
    assert [one.holds for one in await shelf.now()] == [(), ()]


async def test_what_is_live_is_held_without_an_end(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    assert await shelf.publish(FIRST, 3, 0, 1) == []
    assert await shelf.held() == [{FIRST: True}, {FIRST: True}, {}]
    assert [one.last_token for one in await shelf.now()] == [1, 1, 0]
    shelf.time += 1000 * DAY
    more = Revise(name="More", kind=Kind.ONE_TIME, money=FEE.money)
    with refused(shelf.memory, RuleBroken, "locked"):
        await RevisePrice(shelf.memory)(shelf.prices[0].id, 3, more, ANN)
    with refused(shelf.memory, RuleBroken, "locked"):
        await DeletePrice(shelf.memory)(shelf.prices[0].id, 3, ANN)
    with unchanged(shelf.memory):
        assert await shelf.publish(FIRST, 3, 0, 1) == []


async def test_locking_what_is_live_changes_nothing() -> None:
    """The step's report was lost, and so it is done again."""
    ending = replace(FEE, valid_for=Validity(to=NOW + DAY))
    shelf = await Shelf().stock(FEE, ending)
    await shelf.lock(FIRST, 2, 0, 1)
    await shelf.publish(FIRST, 3, 0, 1)
    shelf.time += DAY
    with unchanged(shelf.memory):
        assert await shelf.lock(FIRST, 2, 0, 1) == 2


async def test_what_is_live_is_not_undone(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0)
    await shelf.publish(FIRST, 3, 0)
    with unchanged(shelf.memory):
        await shelf.release(FIRST, 2)


async def test_leases_that_are_gone_are_placed_anew(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    shelf.time += DAY
    sweep = Hold(offering_id=CABLE, publication_id=SECOND, seconds=60)
    await HoldPrice(shelf.memory)(shelf.prices[0].id, sweep, ANN)
    assert await shelf.held() == [{SECOND: False}, {}, {}]
    await shelf.publish(FIRST, 3, 0, 1)
    assert await shelf.held() == [{SECOND: False, FIRST: True}, {FIRST: True}, {}]


async def test_a_price_that_is_deleted_meanwhile_is_told(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    shelf.time += DAY
    await DeletePrice(shelf.memory)(shelf.prices[0].id, 2, ANN)
    assert await shelf.publish(FIRST, 3, 0, 1) == [shelf.prices[0].id]
    assert await shelf.held() == [{FIRST: True}, {}]


async def test_the_next_publication_takes_the_place_of_the_one_before(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    await shelf.publish(FIRST, 3, 0, 1)
    await shelf.lock(SECOND, 5, 1, 2)
    assert await shelf.held() == [{FIRST: True}, {FIRST: True, SECOND: False}, {SECOND: False}]
    await shelf.publish(SECOND, 6, 1, 2)
    assert await shelf.held() == [{}, {SECOND: True}, {SECOND: True}]
    with refused(shelf.memory, RuleBroken, "publication_ended"):
        await shelf.lock(FIRST, 2, 0)
    with unchanged(shelf.memory):
        await shelf.publish(FIRST, 3, 0, 1)
        await shelf.release(FIRST, 2)


async def test_the_next_publication_that_fails_leaves_what_is_live(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    await shelf.publish(FIRST, 3, 0, 1)
    await shelf.lock(SECOND, 5, 1, 2)
    await shelf.release(SECOND, 5)
    await shelf.reject(SECOND, 6)
    assert await shelf.held() == [{FIRST: True}, {FIRST: True}, {}]


async def test_what_is_live_is_heard_late_while_the_next_publication_goes_on(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    await shelf.lock(SECOND, 5, 1, 2)
    await shelf.publish(FIRST, 3, 0, 1)
    assert await shelf.held() == [{FIRST: True}, {FIRST: True, SECOND: False}, {SECOND: False}]


async def test_what_is_retired_holds_nothing_and_never_will(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    await shelf.publish(FIRST, 3, 0, 1)
    by_hand = Hold(offering_id=FIBRE, publication_id=uuid4(), seconds=60)
    await HoldPrice(shelf.memory)(shelf.prices[2].id, by_hand, ANN)
    await shelf.retire(4)
    assert await shelf.held() == [{}, {}, {}]
    with unchanged(shelf.memory):
        await shelf.publish(FIRST, 3, 0, 1)
        await shelf.retire(4)
    with refused(shelf.memory, RuleBroken, "publication_ended"):
        await shelf.lock(FIRST, 2, 0)


async def test_who_is_heard_to_be_retired_first_is_never_sold(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0, 1)
    await shelf.retire(4)
    with unchanged(shelf.memory):
        assert await shelf.publish(FIRST, 3, 0, 1) == []
    assert await shelf.held() == [{}, {}, {}]


async def test_what_is_deleted_holds_and_uses_nothing(shelf: Shelf) -> None:
    await shelf.lock(FIRST, 2, 0)
    draft = Content(price_ids=(shelf.prices[0].id,))
    await EndSale(shelf.memory)(DeletedOffering(id=FIBRE, key="fibre", version=4, draft=draft))
    assert await shelf.held() == [{}, {}, {}]
    await DeletePrice(shelf.memory)(shelf.prices[0].id, 3, ANN)


async def test_uses_are_noted_on_the_same_events(shelf: Shelf) -> None:
    await shelf.publish(FIRST, 3, 0, 1)
    async with shelf.memory(ANN) as work:
        users = [[use.key for use in await work.uses.of(one.id)] for one in shelf.prices]
    assert users == [["fibre"], ["fibre"], []]
    await shelf.retire(4)
    with refused(shelf.memory, RuleBroken, "in_use"):
        await DeletePrice(shelf.memory)(shelf.prices[0].id, 3, ANN)
    await DeletePrice(shelf.memory)(shelf.prices[1].id, 3, ANN)


async def test_checking_says_what_locking_would() -> None:
    ending = replace(FEE, valid_for=Validity(to=NOW))
    shelf = await Shelf().stock(FEE, ending)
    gone = uuid4()
    with unchanged(shelf.memory):
        found = await CheckPrices(shelf.memory)(
            Check(ids=(shelf.prices[0].id, gone, shelf.prices[1].id)), ANN
        )
    request = shelf.request(FIRST, 2, 0, 1)
    ids = (request.price_ids[0], gone, request.price_ids[1])
    with pytest.raises(Rejected) as refusal:
        await LockPrices(shelf.memory)(replace(request, price_ids=ids))
    assert tuple(found.problems) == refusal.value.problems
    assert [(one.code, one.pointer) for one in found.problems] == [
        ("PRICE_MISSING", "/priceIds/1"),
        ("PRICE_EXPIRED", "/priceIds/2"),
    ]
    fine = await CheckPrices(shelf.memory)(Check(ids=(shelf.prices[0].id,) * 2), ANN)
    assert fine.problems == []


async def test_what_is_live_is_locked_again_however_many_hold_it(shelf: Shelf) -> None:
    """And checking, which knows whose prices they are, says the same."""
    await shelf.lock(FIRST, 2, 0)
    await shelf.publish(FIRST, 3, 0)
    async with shelf.memory(ANN) as work:
        (full,) = await work.prices.take([shelf.prices[0].id])
        for _ in range(999):
            full.pull_event()
            full.hold(offering_id=uuid4(), offering_key=None, publication_id=uuid4(), seconds=60, now=NOW)
        await work.prices.save(full)
    ids = (shelf.prices[0].id, shelf.prices[1].id)
    with unchanged(shelf.memory):
        own = await CheckPrices(shelf.memory)(Check(ids=ids, offering_id=FIBRE), ANN)
        others = [
            await CheckPrices(shelf.memory)(Check(ids=ids, offering_id=one), ANN) for one in (CABLE, None)
        ]
    assert own.problems == []
    request = replace(shelf.request(SECOND, 2, 0, 1), offering_id=CABLE)
    with refused(shelf.memory, Rejected, "PRICE_CROWDED"):
        await LockPrices(shelf.memory)(request)
    for one in others:
        assert [(found.code, found.pointer) for found in one.problems] == [("PRICE_CROWDED", "/priceIds/0")]
    assert await shelf.lock(SECOND, 4, 0, 1) == 2
    await shelf.publish(SECOND, 5, 0, 1)
    (now, *_) = await shelf.now()
    assert (len(now.holds), now.held_for(FIRST, NOW), now.held_for(SECOND, NOW)) == (1000, False, True)


async def test_checking_is_bounded(shelf: Shelf) -> None:
    with refused(shelf.memory, Invalid):
        await CheckPrices(shelf.memory)(Check(ids=tuple(uuid4() for _ in range(101))), ANN)


def test_a_request_is_read_from_the_variables_of_a_process() -> None:
    read = TypeAdapter(PublicationRequest).validate_python
    one, two = uuid4(), uuid4()
    variables = {
        "publicationId": str(FIRST),
        "offeringId": str(FIBRE),
        "offeringKey": "fibre",
        "offeringVersion": 2,
        "specificationId": str(uuid4()),
        "priceIds": f"{one},{two}",
    }
    wanted = read(variables)
    assert (wanted.publication_id, wanted.offering_id, wanted.offering_key) == (FIRST, FIBRE, "fibre")
    assert (wanted.offering_version, wanted.price_ids) == (2, (one, two))
    for nothing in ("", None):
        assert read({**variables, "priceIds": nothing}).price_ids == ()
    with pytest.raises(ValidationError):
        read({**variables, "priceIds": f"{one};{two}"})
