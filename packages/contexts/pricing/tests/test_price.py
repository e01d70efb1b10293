"""The life of a price: what it records, and what it refuses."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from kernel.errors import Invalid, RuleBroken
from kernel.uses import Use
from pricing.domain import Definition, Kind, Price, PriceDefined, PriceDeleted, PriceRevised, Rate

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FEE = Definition(name="Set-up fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal("12.50"), currency="EUR"))
FIBRE, CABLE = (Use(kind="offering", id=uuid4(), key=key) for key in ("fibre", "cable"))


@pytest.fixture
def fee() -> Price:
    """A price whose definition is published already."""
    fee = Price.define(FEE)
    fee.pull_event()
    return fee


def held(fee: Price, key: str | None = "fibre", offering: UUID | None = None, seconds: int = 60) -> None:
    """Somebody holds it, which is published already."""
    fee.hold(
        offering_id=offering or uuid4(),
        offering_key=key,
        publication_id=uuid4(),
        seconds=seconds,
        now=NOW,
    )
    fee.pull_event()


def test_defining() -> None:
    fee = Price.define(FEE, key="setup")
    assert (fee.key, fee.version, fee.definition) == ("setup", 0, FEE)
    assert (fee.holds, fee.last_token, fee.locked) == ((), 0, False)
    assert (fee.amount, fee.currency) == (Decimal("12.50"), "EUR")
    event = fee.pull_event()
    assert isinstance(event, PriceDefined)
    assert event.type == "price.defined.v1"


def test_a_key_is_made_of_the_name() -> None:
    assert Price.define(FEE).key == "set-up-fee"


def test_revising(fee: Price) -> None:
    wanted = Definition(
        name="Traffic",
        description="Beyond what is included",
        kind=Kind.USAGE,
        money=Rate(amount=Decimal("0.125"), currency="USD"),
        unit_of_measure="GB",
        tax_included=True,
    )
    fee.revise(wanted, NOW)
    assert (fee.key, fee.definition) == ("set-up-fee", wanted)
    event = fee.pull_event()
    assert isinstance(event, PriceRevised)
    assert event.type == "price.revised.v1"


def test_an_equal_revision_records_nothing(fee: Price) -> None:
    fee.revise(replace(FEE, name=" Set-up fee ", money=Rate(amount=Decimal("12.5"), currency="EUR")), NOW)
    assert fee.pull_event() is None


def test_a_bad_revision_changes_nothing(fee: Price) -> None:
    with pytest.raises(Invalid) as refusal:
        fee.revise(replace(FEE, name="", unit_of_measure="GB"), NOW)
    assert [problem.pointer for problem in refusal.value.problems] == ["/name", "/unitOfMeasure"]
    assert (fee.definition, fee.pull_event()) == (FEE, None)


def test_deleting(fee: Price) -> None:
    fee.delete([], NOW)
    event = fee.pull_event()
    assert isinstance(event, PriceDeleted)
    assert event.type == "price.deleted.v1"


def test_what_is_used_is_not_deleted(fee: Price) -> None:
    with pytest.raises(RuleBroken) as refusal:
        fee.delete([FIBRE, CABLE], NOW)
    assert refusal.value.code == "in_use"
    assert refusal.value.message == "Set-up fee is used by cable, fibre: end its validity instead."
    assert fee.pull_event() is None


def test_what_is_held_is_neither_revised_nor_deleted(fee: Price) -> None:
    offering = UUID("0190f0d0-0000-7000-8000-000000000001")
    for key in ("fibre", "fibre", "cable"):
        held(fee, key)
    held(fee, None, offering)
    with pytest.raises(RuleBroken) as refusal:
        fee.revise(replace(FEE, name="Fee"), NOW)
    assert refusal.value.code == "locked"
    assert refusal.value.message == (
        f"Set-up fee is held by {offering}, cable, fibre, so it is not changed: define another price instead."
    )
    with pytest.raises(RuleBroken) as refusal:
        fee.delete([FIBRE], NOW)
    assert refusal.value.code == "locked"
    assert refusal.value.message == (
        f"Set-up fee is held by {offering}, cable, fibre, so it is not deleted: end the sale first."
    )
    assert (fee.definition, fee.pull_event(), len(fee.holds)) == (FEE, None, 4)


def test_of_many_holders_the_first_are_named(fee: Price) -> None:
    for number in range(12):
        held(fee, f"plan-{number:02}")
    first = ", ".join(f"plan-{number:02}" for number in range(10))
    with pytest.raises(RuleBroken, match=f"Set-up fee is held by {first} and 2 more, so"):
        fee.delete([], NOW)
