"""What is staged for a publication, in memory and on MongoDB: in any order, twice, and never seen."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from kernel.errors import NotFound, NotHeard, Unavailable
from store.domain.search import By, OneOf
from store.domain.sources import Copy, Source
from store.domain.staging import LARGEST_ENTRY
from store.use_cases.get import GetEntry
from store_app.mongo.documents import read_copy, written_copy
from tests.contract.catalogues import NOW, composed, offering, price
from tests.contract.publishing import (
    ASKED,
    COLOUR,
    FEE,
    HEARD,
    PHONE,
    PUBLICATION,
    Publishing,
    checked,
    confirmed,
    held,
    rejected,
    requested,
)
from tests.contract.shops import Shop


@pytest.fixture
def publishing(shop: Shop) -> Publishing:
    """A store that has heard nothing yet."""
    return Publishing.of(shop)


async def test_the_staged_entry_is_the_one_that_will_be_shown(publishing: Publishing) -> None:
    await publishing.shop.heard(*HEARD)
    await publishing.stage()
    staged = await publishing.staging.staged(PUBLICATION)
    assert staged is not None
    assert (staged.key, staged.version, staged.visible_at) == ("fibre", 2, None)
    live = replace(confirmed(ASKED), version=2)
    assert staged == composed(Copy(source=one) for one in (COLOUR, PHONE, FEE, live))["fibre"]


@pytest.mark.parametrize("live", [False, True], ids=["new", "published before"])
async def test_shoppers_see_nothing_of_what_is_staged(publishing: Publishing, live: bool) -> None:
    shop, before = publishing.shop, offering("fibre", name="Old name")
    asked = requested(
        "fibre", live=before.live if live else None, name="New", category="new", values={"colour": "red"}
    )
    await shop.heard(*HEARD[:3], before if live else requested("other"), asked)
    await publishing.stage()
    await shop.refresh()
    expected = ["Old name"] if live else []
    for by in By:
        found = await shop.found(by=by, currency="EUR")
        assert [one.name for one in found.items] == expected
        assert found.total == len(expected)
        facets = found.facets or []
        assert not [one for one in facets if one.key == "attr.colour"]
        assert not [value for one in facets for value in one.values if value.value == "new"]
    for asking in (
        {"words": ("new",)},
        {"category": ("new",)},
        {"one_of": (OneOf(key="colour", values=("red",)),)},
    ):
        assert await shop.on_sale(**asking) == []
    entry = await shop.store.find("fibre")
    assert (entry and entry.name) == ("Old name" if live else None)
    assert await shop.store.size() == {"entries": len(expected), "stale": 0}


@pytest.mark.parametrize("missing", HEARD, ids=lambda one: one.of)
async def test_what_was_not_heard_is_waited_for(publishing: Publishing, missing: Source) -> None:
    await publishing.shop.hear(*(one for one in HEARD if one is not missing))
    with pytest.raises(NotHeard):
        await publishing.stage()
    await publishing.nothing_is_staged(ended=False)
    await publishing.shop.hear(missing)
    await publishing.stage()
    assert await publishing.staging.staged(PUBLICATION) is not None


OLD: Sequence[Source] = [
    price("fee"),
    held("fee", by=UUID(int=8)),
    offering("fibre", version=1, status="DRAFT"),
]


@pytest.mark.parametrize("old", OLD, ids=["not held", "held by another", "not requested"])
async def test_an_older_state_is_not_staged(publishing: Publishing, old: Source) -> None:
    await publishing.shop.hear(*(one for one in HEARD if one.id != old.id), old)
    with pytest.raises(NotHeard):
        await publishing.stage()
    await publishing.nothing_is_staged(ended=False)


async def test_every_price_that_was_locked_is_waited_for(publishing: Publishing) -> None:
    await publishing.shop.hear(*HEARD, requested("fibre", prices=["fee", "other"], version=3))
    for other in (None, price("other"), held("other", by=UUID(int=8))):
        await publishing.shop.hear(*([other] if other else []))
        with pytest.raises(Unavailable):
            await publishing.stage()
        await publishing.nothing_is_staged(ended=False)
    await publishing.shop.hear(held("other", version=3))
    await publishing.stage()
    staged = await publishing.staging.staged(PUBLICATION)
    assert [one.key for one in (staged.prices if staged else ())] == ["fee", "other"]


async def test_twice_is_as_good_as_once(publishing: Publishing) -> None:
    await publishing.shop.hear(*HEARD)
    await publishing.stage()
    first = await publishing.staging.staged(PUBLICATION)
    await publishing.stage()
    assert await publishing.staging.staged(PUBLICATION) == first
    for _ in range(2):
        await publishing.drop()
        await publishing.nothing_is_staged(ended=True)
        await publishing.ended()


@pytest.mark.parametrize("order", sorted(set(permutations("ssdd"))), ids="".join)
async def test_in_whatever_order_nothing_is_staged_in_the_end(
    publishing: Publishing, order: Sequence[str]
) -> None:
    await publishing.shop.hear(*HEARD)
    dropped = False
    for one in order:
        if one == "d":
            await publishing.drop()
            dropped = True
        elif dropped:
            await publishing.ended()
        else:
            await publishing.stage()
    await publishing.nothing_is_staged(ended=True)


async def test_what_is_dropped_before_anything_was_heard_is_never_staged(publishing: Publishing) -> None:
    await publishing.drop()
    await publishing.ended()
    await publishing.shop.hear(*HEARD)
    await publishing.ended()


GONE = [
    ([PHONE], [("gone", "/specificationId")]),
    ([FEE], [("gone", "/priceIds/0")]),
    ([PHONE, FEE], [("gone", "/specificationId"), ("gone", "/priceIds/0")]),
]


@pytest.mark.parametrize(("gone", "problems"), GONE, ids=["specification", "price", "both"])
async def test_an_entry_without_its_parts_is_refused(
    publishing: Publishing, gone: Sequence[Source], problems: Sequence[tuple[str, str]]
) -> None:
    await publishing.shop.hear(*HEARD)
    for one in gone:
        await publishing.shop.hear(replace(one, version=3), deleted=True)
    assert await publishing.refused() == problems
    assert await publishing.check(checked(ASKED)) == problems


CROWD = ["red"] * 4000
LONG: Any = {"colour": "x" * (LARGEST_ENTRY // 2)}
LARGE = [({"values": {"colour": CROWD}}, "/values"), ({"values": LONG}, "/values")]
LARGE.append(({"description": "x" * LARGEST_ENTRY}, "/description"))


@pytest.mark.parametrize(("said", "pointer"), LARGE, ids=["many values", "a long value", "a description"])
async def test_an_entry_that_is_too_large_is_refused(
    publishing: Publishing, said: dict[str, Any], pointer: str
) -> None:
    asked = requested("fibre", **said)
    await publishing.shop.hear(*HEARD[:3], asked)
    assert await publishing.refused() == [("too_large", pointer)]
    assert await publishing.check(checked(asked)) == [("too_large", pointer)]


async def test_what_is_not_known_yet_is_no_problem_of_the_author_s(publishing: Publishing) -> None:
    assert await publishing.check(checked(ASKED)) == []
    await publishing.shop.hear(*HEARD[1:])
    assert await publishing.check(checked(ASKED)) == []
    await publishing.shop.hear(COLOUR)
    assert await publishing.check(checked(ASKED)) == []
    await publishing.nothing_is_staged(ended=False)
    assert await publishing.shop.store.known([UUID(int=0)]) == {}


async def test_what_has_gone_live_is_shown_and_staged_no_longer(publishing: Publishing) -> None:
    await publishing.shop.hear(*HEARD)
    await publishing.stage()
    for _ in range(2):
        await publishing.outcome(confirmed(ASKED))
        await publishing.nothing_is_staged(ended=True)
    (shown,) = await publishing.shop.refresh()
    assert (shown.key, shown.version, shown.visible_at) == ("fibre", 3, NOW)
    assert await publishing.shop.on_sale() == ["fibre"]
    await publishing.ended()  # a step whose report was lost comes again


async def test_what_was_rejected_is_not_shown_and_staged_no_longer(publishing: Publishing) -> None:
    await publishing.shop.hear(*HEARD)
    await publishing.stage()
    for _ in range(2):
        await publishing.outcome(rejected(ASKED))
        await publishing.nothing_is_staged(ended=True)
    assert await publishing.shop.refresh() == []
    assert await publishing.shop.on_sale() == []
    await publishing.ended()


async def test_a_step_of_before_the_last_publication_is_refused(publishing: Publishing) -> None:
    """Even where nobody remembers its end: the offering is being published by another one."""
    await publishing.shop.hear(*HEARD, replace(ASKED, version=5, publication_id=UUID(int=8)))
    await publishing.ended()
    assert not await publishing.staging.ended(PUBLICATION)


async def test_an_offering_that_is_gone_is_not_staged(publishing: Publishing) -> None:
    await publishing.shop.hear(*HEARD[:3])
    await publishing.shop.hear(replace(ASKED, version=3), deleted=True)
    await publishing.ended()


async def test_what_is_retired_is_gone_within_a_turn(publishing: Publishing) -> None:
    shop = publishing.shop
    await shop.hear(*HEARD, confirmed(ASKED))
    await shop.refresh()
    assert await shop.on_sale(words=("fibre",)) == ["fibre"]
    assert (await GetEntry(shop.store, lambda: NOW)("fibre")).version == 3
    await shop.hear(replace(confirmed(ASKED), version=4, status="RETIRED"))
    assert (await shop.store.refresh(NOW)).composed == 1
    assert (await shop.found()).total == 0
    assert await shop.on_sale(words=("fibre",)) == []
    with pytest.raises(NotFound):
        await GetEntry(shop.store, lambda: NOW)("fibre")


def test_a_draft_is_kept_while_it_is_being_published() -> None:
    kept = json.loads(written_copy(Copy(source=ASKED))["source"])
    assert (kept["draft"]["name"], kept["publicationId"]) == ("Fibre", str(PUBLICATION))
    for source in (rejected(ASKED), confirmed(ASKED), replace(ASKED, status="RETIRED")):
        assert source.draft is None
        assert json.loads(written_copy(Copy(source=source))["source"])["draft"] is None


@pytest.mark.parametrize("source", [offering("fibre"), price("fee")], ids=lambda one: one.of)
def test_what_an_older_release_wrote_is_read(source: Source) -> None:
    written = written_copy(Copy(source=source))
    kept = json.loads(written["source"])
    for new in ("draft", "publicationId", "holds"):
        kept.pop(new, None)
    assert read_copy({**written, "source": json.dumps(kept)}) == Copy(source=source)


def test_a_price_knows_its_holders() -> None:
    for one in (FEE, price("fee")):
        assert one.held_by(PUBLICATION) is (one is FEE)
        assert not one.held_by(UUID(int=8))
