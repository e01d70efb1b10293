"""The store of prices, on memory and on PostgreSQL: what the suite of characteristics cannot know of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

import pytest

from kernel.auth import Principal
from kernel.domain import new_id
from kernel.errors import Conflict, NotFound, RuleBroken, Stale
from kernel.query import Filter, Query, Sort
from kernel.validity import Validity
from pricing.domain import Definition, Kind, Mode, Period, PeriodUnit, Price, Rate, Tier
from pricing.memory import Memory
from pricing.ports import Work
from pricing.use_cases.delete import DeletePrice
from pricing.use_cases.hold import Hold, HoldPrice
from pricing.use_cases.release import ReleasePrice
from pricing.use_cases.revise import Revise, RevisePrice
from pricing_app.postgres import PRICES, Postgres
from tests.contract import stores
from tests.contract.stores import AUTHOR, OTHER

Store = stores.Store[Work]
DATABASE = "pricing"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FEE = Definition(name="Fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal("12.50"), currency="EUR"))
MONTHLY = replace(
    FEE, name="Monthly fee", kind=Kind.RECURRING, period=Period(unit=PeriodUnit.MONTH, length=3)
)
TRAFFIC = Definition(
    name="Traffic",
    description="Beyond what is included,\nby use.",
    kind=Kind.USAGE,
    money=Rate(currency="KWD"),
    unit_of_measure="1M tokens",
    tiers=(
        Tier(from_=Decimal(0), amount=Decimal("0.5")),
        Tier(from_=Decimal("0.5"), amount=Decimal("999999999999999999.999999999999")),
    ),
    mode=Mode.GRADUATED,
    valid_for=Validity(from_=NOW, to=NOW + timedelta(microseconds=1)),
    tax_included=True,
)
LEASE = Hold(offering_id=new_id(), publication_id=new_id(), seconds=60)
MORE = Revise(name="More", kind=Kind.ONE_TIME, money=FEE.money)


@pytest.fixture
async def store(place: str) -> AsyncIterator[Store]:
    async with Store.at(place, memory=Memory(), postgres=Postgres, table=PRICES, empty=("price",)) as store:
        yield store


def price(key: str = "fee", definition: Definition = FEE, **changed: Any) -> Price:
    return Price.define(replace(definition, **changed), key=key)


def hold(one: Price, key: str | None = "fibre", now: datetime = NOW) -> None:
    one.hold(offering_id=new_id(), offering_key=key, publication_id=new_id(), seconds=60, now=now)


def set_clock(monkeypatch: pytest.MonkeyPatch, wrong: timedelta) -> None:
    """The clock of this process is so much ahead, for whoever asks the kernel."""

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + wrong

    monkeypatch.setattr("kernel.domain.datetime", Wrong)


async def saved(store: Store, *prices: Price, by: Principal = AUTHOR) -> None:
    for one in prices:
        async with store.begin(by) as work:
            await work.prices.save(one)


async def found(store: Store, id: UUID) -> Price:
    async with store.begin(AUTHOR) as work:
        return await work.prices.get(id)


async def present(store: Store) -> datetime:
    async with store.begin(AUTHOR) as work:
        return await work.now()


@pytest.mark.parametrize("definition", [FEE, MONTHLY, TRAFFIC], ids=lambda one: one.kind)
async def test_what_was_saved_is_found_as_it_was(store: Store, definition: Definition) -> None:
    one = price(definition=definition)
    await saved(store, one)
    again = await found(store, one.id)
    assert again == one
    assert again.definition == definition.tidied()
    assert [str(tier.amount) for tier in again.tiers] == [str(tier.amount) for tier in one.tiers]
    assert (again.version, again.created_by, again.modified_by) == (1, "author", "author")


async def test_holds_are_found_as_they_were(store: Store) -> None:
    one = price()
    await saved(store, one)
    hold(one)
    await saved(store, one, by=OTHER)
    hold(one, None)
    await saved(store, one)
    first = one.holds[0]
    one.sell(
        offering_id=first.offering_id, offering_key="fibre", publication_id=first.publication_id, now=NOW
    )
    await saved(store, one)
    again = await found(store, one.id)
    assert again == one
    assert [(held.token, held.offering_key, held.expires_at) for held in again.holds] == [
        (1, "fibre", None),
        (2, None, NOW + timedelta(seconds=60)),
    ]
    assert (again.locked, again.last_token, again.version) == (True, 2, 4)
    assert await store.types() == [
        ("price.defined.v1", 1),
        ("price.locked.v1", 2),
        ("price.locked.v1", 3),
        ("price.locked.v1", 4),
    ]
    for number in (0, 0):
        again.release(again.holds[number].publication_id, NOW)
        await saved(store, again)
    last = await found(store, one.id)
    assert (last.holds, last.locked, last.last_token, last.version) == ((), False, 2, 6)


async def test_an_unknown_id_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="There is no price with the id"):
        await found(store, new_id())


async def test_without_an_event_nothing_is_saved(store: Store) -> None:
    one = price()
    await saved(store, one)
    one.release(new_id(), NOW)
    await saved(store, one)
    assert (await found(store, one.id)).version == 1
    assert await store.types() == [("price.defined.v1", 1)]


async def test_who_saves_or_deletes_an_old_version_is_refused(store: Store) -> None:
    one = price()
    await saved(store, one)
    first, second, third = [await found(store, one.id) for _ in range(3)]
    hold(first)
    await saved(store, first)
    second.revise(MONTHLY, NOW)
    with pytest.raises(Stale):
        await saved(store, second)
    third.delete((), NOW)
    with pytest.raises(Stale):
        async with store.begin(AUTHOR) as work:
            await work.prices.delete(third)
    again = await found(store, one.id)
    assert (again.name, again.locked, again.version) == ("Fee", True, 2)
    assert len(await store.types()) == 2


async def test_a_key_belongs_to_one(store: Store) -> None:
    await saved(store, price())
    rival = price()
    with pytest.raises(Conflict) as refused:
        await saved(store, rival)
    assert (refused.value.code, refused.value.problems[0].pointer) == ("key_taken", "/key")
    with pytest.raises(NotFound):
        await found(store, rival.id)
    assert len(await store.types()) == 1


async def test_what_is_deleted_is_gone_and_its_key_is_free(store: Store) -> None:
    one = price()
    await saved(store, one)
    one.delete((), NOW)
    async with store.begin(OTHER) as work:
        await work.prices.delete(one)
    with pytest.raises(NotFound):
        await found(store, one.id)
    assert await store.types() == [("price.defined.v1", 1), ("price.deleted.v1", 2)]
    await saved(store, price())


async def test_of_fifty_who_hold_at_once_all_do(store: Store) -> None:
    """Each asks for no version: who loses a race reads again in its transaction."""
    one = price()
    await saved(store, one)
    place = HoldPrice(store.begin)
    wanted = [Hold(offering_id=new_id(), publication_id=new_id(), seconds=60) for _ in range(50)]
    await asyncio.gather(*(place(one.id, each, AUTHOR) for each in wanted))
    again = await found(store, one.id)
    assert [held.token for held in again.holds] == list(range(1, 51))
    assert {held.publication_id for held in again.holds} == {each.publication_id for each in wanted}
    assert await store.types() == [
        ("price.defined.v1", 1),
        *(("price.locked.v1", version) for version in range(2, 52)),
    ]


async def test_the_present_moment_is_in_utc_and_goes_by(store: Store) -> None:
    moments = []
    for _ in range(2):
        async with store.begin(AUTHOR) as work:
            moments += [await work.now(), await work.now()]
    assert [one.utcoffset() for one in moments] == [timedelta(0)] * 4
    assert moments == sorted(moments)


async def test_leases_are_judged_by_the_present_moment_of_the_store(store: Store) -> None:
    one = price()
    await saved(store, one)
    before = await present(store)
    held = await HoldPrice(store.begin)(one.id, LEASE, AUTHOR)
    (placed,) = held.holds
    assert placed.expires_at is not None
    assert before <= placed.expires_at - timedelta(seconds=60) <= await present(store)
    with pytest.raises(RuleBroken) as refused:
        await RevisePrice(store.begin)(one.id, 2, MORE, AUTHOR)
    assert refused.value.code == "locked"
    assert await found(store, one.id) == held
    hold(held, now=await present(store) - timedelta(seconds=60))
    await saved(store, held)
    released = await ReleasePrice(store.begin)(one.id, LEASE.publication_id, AUTHOR)
    assert (released.version, released.holds, released.locked) == (4, (), False)
    hold(released, now=await present(store) - timedelta(seconds=60))
    await saved(store, released)
    revised = await RevisePrice(store.begin)(one.id, 5, MORE, AUTHOR)
    assert (revised.name, revised.version, revised.locked) == ("More", 6, False)


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_on_postgres_time_goes_by_during_a_work(store: Store) -> None:
    """A work may have waited for a row, so the moment in which its transaction began will not do."""
    async with store.begin(AUTHOR) as work:
        assert await work.now() < await work.now()


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_on_postgres_the_clock_of_the_process_does_not_matter(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process that is behind holds what another one that is ahead would change."""
    one = price()
    await saved(store, one)
    before = await present(store)
    set_clock(monkeypatch, timedelta(minutes=-10))
    held = await HoldPrice(store.begin)(one.id, LEASE, AUTHOR)
    assert held.modified_at < before  # what people read is by the process's clock
    (placed,) = held.holds
    assert placed.expires_at is not None
    assert before < placed.expires_at - timedelta(seconds=60) < await present(store)
    set_clock(monkeypatch, timedelta(minutes=10))
    with pytest.raises(RuleBroken) as refused:
        await RevisePrice(store.begin)(one.id, 2, MORE, AUTHOR)
    assert refused.value.code == "locked"
    with pytest.raises(RuleBroken) as refused:
        await DeletePrice(store.begin)(one.id, 2, AUTHOR)
    assert refused.value.code == "locked"
    other = await HoldPrice(store.begin)(one.id, replace(LEASE, publication_id=new_id()), AUTHOR)
    assert [each.token for each in other.holds] == [1, 2]
    left = await ReleasePrice(store.begin)(one.id, other.holds[1].publication_id, AUTHOR)
    assert left.holds == held.holds


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_on_postgres_a_process_that_is_behind_sees_what_has_expired(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = price(), price("other")
    await saved(store, one, other)
    for each in (one, other):
        hold(each, now=await present(store) - timedelta(seconds=60))
        await saved(store, each)
    set_clock(monkeypatch, timedelta(minutes=-10))
    assert (await RevisePrice(store.begin)(one.id, 2, MORE, AUTHOR)).locked is False
    await DeletePrice(store.begin)(other.id, 2, AUTHOR)
    with pytest.raises(NotFound):
        await found(store, other.id)


async def several(store: Store) -> None:
    """Prices that differ in every column."""
    every = [
        price("alpha", MONTHLY, name="alpha"),
        price("beta", FEE, name="Beta 100%", money=Rate(amount=Decimal("9.90"), currency="USD")),
        price("gamma", TRAFFIC, name="be_ta"),
        price("delta", FEE, name="delta", money=Rate(amount=Decimal(100), currency="JPY")),
    ]
    await saved(store, *every)
    for one in (every[1], every[2]):
        hold(one)
        await saved(store, one)


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        (Filter("name", ("BETA",), contains=True), ["beta"]),
        (Filter("name", ("e_t",), contains=True), ["gamma"]),
        (Filter("name", ("100%",), contains=True), ["beta"]),
        (Filter("name", ("beta",)), []),
        (Filter("key", ("alpha", "delta")), ["alpha", "delta"]),
        (Filter("kind", ("ONE_TIME",)), ["beta", "delta"]),
        (Filter("kind", ("USAGE", "RECURRING")), ["alpha", "gamma"]),
        (Filter("currency", ("KWD",)), ["gamma"]),
        (Filter("currency", ("kwd",)), []),
        (Filter("locked", ("True",)), ["beta", "gamma"]),
        (Filter("locked", ("False",)), ["alpha", "delta"]),
        (Filter("locked", ("True", "False")), ["alpha", "beta", "delta", "gamma"]),
        (Filter("locked", ("true",)), []),
    ],
)
async def test_a_list_is_filtered(store: Store, condition: Filter, keys: list[str]) -> None:
    await several(store)
    async with store.begin(AUTHOR) as work:
        page = await work.prices.page(Query(filters=[condition]))
    assert (sorted(one.key for one in page.items), page.total) == (keys, len(keys))


@pytest.mark.parametrize(
    ("field", "keys"),
    [
        ("key", ["alpha", "beta", "delta", "gamma"]),
        ("kind", ["beta", "delta", "alpha", "gamma"]),
        ("currency", ["alpha", "delta", "gamma", "beta"]),
        ("amount", ["beta", "alpha", "delta", "gamma"]),
        ("locked", ["alpha", "delta", "beta", "gamma"]),
        ("created_at", ["alpha", "beta", "gamma", "delta"]),
        ("modified_at", ["alpha", "delta", "beta", "gamma"]),
    ],
)
async def test_a_list_is_sorted_and_ties_are_broken_by_age(store: Store, field: str, keys: list[str]) -> None:
    await several(store)

    async def sorted_by(*sort: Sort) -> list[str]:
        async with store.begin(AUTHOR) as work:
            return [one.key for one in (await work.prices.page(Query(sort=sort))).items]

    assert await sorted_by(Sort(field)) == keys
    turned = await sorted_by(Sort(field, descending=True), Sort("key", descending=True))
    assert turned == (await sorted_by(Sort(field), Sort("key")))[::-1]
