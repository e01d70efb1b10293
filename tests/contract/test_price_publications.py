"""What the publish process does with prices, on memory and on PostgreSQL, also many at the same time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from kernel.domain import new_id
from kernel.errors import Rejected, RuleBroken
from pricing.domain import Definition, Hold, Kind, Price, Rate, Sale
from pricing.memory import Memory
from pricing.ports import Work
from pricing.use_cases.hear_offering import Content, Offering
from pricing.use_cases.lock import LockPrices, Publication, PublicationRequest
from pricing.use_cases.release_prices import ReleasePrices
from pricing.use_cases.sell import EndSale, PublishedOffering, SellPrices
from pricing_app.postgres import PRICES, Postgres
from tests.contract import stores
from tests.contract.stores import AUTHOR

Store = stores.Store[Work]
DATABASE = "pricing"
FEE = Definition(name="Fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal(5), currency="EUR"))
TIMES = 20


@pytest.fixture
async def store(place: str) -> AsyncIterator[Store]:
    async with Store.at(
        place, memory=Memory(), postgres=Postgres, table=PRICES, empty=("price", "sale", "usage")
    ) as store:
        yield store


@pytest.fixture
async def prices(store: Store) -> list[Price]:
    """Three prices."""
    made = [Price.define(FEE, key=f"fee-{number}") for number in range(3)]
    async with store.begin(AUTHOR) as work:
        for one in made:
            await work.prices.save(one)
    return made


def request(*prices: Price, offering: UUID | None = None, version: int = 2) -> PublicationRequest:
    """A publication by these prices, of a new offering unless one is named."""
    return PublicationRequest(
        publication_id=new_id(),
        offering_id=offering or new_id(),
        offering_key="fibre",
        offering_version=version,
        price_ids=tuple(one.id for one in prices),
    )


def published(wanted: PublicationRequest) -> PublishedOffering:
    """What is heard when the publication has succeeded."""
    return PublishedOffering(
        id=wanted.offering_id,
        key=wanted.offering_key,
        version=wanted.offering_version + 1,
        live=Content(price_ids=wanted.price_ids),
        publication_id=wanted.publication_id,
    )


async def held(store: Store, prices: list[Price]) -> list[set[UUID]]:
    """The publications that hold each price."""
    async with store.begin(AUTHOR) as work:
        now = await work.now()
        found = await work.prices.take([one.id for one in prices])
    return [{hold.publication_id for hold in one.holds if hold.alive_at(now)} for one in found]


async def outcome(step: Any) -> str:
    """How a step ended."""
    try:
        await step
    except RuleBroken as error:
        return error.code
    return "done"


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to databases in the block, without the beginnings and ends of transactions."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_prices_are_taken_by_their_ids_and_by_who_holds_them(store: Store, prices: list[Price]) -> None:
    fibre, cable = request(prices[0], prices[1]), request(prices[1], prices[2])
    for wanted in (fibre, cable):
        assert await LockPrices(store.begin)(wanted) == {"lockedPrices": 2}
    ids = [one.id for one in sorted(prices, key=lambda one: one.id)]
    async with store.begin(AUTHOR) as work:
        every = await work.prices.take([*reversed(ids), new_id(), ids[0]])
        assert every == sorted(await work.prices.many(ids), key=lambda one: one.id)
        assert [one.id for one in every] == ids
        assert await work.prices.take(()) == []
        assert await work.prices.take((), holder=new_id()) == []
        assert [one.id for one in await work.prices.take((), holder=fibre.offering_id)] == ids[:2]
        assert [one.id for one in await work.prices.take(ids[:1], holder=cable.offering_id)] == ids
        assert [one.id for one in await work.prices.take(ids[1:2], holder=cable.offering_id)] == ids[1:]


async def test_who_takes_prices_has_them_alone(store: Store, prices: list[Price]) -> None:
    async def hold() -> None:
        async with store.begin(AUTHOR) as work:
            for one in await work.prices.take([one.id for one in prices]):
                await asyncio.sleep(0.002)  # long enough for the others to come
                one.hold(
                    offering_id=new_id(),
                    offering_key=None,
                    publication_id=new_id(),
                    seconds=60,
                    now=await work.now(),
                )
                await work.prices.save(one)

    await asyncio.gather(*(hold() for _ in range(5)))
    async with store.begin(AUTHOR) as work:
        assert [one.last_token for one in await work.prices.take([one.id for one in prices])] == [5] * 3


async def test_a_sale_is_found_as_it_was(store: Store) -> None:
    sale = Sale(offering_id=new_id(), version=7, live=new_id(), requested=8, pending=new_id())
    async with store.begin(AUTHOR) as work:
        assert await work.sales.take(sale.offering_id) == Sale(offering_id=sale.offering_id)
        await work.sales.save(sale)
        assert await work.sales.take(sale.offering_id) == sale
    ended = sale.ended(9)
    async with store.begin(AUTHOR) as work:
        assert await work.sales.take(sale.offering_id) == sale
        await work.sales.save(ended)
    async with store.begin(AUTHOR) as work:
        assert await work.sales.take(sale.offering_id) == ended
    assert await store.types() == []


async def test_a_sale_belongs_to_the_work(store: Store) -> None:
    offering = new_id()

    async def fail() -> None:
        async with store.begin(AUTHOR) as work:
            await work.sales.save((await work.sales.take(offering)).ended(9))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with store.begin(AUTHOR) as work:
        assert await work.sales.take(offering) == Sale(offering_id=offering)


async def test_who_takes_a_sale_has_it_alone_also_when_it_is_new(store: Store) -> None:
    async def count(offering: UUID) -> None:
        async with store.begin(AUTHOR) as work:
            sale = await work.sales.take(offering)
            await asyncio.sleep(0.002)
            await work.sales.save(sale.ended(sale.version + 1))

    for offering in [new_id() for _ in range(TIMES)]:
        await asyncio.gather(*(count(offering) for _ in range(4)))
        async with store.begin(AUTHOR) as work:
            assert (await work.sales.take(offering)).version == 4


async def test_a_lease_lasts_a_day_by_the_clock_of_the_store(store: Store, prices: list[Price]) -> None:
    wanted = request(*prices)
    async with store.begin(AUTHOR) as work:
        before = await work.now()
    await LockPrices(store.begin)(wanted)
    async with store.begin(AUTHOR) as work:
        after = await work.now()
        holds = [hold for one in await work.prices.take([one.id for one in prices]) for hold in one.holds]
    assert len(holds) == 3
    assert len({hold.expires_at for hold in holds}) == 1
    assert holds[0].expires_at is not None
    assert before <= holds[0].expires_at - timedelta(days=1) <= after


async def test_what_is_refused_leaves_nothing(store: Store, prices: list[Price]) -> None:
    wanted = request(*prices)
    gone = PublicationRequest(**{**vars(wanted), "price_ids": (*wanted.price_ids, new_id())})
    with pytest.raises(Rejected) as refusal:
        await LockPrices(store.begin)(gone)
    assert refusal.value.problems[0].pointer == "/priceIds/3"
    assert await held(store, prices) == [set(), set(), set()]
    assert len(await store.types()) == 3
    async with store.begin(AUTHOR) as work:
        sale = await work.sales.take(wanted.offering_id)
    assert sale == Sale(offering_id=wanted.offering_id)


async def test_locking_twice_at_once_is_as_good_as_once(store: Store, prices: list[Price]) -> None:
    for number in range(TIMES):
        wanted = request(*prices)
        lock = LockPrices(store.begin)
        told = await asyncio.gather(lock(wanted), lock(wanted))
        assert [*told] == [{"lockedPrices": 3}] * 2
        async with store.begin(AUTHOR) as work:
            found = await work.prices.take(wanted.price_ids)
        assert [one.last_token for one in found] == [number + 1] * 3


async def test_locking_and_releasing_at_once_leaves_nothing_held(store: Store, prices: list[Price]) -> None:
    for _ in range(TIMES):
        wanted = request(*prices)
        undone = Publication(
            publication_id=wanted.publication_id, offering_id=wanted.offering_id, offering_version=2
        )
        lock, release = LockPrices(store.begin), ReleasePrices(store.begin)
        ends = await asyncio.gather(outcome(lock(wanted)), outcome(release(undone)), outcome(lock(wanted)))
        assert ends[1] == "done"
        assert {ends[0], ends[2]} <= {"done", "publication_ended"}
        assert await held(store, prices) == [set(), set(), set()]
        assert await outcome(lock(wanted)) == "publication_ended"
    types = Counter(type for type, _ in await store.types())
    assert types["price.locked.v1"] == types["price.released.v1"]


async def test_publications_that_share_prices_are_locked_at_once(store: Store, prices: list[Price]) -> None:
    """Whatever the order in which their offerings show them."""
    lock, everybody = LockPrices(store.begin), set[UUID]()
    for _ in range(TIMES):
        one, other = request(*prices), request(*reversed(prices))
        await asyncio.gather(lock(one), lock(other))
        everybody |= {one.publication_id, other.publication_id}
        assert await held(store, prices) == [everybody] * 3


async def test_steps_and_events_at_once_do_not_wait_for_each_other_for_ever(
    store: Store, prices: list[Price]
) -> None:
    lock, release, sell = LockPrices(store.begin), ReleasePrices(store.begin), SellPrices(store.begin)
    live, failing = [request(*prices) for _ in range(6)], [request(*reversed(prices)) for _ in range(6)]
    await asyncio.gather(*(lock(one) for one in (*live, *failing)))
    await asyncio.gather(
        *(sell(published(one)) for one in live),
        *(release(Publication(**{name: vars(one)[name] for name in NAMES})) for one in failing),
        *(lock(one) for one in live),
    )
    assert await held(store, prices) == [{one.publication_id for one in live}] * 3
    async with store.begin(AUTHOR) as work:
        found = await work.prices.take([one.id for one in prices])
    assert all(hold.permanent for one in found for hold in one.holds)


NAMES = ("publication_id", "offering_id", "offering_version")


async def test_the_life_of_an_offering(store: Store, prices: list[Price]) -> None:
    lock, sell = LockPrices(store.begin), SellPrices(store.begin)
    first = request(prices[0], prices[1])
    second = request(prices[1], prices[2], offering=first.offering_id, version=5)
    one, two = {first.publication_id}, {second.publication_id}
    await lock(first)
    assert await sell(published(first)) == frozenset()
    await lock(second)
    assert await held(store, prices) == [one, one | two, two]
    await sell(published(second))
    assert await held(store, prices) == [set(), two, two]
    said = len(await store.types())
    await sell(published(first))
    await sell(published(second))
    assert await outcome(lock(first)) == "publication_ended"
    await lock(second)
    assert len(await store.types()) == said
    content = Content(price_ids=second.price_ids)
    await EndSale(store.begin)(Offering(id=first.offering_id, key="fibre", version=7, live=content))
    assert await held(store, prices) == [set(), set(), set()]
    await sell(published(second))
    assert await held(store, prices) == [set(), set(), set()]
    assert await outcome(lock(second)) == "publication_ended"
    async with store.begin(AUTHOR) as work:
        users = [[use.key for use in await work.uses.of(price.id)] for price in prices]
    assert users == [[], ["fibre"], ["fibre"]]


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_locking_three_prices_is_seven_statements(store: Store, prices: list[Price]) -> None:
    """The sale taken and saved, the prices taken, the time, and each price saved with its event."""
    wanted = request(*prices)
    with statements() as sent:
        await LockPrices(store.begin)(wanted)
    assert len(sent) == 7, sent
    with statements() as sent:
        await LockPrices(store.begin)(wanted)
    assert len(sent) == 3, sent


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_a_price_that_was_deleted_while_it_was_waited_for_is_missing(
    store: Store, prices: list[Price]
) -> None:
    wanted = request(*prices)
    async with store.begin(AUTHOR) as work:
        (one,) = await work.prices.take([prices[1].id])
        locking = asyncio.create_task(LockPrices(store.begin)(wanted))
        await asyncio.sleep(0.1)  # until it waits
        one.delete([], await work.now())
        await work.prices.delete(one)
    with pytest.raises(Rejected) as refusal:
        await locking
    assert [one.pointer for one in refusal.value.problems] == ["/priceIds/1"]
    assert await held(store, prices) == [set(), set()]


async def test_holds_are_plain_documents(store: Store, prices: list[Price]) -> None:
    wanted = request(prices[0])
    await LockPrices(store.begin)(wanted)
    await SellPrices(store.begin)(published(wanted))
    async with store.begin(AUTHOR) as work:
        (found,) = await work.prices.take([prices[0].id])
    expected = Hold(
        offering_id=wanted.offering_id,
        offering_key="fibre",
        publication_id=wanted.publication_id,
        token=1,
    )
    assert (found.holds, found.version, found.modified_by) == ((expected,), 3, "platform")
    assert [type for type, _ in await store.types()][3:] == ["price.locked.v1"] * 2
