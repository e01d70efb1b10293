"""What people and programs do with prices, in memory. A refusal has changed and published nothing."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter

from kernel.auth import Principal, Role
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken, Stale
from kernel.query import Filter, Query, Sort
from kernel.uses import ForgetUses, NoteUses
from pricing.domain import Kind, Price, Rate
from pricing.memory import Memory
from pricing.use_cases.charge import Charge, Charged, ChargePrice
from pricing.use_cases.define import Define, DefinePrice
from pricing.use_cases.delete import DeletePrice
from pricing.use_cases.ensure import ensured
from pricing.use_cases.get import GetPrice
from pricing.use_cases.hear_offering import Content, Offering
from pricing.use_cases.hold import Hold, HoldPrice
from pricing.use_cases.list import ListPrices
from pricing.use_cases.lookup import Lookup, LookupPrices
from pricing.use_cases.release import ReleasePrice
from pricing.use_cases.revise import Revise, RevisePrice
from tests.traces import last, refused

ANN = Principal(subject="1", name="ann", roles=frozenset({Role.AUTHOR}))
BOB = Principal(subject="2", name="bob", roles=frozenset({Role.OPERATOR}))
EUROS = Rate(amount=Decimal("12.50"), currency="EUR")
FEE = Define(name="Fee", kind=Kind.ONE_TIME, money=EUROS)
MORE = Revise(name="Higher fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal(15), currency="EUR"))
WANTED = Hold(offering_id=uuid4(), offering_key="fibre", publication_id=uuid4(), seconds=60)
FIBRE = uuid4()


@dataclass
class Watch:
    """A clock that somebody sets."""

    time: datetime = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def wait(self, seconds: int) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def memory(watch: Watch) -> Memory:
    return Memory(clock=watch)


@pytest.fixture
async def fee(memory: Memory) -> Price:
    """A price at version 1."""
    return await DefinePrice(memory)(FEE, ANN)


async def used(
    memory: Memory, draft: tuple[UUID, ...] | None, live: tuple[UUID, ...] | None = None, version: int = 1
) -> None:
    """An offering uses these, in its draft and live."""
    contents = [None if ids is None else Content(price_ids=ids) for ids in (draft, live)]
    heard = Offering(id=FIBRE, key="fibre", version=version, draft=contents[0], live=contents[1])
    await NoteUses(memory)(heard)


async def test_defining(memory: Memory) -> None:
    fee = await DefinePrice(memory)(FEE, ANN)
    assert (fee.key, fee.version, fee.created_by, fee.modified_by) == ("fee", 1, "ann", "ann")
    assert await GetPrice(memory)(fee.id, BOB) == fee
    assert last(memory) == ("price.defined.v1", fee.id, 1, "ann")
    assert len(memory.published) == 1


async def test_a_bad_definition_is_refused(memory: Memory) -> None:
    with refused(memory, Invalid):
        await DefinePrice(memory)(Define(name="", kind=Kind.USAGE, money=EUROS), ANN)


async def test_a_key_belongs_to_one(memory: Memory, fee: Price) -> None:
    with refused(memory, Conflict, "key_taken"):
        await DefinePrice(memory)(Define(name="FEE", kind=Kind.ONE_TIME, money=EUROS), ANN)
    other = await DefinePrice(memory)(Define(name="Fee", kind=Kind.ONE_TIME, money=EUROS, key="two"), ANN)
    assert other.key == "two"


async def test_revising(memory: Memory, fee: Price) -> None:
    revised = await RevisePrice(memory)(fee.id, 1, MORE, BOB)
    assert (revised.name, revised.key, revised.version) == ("Higher fee", "fee", 2)
    assert (revised.amount, revised.created_by, revised.modified_by) == (Decimal(15), "ann", "bob")
    assert await GetPrice(memory)(fee.id, ANN) == revised
    assert last(memory) == ("price.revised.v1", fee.id, 2, "bob")


async def test_an_equal_revision_saves_and_publishes_nothing(memory: Memory, fee: Price) -> None:
    same = Revise(name="Fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal("12.5"), currency="EUR"))
    assert await RevisePrice(memory)(fee.id, 1, same, BOB) == fee
    assert len(memory.published) == 1


async def test_revisions_that_are_refused(memory: Memory, fee: Price) -> None:
    revise = RevisePrice(memory)
    with refused(memory, NotFound):
        await revise(uuid4(), 1, MORE, BOB)
    with refused(memory, Stale):
        await revise(fee.id, 2, MORE, BOB)
    with refused(memory, Invalid):
        await revise(fee.id, 1, Revise(name="Fee", kind=Kind.USAGE, money=EUROS), BOB)


async def test_what_is_held_is_neither_revised_nor_deleted(memory: Memory, fee: Price) -> None:
    held = await HoldPrice(memory)(fee.id, WANTED, BOB)
    assert (held.version, held.locked, [one.token for one in held.holds]) == (2, True, [1])
    assert last(memory) == ("price.locked.v1", fee.id, 2, "bob")
    with refused(memory, RuleBroken, "locked"):
        await RevisePrice(memory)(fee.id, 2, MORE, ANN)
    with refused(memory, RuleBroken, "locked"):
        await DeletePrice(memory)(fee.id, 2, ANN)
    released = await ReleasePrice(memory)(fee.id, WANTED.publication_id, BOB)
    assert (released.version, released.locked, released.holds) == (3, False, ())
    assert last(memory) == ("price.released.v1", fee.id, 3, "bob")
    assert (await RevisePrice(memory)(fee.id, 3, MORE, ANN)).version == 4


async def test_what_has_expired_locks_nothing(memory: Memory, fee: Price, watch: Watch) -> None:
    await HoldPrice(memory)(fee.id, WANTED, BOB)
    watch.wait(59)
    with refused(memory, RuleBroken, "locked"):
        await RevisePrice(memory)(fee.id, 2, MORE, ANN)
    watch.wait(1)
    revised = await RevisePrice(memory)(fee.id, 2, MORE, ANN)
    assert (revised.name, revised.holds, revised.locked) == ("Higher fee", (), False)
    assert [one.event.type for one in memory.published] == [
        "price.defined.v1",
        "price.locked.v1",
        "price.revised.v1",
    ]


async def test_holding_again_renews(memory: Memory, fee: Price, watch: Watch) -> None:
    hold = HoldPrice(memory)
    await hold(fee.id, WANTED, BOB)
    watch.wait(30)
    held = await hold(fee.id, WANTED, BOB)
    assert [(one.token, one.expires_at) for one in held.holds] == [(2, watch() + timedelta(seconds=60))]


async def test_releasing_again_changes_nothing(memory: Memory, fee: Price) -> None:
    released = await ReleasePrice(memory)(fee.id, WANTED.publication_id, BOB)
    assert released == fee
    assert len(memory.published) == 1


async def test_holds_that_are_refused(memory: Memory, fee: Price) -> None:
    hold = HoldPrice(memory)
    with refused(memory, NotFound):
        await hold(uuid4(), WANTED, BOB)
    with refused(memory, NotFound):
        await ReleasePrice(memory)(uuid4(), WANTED.publication_id, BOB)
    for_ever = Hold(offering_id=FIBRE, publication_id=uuid4(), seconds=10**9)
    with refused(memory, Invalid):
        await hold(fee.id, for_ever, BOB)
    late = Hold(offering_id=FIBRE, publication_id=uuid4(), seconds=60, token=1)
    with refused(memory, RuleBroken, "stale_token"):
        await hold(fee.id, late, BOB)


async def test_who_loses_every_race_is_told_in_the_end(memory: Memory, fee: Price, watch: Watch) -> None:
    start, moments = watch(), list[datetime]()
    async with memory(BOB) as work:

        def spoil(price: Price, now: datetime) -> None:
            moments.append(now)
            watch.wait(1)
            price.version = 7  # as if somebody else were always faster
            price.hold(
                offering_id=FIBRE,
                offering_key=None,
                publication_id=uuid4(),
                seconds=1,
                now=now,
            )

        with pytest.raises(Stale):
            await ensured(work, fee.id, spoil)
    assert moments == [start + timedelta(seconds=lost) for lost in range(100)]
    assert await GetPrice(memory)(fee.id, BOB) == fee


async def test_deleting(memory: Memory, fee: Price) -> None:
    await DeletePrice(memory)(fee.id, 1, BOB)
    assert last(memory) == ("price.deleted.v1", fee.id, 2, "bob")
    with refused(memory, NotFound):
        await GetPrice(memory)(fee.id, ANN)
    assert (await DefinePrice(memory)(FEE, ANN)).key == "fee"


async def test_deletions_that_are_refused(memory: Memory, fee: Price) -> None:
    delete = DeletePrice(memory)
    with refused(memory, NotFound):
        await delete(uuid4(), 1, BOB)
    with refused(memory, Stale):
        await delete(fee.id, 2, BOB)
    for draft, live in (((fee.id,), None), (None, (uuid4(), fee.id)), ((), (fee.id,))):
        memory.database.usage.clear()
        await used(memory, draft, live)
        with refused(memory, RuleBroken, "in_use"):
            await delete(fee.id, 1, BOB)


async def test_what_is_heard_late_or_twice_changes_nothing(memory: Memory, fee: Price) -> None:
    await used(memory, (), version=2)
    await used(memory, (fee.id,), version=1)
    await used(memory, (fee.id,), version=2)
    await DeletePrice(memory)(fee.id, 1, BOB)
    assert last(memory)[0] == "price.deleted.v1"


async def test_an_offering_that_is_deleted_uses_nothing_any_more(memory: Memory, fee: Price) -> None:
    await used(memory, (fee.id,))
    with refused(memory, RuleBroken, "in_use"):
        await DeletePrice(memory)(fee.id, 1, BOB)
    gone = Offering(id=FIBRE, key="fibre", version=2, draft=Content(price_ids=(fee.id,)))
    await ForgetUses(memory)(gone)
    await used(memory, (fee.id,), version=1)
    await DeletePrice(memory)(fee.id, 1, BOB)


async def test_listing(memory: Memory, fee: Price) -> None:
    for name, currency in (("Alpha", "USD"), ("Beta", "USD"), ("Gamma", "USD")):
        money = Rate(amount=Decimal(1), currency=currency)
        await DefinePrice(memory)(Define(name=name, kind=Kind.ONE_TIME, money=money), ANN)
    dollars = Query(filters=[Filter("currency", ("USD",))], sort=[Sort("name", descending=True)], size=2)
    page = await ListPrices(memory)(dollars, BOB)
    assert ([one.name for one in page.items], page.total, page.next) == (["Gamma", "Beta"], 3, 2)
    await HoldPrice(memory)(fee.id, WANTED, BOB)
    page = await ListPrices(memory)(Query(filters=[Filter("locked", ("True",))]), BOB)
    assert [one.name for one in page.items] == ["Fee"]


async def test_looking_up(memory: Memory, fee: Price) -> None:
    unknown = uuid4()
    found = await LookupPrices(memory)(Lookup(ids=(unknown, fee.id, unknown, fee.id)), BOB)
    assert (found.items, found.missing) == ([fee], [unknown])
    found = await LookupPrices(memory)(Lookup(ids=()), BOB)
    assert (found.items, found.missing) == ([], [])


async def test_looking_up_is_bounded(memory: Memory) -> None:
    ids = tuple(uuid4() for _ in range(101))
    assert len((await LookupPrices(memory)(Lookup(ids=ids[:100]), BOB)).missing) == 100
    with pytest.raises(Invalid) as refusal:
        await LookupPrices(memory)(Lookup(ids=ids), BOB)
    assert [problem.pointer for problem in refusal.value.problems] == ["/ids"]


@pytest.mark.parametrize(
    ("quantity", "spelled", "amount"),
    [
        ("-0", "0", "0.00"),
        ("-0.000", "0", "0.00"),
        ("0E+5", "0", "0.00"),
        ("0E-9", "0", "0.00"),
        ("1E+3", "1000", "12500.00"),
        ("3.50", "3.5", "43.75"),
        ("1E-7", "0.0000001", "0.00000125"),
    ],
)
async def test_a_charge_is_spelled_without_sign_and_exponent(
    memory: Memory, fee: Price, quantity: str, spelled: str, amount: str
) -> None:
    charged = await ChargePrice(memory)(fee.id, Charge(quantity=Decimal(quantity)), BOB)
    assert json.loads(TypeAdapter(Charged).dump_json(charged)) == {
        "quantity": spelled,
        "amount": amount,
        "currency": "EUR",
    }


async def test_charging_changes_nothing(memory: Memory, fee: Price) -> None:
    charged = await ChargePrice(memory)(fee.id, Charge(quantity=Decimal("3")), BOB)
    assert charged == Charged(quantity=Decimal(3), amount=Decimal("37.50"), currency="EUR")
    with refused(memory, Invalid):
        await ChargePrice(memory)(fee.id, Charge(quantity=Decimal("-1")), BOB)
    with refused(memory, NotFound):
        await ChargePrice(memory)(uuid4(), Charge(quantity=Decimal(1)), BOB)
    assert len(memory.published) == 1
