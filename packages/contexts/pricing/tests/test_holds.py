"""Holds: leases that are placed, renewed, released, made permanent, and that end by themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from kernel.domain import Event
from kernel.errors import Invalid, RuleBroken
from pricing.domain import Definition, Hold, Kind, Price, PriceLocked, PriceReleased, Rate

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER, MUCH_LATER = NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)
FEE = Definition(name="Fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal(5), currency="EUR"))
FIBRE, CABLE, FIRST, SECOND, THIRD = (uuid4() for _ in range(5))


@pytest.fixture
def fee() -> Price:
    """A price whose definition is published already."""
    fee = Price.define(FEE)
    fee.pull_event()
    return fee


def hold(
    fee: Price,
    publication: UUID = FIRST,
    offering: UUID = FIBRE,
    *,
    now: datetime = NOW,
    token: int | None = None,
) -> Hold:
    """Hold it for a minute; the event is published."""
    found = fee.hold(
        offering_id=offering,
        offering_key="fibre",
        publication_id=publication,
        seconds=60,
        now=now,
        token=token,
    )
    assert isinstance(fee.pull_event(), PriceLocked)
    return found


def state(fee: Price) -> list[tuple[UUID, int, bool]]:
    """Publication, token, and whether it is permanent, of each hold."""
    return [(one.publication_id, one.token, one.permanent) for one in fee.holds]


def sell(
    fee: Price,
    publication: UUID = FIRST,
    offering: UUID = FIBRE,
    *,
    now: datetime = NOW,
    pending: UUID | None = None,
    event: type[Event] | None = PriceLocked,
) -> None:
    """The offering is live by the publication; the event is published."""
    fee.sell(offering_id=offering, offering_key="fibre", publication_id=publication, now=now, pending=pending)
    found = fee.pull_event()
    assert (found and type(found)) == event


def test_placing(fee: Price) -> None:
    placed = hold(fee)
    assert placed == Hold(
        offering_id=FIBRE, offering_key="fibre", publication_id=FIRST, token=1, expires_at=MUCH_LATER
    )
    assert (fee.holds, fee.last_token, fee.locked) == ((placed,), 1, True)
    assert PriceLocked.type == "price.locked.v1"


def test_the_same_publication_renews_its_hold_with_a_new_token(fee: Price) -> None:
    hold(fee)
    hold(fee, SECOND, CABLE)
    renewed = hold(fee, now=LATER)
    assert (renewed.token, renewed.expires_at) == (3, LATER + timedelta(seconds=60))
    assert state(fee) == [(SECOND, 2, False), (FIRST, 3, False)]


def test_tokens_grow_for_ever(fee: Price) -> None:
    for number in range(1, 4):
        assert hold(fee).token == number
        fee.release(FIRST, NOW)
        assert isinstance(fee.pull_event(), PriceReleased)
    assert (fee.holds, fee.last_token, fee.locked) == ((), 3, False)


def test_who_renews_with_the_present_token_may(fee: Price) -> None:
    first = hold(fee)
    assert hold(fee, token=first.token).token == 2


def test_a_stale_token_is_refused(fee: Price) -> None:
    hold(fee), hold(fee)
    for token in (0, 1, 3):
        with pytest.raises(RuleBroken) as refusal:
            hold(fee, token=token)
        assert refusal.value.code == "stale_token"
        assert refusal.value.message == (
            f"The publication {FIRST} does not hold Fee with the token {token}, but with 2: hold it again."
        )
    assert (state(fee), fee.last_token, fee.pull_event()) == ([(FIRST, 2, False)], 2, None)


def test_what_is_not_held_cannot_be_renewed(fee: Price) -> None:
    with pytest.raises(RuleBroken) as refusal:
        hold(fee, token=1)
    assert refusal.value.code == "stale_token"
    assert refusal.value.message == (
        f"The publication {FIRST} does not hold Fee with the token 1: hold it again."
    )
    assert (fee.holds, fee.pull_event()) == ((), None)


@pytest.mark.parametrize(
    ("seconds", "key", "pointers"),
    [
        (0, "fibre", ["/seconds"]),
        (86_401, None, ["/seconds"]),
        (-1, "", ["/offeringKey", "/seconds"]),
        (1, "k" * 65, ["/offeringKey"]),
        (86_400, "a\0b", ["/offeringKey"]),
    ],
)
def test_leases_that_are_refused(fee: Price, seconds: int, key: str | None, pointers: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        fee.hold(offering_id=FIBRE, offering_key=key, publication_id=FIRST, seconds=seconds, now=NOW)
    assert [one.pointer for one in refusal.value.problems] == pointers
    assert (fee.holds, fee.last_token, fee.pull_event()) == ((), 0, None)


def test_a_publication_is_of_one_offering(fee: Price) -> None:
    hold(fee)
    for refused in (lambda: hold(fee, FIRST, CABLE), lambda: sell(fee, FIRST, CABLE)):
        with pytest.raises(Invalid) as refusal:
            refused()
        assert [one.pointer for one in refusal.value.problems] == ["/publicationId"]
    assert state(fee) == [(FIRST, 1, False)]


def test_a_price_is_held_a_thousand_times_at_most(fee: Price) -> None:
    fee.holds = tuple(
        Hold(offering_id=uuid4(), publication_id=uuid4(), token=token) for token in range(1, 1001)
    )
    fee.last_token = 1000
    with pytest.raises(RuleBroken) as refusal:
        hold(fee)
    assert refusal.value.code == "too_many_holds"
    assert (len(fee.holds), fee.last_token) == (1000, 1000)
    fee.release(fee.holds[0].publication_id, NOW)
    fee.pull_event()
    assert hold(fee).token == 1001
    sell(fee, SECOND, CABLE)  # what is sold already is not refused
    assert (len(fee.holds), fee.last_token) == (1001, 1002)


def test_what_is_sold_may_be_published_again_however_many_hold_it(fee: Price) -> None:
    """The lease takes the place of what is live, also where others are published again at the same time."""
    others = [uuid4() for _ in range(999)]
    fee.holds = tuple(
        Hold(offering_id=other, publication_id=uuid4(), token=token)
        for token, other in enumerate((FIBRE, *others), start=1)
    )
    fee.last_token = 1000
    live = fee.holds[0].publication_id
    hold(fee, FIRST, FIBRE)
    hold(fee, uuid4(), others[0])
    assert (len(fee.holds), fee.holders_at(NOW)) == (1002, 1000)
    assert fee.has_room_for(FIBRE, FIRST, NOW)
    assert hold(fee, FIRST, FIBRE).token == 1003  # renewed
    for offering in (FIBRE, CABLE):
        assert not fee.has_room_for(offering, SECOND, NOW)
    for offering in (FIBRE, CABLE):
        with pytest.raises(RuleBroken) as refusal:
            hold(fee, SECOND, offering)
        assert refusal.value.code == "too_many_holds"
        assert (len(fee.holds), fee.last_token) == (1002, 1003)
    sell(fee, FIRST, FIBRE)
    assert live not in {one.publication_id for one in fee.holds}
    assert (len(fee.holds), fee.holders_at(NOW)) == (1001, 1000)


def test_leases_that_have_expired_do_not_count(fee: Price) -> None:
    fee.holds = tuple(
        Hold(offering_id=uuid4(), publication_id=uuid4(), token=token, expires_at=NOW + timedelta(seconds=1))
        for token in range(1, 1001)
    )
    assert not fee.has_room_for(FIBRE, FIRST, NOW)
    later = NOW + timedelta(seconds=1)
    assert (fee.holders_at(later), fee.has_room_for(FIBRE, FIRST, later)) == (0, True)


def test_what_is_sold_is_held_without_an_end(fee: Price) -> None:
    hold(fee)
    sell(fee)
    assert state(fee) == [(FIRST, 1, True)]
    assert fee.locked_at(datetime(9999, 1, 1, tzinfo=UTC))


def test_selling_twice_is_as_good_as_once(fee: Price) -> None:
    hold(fee)
    sell(fee)
    sell(fee, event=None)
    assert state(fee) == [(FIRST, 1, True)]


def test_a_lease_that_is_gone_is_placed_anew_without_an_end(fee: Price) -> None:
    hold(fee)
    hold(fee, SECOND, CABLE, now=MUCH_LATER)
    assert state(fee) == [(SECOND, 2, False)]
    sell(fee, now=MUCH_LATER)
    assert fee.holds[1] == Hold(offering_id=FIBRE, offering_key="fibre", publication_id=FIRST, token=3)
    assert (state(fee), fee.locked) == ([(SECOND, 2, False), (FIRST, 3, True)], True)


def test_a_permanent_hold_does_not_become_a_lease_again(fee: Price) -> None:
    hold(fee)
    sell(fee)
    again = fee.hold(offering_id=FIBRE, offering_key=None, publication_id=FIRST, seconds=60, now=NOW)
    assert (again, fee.last_token, fee.pull_event()) == (fee.holds[0], 1, None)
    assert state(fee) == [(FIRST, 1, True)]


def test_selling_takes_the_place_of_the_other_holds_of_the_same_offering(fee: Price) -> None:
    hold(fee)
    sell(fee)
    hold(fee, SECOND, CABLE)
    sell(fee, SECOND, CABLE)
    hold(fee, THIRD)
    assert state(fee) == [(FIRST, 1, True), (SECOND, 2, True), (THIRD, 3, False)]
    sell(fee, THIRD)
    assert state(fee) == [(SECOND, 2, True), (THIRD, 3, True)]


def test_selling_leaves_the_publication_that_goes_on(fee: Price) -> None:
    hold(fee)
    hold(fee, SECOND)
    hold(fee, THIRD)
    sell(fee, pending=SECOND)
    assert state(fee) == [(FIRST, 1, True), (SECOND, 2, False)]
    sell(fee, pending=SECOND, event=None)
    sell(fee, event=PriceReleased)
    assert state(fee) == [(FIRST, 1, True)]


def test_a_publication_holds_a_price_as_long_as_its_lease_lasts(fee: Price) -> None:
    hold(fee)
    assert [fee.held_for(FIRST, now) for now in (NOW, LATER, MUCH_LATER)] == [True, True, False]
    assert not fee.held_for(SECOND, NOW)
    sell(fee)
    assert fee.held_for(FIRST, MUCH_LATER)


def test_a_publication_that_fails_leaves_the_live_one(fee: Price) -> None:
    hold(fee)
    sell(fee)
    hold(fee, SECOND)
    fee.release(SECOND, NOW)
    assert state(fee) == [(FIRST, 1, True)]
    event = fee.pull_event()
    assert isinstance(event, PriceReleased)
    assert event.type == "price.released.v1"
    assert fee.locked


def test_releasing_an_offering_releases_all_its_holds(fee: Price) -> None:
    hold(fee)
    sell(fee)
    hold(fee, SECOND)
    hold(fee, THIRD, CABLE)
    fee.release_offering(FIBRE, NOW, pending=SECOND)
    assert isinstance(fee.pull_event(), PriceReleased)
    assert state(fee) == [(SECOND, 2, False), (THIRD, 3, False)]
    fee.release_offering(FIBRE, NOW)
    assert isinstance(fee.pull_event(), PriceReleased)
    assert state(fee) == [(THIRD, 3, False)]


def test_releasing_what_is_not_held_changes_nothing(fee: Price) -> None:
    fee.release(FIRST, NOW)
    fee.release_offering(FIBRE, NOW)
    assert (fee.holds, fee.pull_event()) == ((), None)
    hold(fee)
    fee.release(SECOND, MUCH_LATER)
    fee.release_offering(CABLE, MUCH_LATER)
    assert (state(fee), fee.pull_event()) == ([(FIRST, 1, False)], None)


def test_a_lease_ends_by_itself(fee: Price) -> None:
    hold(fee)
    assert fee.locked_at(LATER)
    assert not fee.locked_at(MUCH_LATER)
    assert fee.locked  # of the document, which time alone does not change


def test_what_has_expired_goes_with_the_next_change(fee: Price) -> None:
    hold(fee)
    fee.revise(FEE, MUCH_LATER)
    assert (state(fee), fee.pull_event()) == ([(FIRST, 1, False)], None)  # nothing was changed
    fee.revise(replace(FEE, name="Other"), MUCH_LATER)
    assert (fee.name, fee.holds, fee.locked) == ("Other", (), False)
    fee.pull_event()
    hold(fee)
    hold(fee, SECOND, CABLE, now=MUCH_LATER)
    assert state(fee) == [(SECOND, 3, False)]


def test_what_has_expired_does_not_keep_from_deleting(fee: Price) -> None:
    hold(fee)
    with pytest.raises(RuleBroken):
        fee.delete([], LATER)
    fee.delete([], MUCH_LATER)
    assert (fee.holds, fee.locked) == ((), False)


def test_an_expired_lease_is_renewed_or_made_permanent_as_long_as_nothing_has_changed(fee: Price) -> None:
    hold(fee)
    assert hold(fee, now=MUCH_LATER, token=1).token == 2
    sell(fee, now=MUCH_LATER + timedelta(days=1))
    assert state(fee) == [(FIRST, 2, True)]
