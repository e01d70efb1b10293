"""What shoppers ask and are answered, in memory and on MongoDB."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from store.domain.search import By, Facet, FacetValue, Found, OneOf, PriceRange, Range
from store.domain.words import asked
from tests.contract.catalogues import NOW, at, characteristic, days, offering, price, specification
from tests.contract.shops import Shop

BITS_OF_GB = 8e9


async def opened(shop: Shop, *phones: dict[str, Any]) -> None:
    """A shop with phones of which these things are said; their keys are a, b, c."""
    await shop.hear(
        characteristic("colour"),
        characteristic("wlan", "boolean"),
        characteristic("memory", "integer", unit="GB"),
        characteristic("cache", "decimal", unit="MB"),
        characteristic("since", "date"),
        characteristic("note", "text"),
        specification("phone", "colour", "wlan", "memory", "cache", "since", "note"),
        price("fee"),
    )
    await shop.heard(
        *(offering(key, **{"values": {}, **phone}) for key, phone in zip("abcdefgh", phones, strict=False))
    )


def said(**values: object) -> dict[str, Any]:
    return {"values": values}


def told(found: Found) -> dict[str, dict[str, int]]:
    assert found.facets is not None
    return {facet.key: {one.value: one.count for one in facet.values} for facet in found.facets}


def chosen(key: str, *values: str) -> OneOf:
    return OneOf(key=key, values=values)


async def test_an_empty_shop_has_nothing(shop: Shop) -> None:
    assert await shop.found() == Found(items=[], next=None, total=0, facets=[])
    assert await shop.found(counted=False) == Found(items=[], next=None)


async def test_facets_count_what_was_found_with_labels_for_people(shop: Shop) -> None:
    red, green = said(colour="red", wlan=True), said(colour=["green", "red"], wlan=False)
    await opened(shop, red, red, green, {"category": "phones/android"})
    found = await shop.found(limit=1)
    assert (found.total, len(found.items)) == (4, 1)
    assert found.facets == [
        Facet(
            key="attr.colour",
            label="COLOUR",
            values=[
                FacetValue(value="red", label="Red", count=3),
                FacetValue(value="green", label="Green", count=1),
            ],
        ),
        Facet(
            key="attr.wlan",
            label="WLAN",
            values=[
                FacetValue(value="true", label="true", count=2),
                FacetValue(value="false", label="false", count=1),
            ],
        ),
        Facet(
            key="category",
            label="Category",
            values=[
                FacetValue(value="phones", label="phones", count=1),
                FacetValue(value="phones/android", label="phones/android", count=1),
            ],
        ),
    ]


async def test_a_facet_that_is_chosen_from_keeps_its_siblings(shop: Shop) -> None:
    phones = [said(colour=colour, wlan=wlan) for colour in ("red", "green") for wlan in (True, False)]
    await opened(
        shop, *phones, said(colour="red", wlan=True), {"category": "tv", "values": {"colour": "red"}}
    )
    red = await shop.found(one_of=[chosen("colour", "red")])
    assert red.total == 4
    assert told(red) == {
        "attr.colour": {"red": 4, "green": 2},
        "attr.wlan": {"true": 2, "false": 1},
        "category": {"tv": 1},
    }
    both = await shop.found(one_of=[chosen("colour", "red"), chosen("wlan", "true")])
    assert both.total == 2
    assert told(both) == {"attr.colour": {"red": 2, "green": 1}, "attr.wlan": {"true": 2, "false": 1}}
    tv = await shop.found(category=("tv",), one_of=[chosen("colour", "green")])
    assert (tv.total, tv.items, told(tv)) == (0, [], {"attr.colour": {"red": 1}})


async def test_values_of_one_choice_are_alternatives(shop: Shop) -> None:
    await opened(
        shop, said(colour="red"), said(colour="green"), said(colour=["light-blue", "green"]), said(note="a=b")
    )
    assert await shop.on_sale(one_of=[chosen("colour", "red", "light-blue")]) == ["a", "c"]
    assert await shop.on_sale(one_of=[chosen("colour", "green"), chosen("colour", "light-blue")]) == ["c"]
    assert await shop.on_sale(one_of=[chosen("note", "a=b")]) == ["d"]
    assert await shop.on_sale(one_of=[chosen("colour", "purple")]) == []


async def test_numbers_are_chosen_however_they_are_spelled(shop: Shop) -> None:
    await opened(shop, said(memory=8), said(memory="8.00"), said(memory=16))
    assert await shop.on_sale(one_of=[chosen("memory", "8")]) == ["a", "b"]


async def test_ranges_match_in_any_unit(shop: Shop) -> None:
    """1 GB is 1000 MB, whichever of them the characteristic has, and whichever is asked for."""
    await opened(shop, said(memory=1, cache=1000), said(memory=2, cache="1000.5"), said(memory=4, cache=999))

    async def within(key: str, dimension: str | None, **bounds: float) -> list[str]:
        return await shop.on_sale(ranges=[Range(key=key, dimension=dimension, bounds=bounds)])  # type: ignore[arg-type]

    assert await within("memory", "bit1", gte=BITS_OF_GB, lte=BITS_OF_GB) == ["a"]
    assert await within("cache", "bit1", gte=BITS_OF_GB) == ["a", "b"]
    assert await within("cache", "bit1", lt=BITS_OF_GB) == ["c"]
    assert await within("memory", None, gt=1, lt=4) == ["b"]
    assert await within("memory", None, gt=1) == ["b", "c"]
    assert await within("memory", "meter1", gt=0) == []
    assert await within("memory", "", gt=0) == []
    assert await within("colour", None, gt=0) == []


async def test_bounds_of_a_range_are_for_one_value(shop: Shop) -> None:
    await opened(shop, said(memory=[1, 16]), said(memory=[8]))
    assert await shop.on_sale(ranges=[Range(key="memory", bounds={"gt": 2, "lt": 12})]) == ["b"]


async def test_dates_are_compared_by_their_day(shop: Shop) -> None:
    await opened(shop, said(since="2024-02-29"), said(since="2024-03-01"), said(since="soon"))
    day = float(NOW.replace(2024, 2, 29).toordinal())
    assert await shop.on_sale(ranges=[Range(key="since", bounds={"gte": day})]) == ["a", "b"]
    assert await shop.on_sale(ranges=[Range(key="since", bounds={"gt": day})]) == ["b"]


async def test_a_category_stands_for_all_below_it(shop: Shop) -> None:
    await opened(
        shop, *({"category": one} for one in ("phones", "phones/android", "phones2", "tv/phones", ""))
    )
    assert await shop.on_sale(category=("phones",)) == ["a", "b"]
    assert await shop.on_sale(category=("phones/android", "tv")) == ["b", "d"]
    assert await shop.on_sale(category=("phones/",)) == []


async def priced(shop: Shop, *amounts: tuple[str, str]) -> None:
    """A shop with phones that cost this, of which each has a price of its own; their keys are a, b, c."""
    await opened(shop)
    for key, (amount, currency) in zip("abcdefgh", amounts, strict=False):
        await shop.hear(price(f"{key}-fee", amount, currency), offering(key, prices=[f"{key}-fee"]))
    await shop.refresh()


async def test_prices_are_compared_in_one_currency(shop: Shop) -> None:
    await priced(shop, ("10", "EUR"), ("9.99", "EUR"), ("10", "USD"), ("100", "EUR"), ("9.990", "EUR"))

    async def costing(low: str | None, high: str | None, currency: str = "EUR") -> list[str]:
        prices = PriceRange(gte=Decimal(low) if low else None, lte=Decimal(high) if high else None)
        return await shop.on_sale(currency=currency, price=prices, by=By.PRICE)

    assert await costing(None, None) == ["b", "e", "a", "d"]
    assert await costing("10", None) == ["a", "d"]
    assert await costing("9.99", "10.00") == ["b", "e", "a"]
    assert await costing(None, "9.99999999999999999999999999999999999999") == ["b", "e"]
    assert await costing("9.99000000000000000000000000000000000001", "10") == ["a"]
    assert await costing("11", "10") == []
    assert await costing(None, "10", "USD") == ["c"]
    assert await costing(None, None, "JPY") == []
    assert await shop.on_sale(currency="EUR", by=By.PRICE, descending=True) == ["d", "a", "b", "e"]


async def test_the_last_of_thirty_digits_counts(shop: Shop) -> None:
    dear = [f"999999999999999999.99999999999{digit}" for digit in "879"]
    await priced(shop, *((amount, "EUR") for amount in dear))
    assert await shop.on_sale(currency="EUR", by=By.PRICE) == ["b", "a", "c"]
    prices = PriceRange(gte=Decimal(dear[0]), lte=Decimal(dear[0]))
    assert await shop.on_sale(currency="EUR", price=prices) == ["a"]


WORDS = [
    ("plan", ["a", "b"]),  # by its stem
    ("plans", ["a", "b"]),
    ("pla", ["a", "b", "c"]),  # as it is typed
    ("pla data", []),  # only the last is a beginning
    ("data pla", ["a"]),
    ("dat plan", []),
    ("café", ["c"]),
    ("CAFE", ["c"]),
    ("cafe plat", ["c"]),
    ("grosse", ["d"]),
    ("größe", ["d"]),
    ("日本", ["d"]),
    ("5g", ["b"]),
    ("red", ["a"]),  # what is said of it
    ("Light-Blue", ["b"]),
    ("phone", ["a", "b", "c", "d"]),  # what kind it is
    ("gadgets", ["c"]),  # what it is among
    ("unheard", []),
    ("b", ["b"]),  # its key, and its colour
    (".*", ["a", "b", "c", "d"]),  # no words at all
]


async def test_words(shop: Shop) -> None:
    await opened(
        shop,
        {"name": "Data plan", "values": {"colour": "red"}},
        {"name": "Fast", "description": "All plans with 5G.", "values": {"colour": "light-blue"}},
        {"name": "Café Platinum", "category": "gadgets/cups"},
        {"name": "Größe", "description": "日本語"},
    )
    found = {typed: sorted(await shop.on_sale(words=tuple(asked(typed)))) for typed, _ in WORDS}
    assert found == dict(WORDS)


async def test_what_is_called_so_comes_before_what_mentions_it(shop: Shop) -> None:
    await opened(
        shop,
        {"name": "Box", "description": "for mobile data plans"},
        {"name": "Mobile plan"},
        {"name": "Mobile", "description": "a plan"},
        {"name": "Plans and mobiles"},
    )
    question: dict[str, Any] = {"words": ("mobile", "plan"), "by": By.RELEVANCE, "descending": True}
    found = await shop.found(**question)
    names = {one.key: one.name for one in found.items}
    assert [sum(word in names[key].lower() for word in ("mobile", "plan")) for key in names] == [2, 2, 1, 0]
    pages = await walked(shop, **question, limit=1)
    assert pages == [*names]


async def walked(shop: Shop, **question: Any) -> list[str]:
    """The keys of all pages."""
    keys: list[str] = []
    found = await shop.found(**question)
    while True:
        keys += [one.key for one in found.items]
        if found.next is None:
            return keys
        found = await shop.found(**{**question, "after": found.next, "counted": False})


ORDERS = [
    pytest.param({"by": by, "descending": down}, id=f"{'-' if down else ''}{by}")
    for by in By
    for down in (False, True)
]


@pytest.mark.parametrize("order", ORDERS)
async def test_pages_neither_skip_nor_repeat(shop: Shop, order: dict[str, Any]) -> None:
    """Of eight phones, three have the same name, price and day; all have both words, some in their names."""
    await opened(shop)
    for index, key in enumerate("abcdefgh"):
        group = max(0, index - 2)
        await shop.hear(price(f"{key}-fee", f"{9 + group}"))
        name = f"Phone {'x' * (group % 2)} {group}"
        made = offering(key, prices=[f"{key}-fee"], name=name, description="x")
        await shop.hear(replace(made, modified_at=at(1) + timedelta(microseconds=group)))
    await shop.refresh()
    question: dict[str, Any] = {**order, "currency": "EUR", "words": ("phone", "x")}
    whole = await shop.found(**question, limit=100)
    keys = [one.key for one in whole.items]
    assert sorted(keys) == [*"abcdefgh"]
    assert whole.next is None
    ids = {one.key: str(one.id) for one in whole.items}
    assert [one for one in keys if one in "abc"] == sorted("abc", key=lambda key: ids[key])
    for limit in (1, 2, 3, 8):
        assert await walked(shop, **question, limit=limit) == keys


async def test_a_page_ends_where_it_is_asked_to(shop: Shop) -> None:
    await opened(shop, *({"name": f"Phone {index}"} for index in range(5)))
    for limit in (1, 4, 5, 6, 100):
        found = await shop.found(limit=limit)
        assert (len(found.items), found.total) == (min(limit, 5), 5)
        assert (found.next is None) is (limit >= 5)


async def test_names_sort_as_people_expect(shop: Shop) -> None:
    await opened(shop, *({"name": name} for name in ("Zebra", "éclair", "Eis", "apple", "Ähre")))
    assert [one.name for one in (await shop.found()).items] == ["Ähre", "apple", "éclair", "Eis", "Zebra"]


async def test_what_begins_or_ends_on_the_way_is_not_on_the_next_page(shop: Shop) -> None:
    await opened(shop, {}, {"valid_for": days(None, 1)}, {})
    first = await shop.found(limit=1)
    later = NOW + timedelta(days=1)
    assert await shop.on_sale(later, after=first.next) == ["c"]


async def test_all_conditions_hold_at_once(shop: Shop) -> None:
    everything = {"name": "Data plan", "category": "tv", "values": {"colour": "red", "memory": 4}}
    lacking = [
        {**everything, lack: value} for lack, value in (("name", "x"), ("category", ""), ("values", {}))
    ]
    await opened(shop, everything, *lacking, {**everything, "prices": ["unheard-of"]})
    question: dict[str, Any] = {
        "words": ("plan",),
        "category": ("tv",),
        "one_of": [chosen("colour", "red")],
        "ranges": [Range(key="memory", dimension="bit1", bounds={"gte": 4 * BITS_OF_GB})],
        "currency": "EUR",
        "price": PriceRange(lte=Decimal(10)),
    }
    for by in By:
        found = await shop.found(**question, by=by)
        assert ([one.key for one in found.items], found.total) == (["a"], 1)
