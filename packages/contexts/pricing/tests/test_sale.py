"""Sales: which publications may hold prices, and which prices an offering can be sold by."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from kernel.errors import Problem, Rejected, RuleBroken
from kernel.validity import Validity
from pricing.domain import Definition, Hold, Kind, Price, Rate, Sale, Seller, require_sellable, sale_faults

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FEE = Definition(name="Fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal(5), currency="EUR"))
NEW = Sale(offering_id=uuid4())
SELLER = Seller()
FIRST, SECOND, THIRD = (uuid4() for _ in range(3))


def price(key: str = "fee", *, start: datetime | None = None, end: datetime | None = None) -> Price:
    return Price.define(replace(FEE, valid_for=Validity(from_=start, to=end)), key=key)


def test_a_publication_goes_on_until_it_is_undone() -> None:
    begun = NEW.begun(FIRST, 2)
    assert begun == replace(NEW, requested=2, pending=FIRST)
    assert begun.begun(FIRST, 2) is begun
    assert begun.undone(2) == replace(NEW, requested=2)


def test_what_is_live_has_begun() -> None:
    sold = NEW.begun(FIRST, 2).sold(FIRST, 3)
    assert sold == replace(NEW, version=3, live=FIRST, requested=2)
    assert sold.begun(FIRST, 2) is sold


@pytest.mark.parametrize(
    "over",
    [
        NEW.begun(FIRST, 2).undone(2),
        NEW.undone(2),
        NEW.begun(SECOND, 4),
        NEW.undone(4),
        NEW.sold(SECOND, 5),
        NEW.sold(FIRST, 3).sold(SECOND, 5),
        NEW.begun(FIRST, 2).sold(SECOND, 3),
        NEW.ended(3),
        NEW.sold(FIRST, 3).ended(4),
    ],
    ids=range(9),
)
def test_what_is_over_does_not_begin_again(over: Sale) -> None:
    with pytest.raises(RuleBroken, match=f"The publication {FIRST} is over") as refusal:
        over.begun(FIRST, 2)
    assert refusal.value.code == "publication_ended"


def test_what_is_heard_late_says_nothing() -> None:
    sold = NEW.sold(SECOND, 5)
    for late in (sold.sold(FIRST, 3), sold.sold(SECOND, 5), sold.sold(FIRST, 5), sold.ended(4)):
        assert late is sold
    ended = sold.ended(6)
    assert ended.sold(SECOND, 5) is ended


def test_what_is_heard_late_does_not_end_what_goes_on() -> None:
    going_on = NEW.begun(SECOND, 4)
    assert going_on.undone(2) is going_on
    assert going_on.sold(FIRST, 3) == replace(going_on, version=3, live=FIRST)
    assert going_on.ended(3) == replace(going_on, version=3)


def test_what_is_live_stays_when_the_next_one_fails() -> None:
    sold = NEW.sold(FIRST, 3)
    assert sold.begun(SECOND, 4).undone(4) == replace(sold, requested=4)


def test_prices_that_are_there_and_valid_will_do() -> None:
    prices = [price(), price(start=NOW + timedelta(days=1)), price(end=NOW + timedelta(microseconds=1))]
    ids = [one.id for one in prices]
    assert [*sale_faults([*ids, ids[0]], prices, NOW, SELLER)] == []
    require_sellable(ids, prices, NOW, SELLER)
    require_sellable([], [], NOW, SELLER)


def test_prices_that_are_gone_or_over_are_named() -> None:
    gone, fine, over = uuid4(), price("fine"), price("over", end=NOW)
    missing = Problem("PRICE_MISSING", f"There is no price with the id {gone}.", "/priceIds/0")
    said = "The price over was valid until 2026-05-01T12:00:00Z."
    expired = [Problem("PRICE_EXPIRED", said, f"/priceIds/{index}") for index in (2, 3)]
    with pytest.raises(Rejected) as refusal:
        require_sellable([gone, fine.id, over.id, over.id], [fine, over], NOW, SELLER)
    assert refusal.value.code == "PRICE_MISSING"
    assert refusal.value.problems == (missing, *expired)
    assert refusal.value.message == f"{missing.message} {said} {said} Choose other prices."
    with pytest.raises(Rejected) as refusal:
        require_sellable([fine.id, fine.id, over.id], [fine, over], NOW, SELLER)
    assert (refusal.value.code, refusal.value.problems) == ("PRICE_EXPIRED", (expired[0],))


def test_of_many_that_are_missing_the_sentence_names_ten() -> None:
    ids = [uuid4() for _ in range(50)]
    with pytest.raises(Rejected) as refusal:
        require_sellable(ids, [], NOW, SELLER)
    assert [one.pointer for one in refusal.value.problems] == [f"/priceIds/{index}" for index in range(50)]
    assert refusal.value.message.endswith(f"id {ids[9]}. And 40 more. Choose other prices.")


def crowded(key: str, *first: Hold) -> Price:
    """A price that as many are sold by as can be."""
    one = price(key)
    holds = [Hold(offering_id=uuid4(), publication_id=uuid4(), token=0) for _ in range(1000 - len(first))]
    one.holds = (*first, *holds)
    return one


def test_a_price_that_too_many_hold_is_named() -> None:
    fine, full, over = price("fine"), crowded("full"), price("over", end=NOW)
    said = "The price full is held 1000 times, and 1000 is the most: "
    said += "define a price of its own for this offering."
    problem = Problem("PRICE_CROWDED", said, "/priceIds/1")
    with pytest.raises(Rejected) as refusal:
        require_sellable([fine.id, full.id], [fine, full], NOW, SELLER)
    assert (refusal.value.code, refusal.value.message) == ("PRICE_CROWDED", said)
    assert refusal.value.problems == (problem,)
    with pytest.raises(Rejected) as refusal:
        require_sellable([over.id, full.id], [over, full], NOW, SELLER)
    assert refusal.value.code == "PRICE_EXPIRED"
    assert refusal.value.problems[1] == problem
    assert refusal.value.message.endswith("for this offering. Choose other prices.")


def test_a_price_that_too_many_hold_will_do_for_who_holds_it() -> None:
    live = Hold(offering_id=SELLER.offering_id, publication_id=uuid4(), token=0)
    lease = Hold(**{**vars(SELLER), "token": 0, "expires_at": NOW + timedelta(seconds=1)})
    for own in (live, lease):
        full = crowded("full", own)
        require_sellable([full.id], [full], NOW, SELLER)
        assert [one.code for one in sale_faults([full.id], [full], NOW, Seller())] == ["PRICE_CROWDED"]
