"""What the store hears and what it shows, in memory and on MongoDB: disorder, repetition, deletion, time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from store.domain.sources import Copy, Hold, Price, Source
from tests.contract.catalogues import (
    NOW,
    at,
    characteristic,
    composed,
    days,
    id_of,
    offering,
    price,
    specification,
)
from tests.contract.shops import Shop

COLOUR, PHONE, FEE, FIBRE = (
    characteristic("colour"),
    specification("phone", "colour"),
    price("fee"),
    offering("fibre"),
)
RED = offering("fibre", values={"colour": "red"})
LATER = NOW + timedelta(hours=1)
HOLDS = (Hold(publication_id=id_of("publication")),)


async def test_an_entry_shows_all_that_is_known(shop: Shop) -> None:
    (shown,) = await shop.heard(COLOUR, PHONE, FEE, RED)
    expected = composed(map(lambda one: Copy(source=one), (COLOUR, PHONE, FEE, RED)))["fibre"]
    assert shown == replace(expected, visible_at=NOW)
    assert await shop.fibre() == shown
    assert await shop.on_sale() == ["fibre"]
    assert await shop.store.size() == {"entries": 1, "stale": 0}


ORDERS: Sequence[Sequence[Source]] = [
    (FIBRE, FEE, PHONE, COLOUR),
    (PHONE, COLOUR, FIBRE, FEE),
    (FEE, FIBRE, COLOUR, PHONE),
]


@pytest.mark.parametrize("order", ORDERS, ids=str)
async def test_nothing_is_shown_until_all_is_known(shop: Shop, order: Sequence[Source]) -> None:
    *first, last = order
    for source in first:
        assert await shop.heard(source) == []
        assert await shop.store.find("fibre") is None
    (shown,) = await shop.heard(last)
    assert shown.sources == {one.id: 1 for one in order}
    assert await shop.on_sale() == ["fibre"]


async def test_what_an_entry_is_made_of_may_change(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE, RED)
    for change in (
        characteristic("colour", version=2, name="Hue"),
        price("fee", "12.50", version=2),
        specification("phone", "colour", version=2, name="Telephone"),
    ):
        assert await shop.heard(change, now=LATER) == []  # no new version of the offering
    entry = await shop.fibre()
    assert [one.label for one in entry.attributes] == ["Hue"]
    assert entry.from_amounts == {"EUR": Decimal("12.50")}
    assert entry.specification.name == "Telephone"
    assert (entry.version, entry.visible_at) == (1, NOW)
    facets = (await shop.found()).facets
    assert facets is not None
    assert [(one.key, one.label) for one in facets] == [("attr.colour", "Hue")]


async def test_a_specification_that_has_a_new_characteristic_waits_for_it(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE, offering("fibre", values={"colour": "red", "wlan": True}))
    await shop.heard(specification("phone", "colour", "wlan", version=2))
    assert await shop.store.find("fibre") is None
    await shop.heard(characteristic("wlan", "boolean"))
    assert [one.text for one in (await shop.fibre()).attributes] == ["Red", "true"]
    await shop.heard(characteristic("wlan", "boolean", version=2, name="Wi-Fi"))
    assert [one.label for one in (await shop.fibre()).attributes] == ["COLOUR", "Wi-Fi"]


async def test_a_shared_price_changes_all_entries(shop: Shop) -> None:
    keys = [f"offering-{number}" for number in range(5)]
    await shop.heard(
        PHONE, COLOUR, FEE, price("other"), *map(offering, keys[:-1]), offering(keys[-1], prices=["other"])
    )
    await shop.heard(price("fee", "3", version=2))
    amounts = [one.from_amounts["EUR"] for one in (await shop.found()).items]
    assert amounts == [3, 3, 3, 3, 10]


async def test_who_holds_a_price_is_kept_and_shown_to_nobody(shop: Shop) -> None:
    """A price is held and let go again and again while offerings are published: nothing is composed anew."""
    await shop.heard(COLOUR, PHONE, FEE, RED, offering("tv"))
    before = await shop.fibre()
    held, free = replace(FEE, version=2, modified_at=at(2), holds=HOLDS), replace(FEE, version=3)
    for copy in (held, free, replace(held, version=4)):
        await shop.hear(copy)
        assert await shop.store.known([FEE.id]) == {FEE.id: Copy(source=copy)}
        assert await shop.store.size() == {"entries": 2, "stale": 0}
    assert (await shop.store.refresh(LATER)).composed == 0
    after = await shop.fibre()
    assert (after, after.sources) == (before, {one.id: 1 for one in (COLOUR, PHONE, FEE, RED)})


@pytest.mark.parametrize(
    "change",
    [
        price("fee", "3", version=3, holds=(Hold(publication_id=id_of("one")),)),
        price("fee", "10.00", version=3),
        price("fee", version=3, name="Charge"),
        price("fee", version=3, valid_for=days(-1, None)),
    ],
    ids=["amount", "spelling", "name", "validity"],
)
async def test_what_is_shown_of_a_price_is_composed_anew(shop: Shop, change: Price) -> None:
    """Also when only its holds have changed before, and when it is heard behind them."""
    await shop.heard(COLOUR, PHONE, FEE, RED)
    await shop.hear(replace(FEE, version=2, holds=HOLDS), change, replace(FEE, version=2, holds=HOLDS))
    assert (await shop.store.size())["stale"] == 1
    await shop.hear(replace(change, version=4, holds=()))
    await shop.refresh()
    (shown,) = (await shop.fibre()).prices
    assert (str(shown.amount), shown.name) == (str(change.money.amount), change.name)
    assert shown.valid_for == change.valid_for
    assert (await shop.fibre()).sources[FEE.id] == 4


async def test_a_price_that_is_deleted_and_comes_again_is_composed_anew(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE, RED)
    await shop.hear(replace(FEE, version=2), deleted=True)
    await shop.refresh()
    assert await shop.store.find("fibre") is None
    await shop.heard(replace(FEE, version=3))
    assert (await shop.fibre()).from_amounts == {"EUR": 10}


async def test_the_same_again_and_what_is_older_change_nothing(shop: Shop) -> None:
    new = [offering("fibre", version=3, name="New"), price("fee", "3", version=3)]
    await shop.heard(COLOUR, PHONE, *new)
    before = await shop.fibre()
    old = [offering("fibre", version=2, name="Old"), price("fee", "2", version=2), FIBRE, FEE]
    assert await shop.heard(*old, *new, *old, COLOUR, PHONE, now=LATER) == []
    assert await shop.fibre() == before


async def test_deleted_stays_deleted_until_there_is_a_new_one(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE)
    await shop.hear(offering("fibre", version=3), deleted=True)
    assert await shop.heard(offering("fibre", version=2), offering("fibre")) == []
    assert await shop.store.find("fibre") is None
    assert await shop.store.size() == {"entries": 0, "stale": 0}
    (again,) = await shop.heard(offering("fibre", version=4))
    assert again.version == 4
    await shop.hear(offering("fibre", version=5), deleted=True)
    await shop.refresh()
    assert await shop.on_sale() == []


async def test_a_deleted_price_stays_deleted_and_the_others_are_left(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE, price("other", "20"), offering("fibre", prices=["fee", "other"]))
    await shop.hear(price("fee", version=3), deleted=True)
    await shop.heard(price("fee", "1", version=2))
    assert (await shop.fibre()).from_amounts == {"EUR": 20}
    await shop.heard(price("fee", "5", version=4))
    assert (await shop.fibre()).from_amounts == {"EUR": 5}


@pytest.mark.parametrize("gone", [PHONE, FEE], ids=["specification", "price"])
async def test_without_a_specification_or_any_price_nothing_is_shown(shop: Shop, gone: Source) -> None:
    await shop.heard(COLOUR, PHONE, FEE, FIBRE)
    await shop.hear(replace(gone, version=2), deleted=True)
    await shop.refresh()
    assert await shop.store.find("fibre") is None
    assert await shop.on_sale() == []


async def test_without_a_characteristic_nothing_is_said_of_it(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE, RED)
    await shop.hear(characteristic("colour", version=2), deleted=True)
    await shop.refresh()
    assert (await shop.fibre()).attributes == []


async def test_what_is_retired_vanishes_and_may_come_back(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE, FIBRE)
    await shop.heard(offering("fibre", version=2, status="RETIRED"))
    assert await shop.store.find("fibre") is None
    assert (await shop.found()).total == 0
    (again,) = await shop.heard(offering("fibre", version=3), now=LATER)
    assert again.visible_at == LATER


async def test_the_draft_beside_what_is_sold_changes_nothing(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE, RED)
    before = await shop.fibre()
    for version, status in ((2, "PUBLISHED"), (3, "PUBLISHING"), (4, "PUBLISHED")):
        await shop.heard(replace(RED, version=version, status=status))
        after = await shop.fibre()
        assert after.version == version
        assert replace(after, version=1, sources=before.sources) == before


async def test_a_draft_is_not_shown(shop: Shop) -> None:
    await shop.heard(
        COLOUR, PHONE, FEE, offering("fibre", status="DRAFT"), replace(offering("tv"), live=None)
    )
    assert await shop.store.size() == {"entries": 0, "stale": 0}


async def test_an_offering_is_on_sale_while_it_is_valid(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE, offering("fibre", valid_for=days(1, 2)))
    tick = timedelta(microseconds=1)
    first, last = NOW + timedelta(days=1), NOW + timedelta(days=2)
    moments = [first - tick, first, last - tick, last]
    assert [len(await shop.on_sale(moment)) for moment in moments] == [0, 1, 1, 0]
    assert [(await shop.found(moment)).total for moment in moments] == [0, 1, 1, 0]


async def test_prices_begin_and_end_in_time(shop: Shop) -> None:
    """Nobody says so when it happens: the entry knows when it has to be looked at again."""
    tick = timedelta(microseconds=1)
    dated = [price("now", "9", valid_for=days(None, 1)), price("then", "7", valid_for=days(1, 2))]
    await shop.heard(COLOUR, PHONE, *dated, offering("fibre", prices=["now", "then"]))
    first, last = NOW + timedelta(days=1), NOW + timedelta(days=2)
    assert (await shop.store.refresh(first - tick)).composed == 0
    assert (await shop.fibre()).recheck_at == first
    amounts = [(await shop.fibre()).from_amounts]
    for moment in (first, last):
        assert await shop.refresh(moment) == []
        amounts.append((await shop.fibre()).from_amounts)
    assert amounts == [{"EUR": 9}, {"EUR": 7}, {}]
    assert await shop.on_sale(last) == []
    assert (await shop.store.refresh(last + timedelta(days=9))).composed == 0


async def test_what_is_not_for_sale_yet_is_found_by_its_key(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, price("fee", valid_for=days(1, None)), FIBRE)
    assert (await shop.fibre()).from_amounts == {}
    assert await shop.store.size() == {"entries": 1, "stale": 0}
    assert await shop.on_sale() == []


async def test_a_new_version_is_visible_from_when_it_was_composed(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE, FIBRE)
    (second,) = await shop.heard(offering("fibre", version=2), now=LATER)
    assert (second.version, second.committed_at, second.visible_at) == (2, at(2), LATER)
    await shop.heard(price("fee", "2", version=2), now=LATER + timedelta(hours=1))
    assert (await shop.fibre()).visible_at == LATER


async def test_what_was_heard_is_shown_exactly(shop: Shop) -> None:
    """Numbers of thirty digits and integers of more than 64 bits, moments to the microsecond, any text."""
    text = "£5.$1 \u2028 日本語 \U0001f600 \x1f=*~"
    long = Decimal("123456789012345678.123456789012")
    moment = NOW + timedelta(microseconds=1)
    values = {"colour": ["red", text], "size": 10**38}
    await shop.heard(
        COLOUR,
        characteristic("size", "integer"),
        specification("phone", "colour", "size"),
        replace(price("fee", f"{long}"), valid_for=days(1e-11, None)),
        offering("fibre", name=text, description=text, values=values, image_url="https://x/ü?a=$b"),
        now=moment,
    )
    entry = await shop.fibre()
    assert entry.from_amounts == {"EUR": long}
    assert (entry.name, entry.description, entry.image_url) == (text, text, "https://x/ü?a=$b")
    assert [one.value for one in entry.attributes] == ["red", text, 10**38]
    assert entry.visible_at == moment
    assert (await shop.found(moment)).items == [entry]


async def test_ids_and_keys_that_nobody_has_are_not_found(shop: Shop) -> None:
    await shop.heard(COLOUR, PHONE, FEE, FIBRE)
    for key in ("", "fibr", str(id_of("fibre")), "$gt"):
        assert await shop.store.find(key) is None
