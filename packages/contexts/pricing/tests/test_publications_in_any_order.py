"""Steps and events of an offering in whatever order they come: the end is always that of the right order."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, lists, permutations

from kernel.auth import PLATFORM
from kernel.errors import RuleBroken
from pricing.domain import Definition, Kind, Price, Rate, Sale
from pricing.memory import Memory
from pricing.use_cases.hear_offering import Content, Offering
from pricing.use_cases.lock import LockPrices, Publication, PublicationRequest
from pricing.use_cases.release_prices import HearRejection, RejectedOffering, ReleasePrices
from pricing.use_cases.sell import EndSale, PublishedOffering, SellPrices

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FEE = Definition(name="Fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal(5), currency="EUR"))
FIBRE, FIRST, SECOND = (uuid4() for _ in range(3))
SOLD_BY = {FIRST: (0, 1), SECOND: (1, 2)}
End = tuple[list[set[tuple[UUID, bool]]], Sale]


@dataclass(frozen=True)
class Act:
    """A step or an event: what is done or heard, of which publication, and the offering's version at it."""

    what: str
    of: UUID
    version: int


LOCKED, SOLD = Act("lock", FIRST, 2), Act("publish", FIRST, 3)
BOTH_LIVE = (LOCKED, SOLD, Act("lock", SECOND, 5), Act("publish", SECOND, 6))
SECOND_FAILS = (LOCKED, SOLD, Act("lock", SECOND, 5), Act("release", SECOND, 5), Act("reject", SECOND, 6))
FIRST_FAILS = (
    LOCKED,
    Act("release", FIRST, 2),
    Act("reject", FIRST, 3),
    Act("lock", SECOND, 4),
    Act("publish", SECOND, 5),
)
RETIRED = (*BOTH_LIVE, Act("retire", SECOND, 7))
RETIRED_AFTER_FAILURE = (*SECOND_FAILS, Act("retire", SECOND, 7))
UNDECIDED = (LOCKED, SOLD, Act("lock", SECOND, 5))
HISTORIES = (BOTH_LIVE, SECOND_FAILS, FIRST_FAILS, RETIRED, RETIRED_AFTER_FAILURE)


@dataclass
class World:
    """Three prices, and an offering with two publications."""

    memory: Memory = field(default_factory=lambda: Memory(clock=lambda: NOW))
    prices: list[Price] = field(default_factory=lambda: [Price.define(FEE, key=f"fee-{n}") for n in range(3)])

    async def after(self, acts: Sequence[Act]) -> End:
        """Who holds each price after these acts, and what is known of the sale."""
        async with self.memory(PLATFORM) as work:
            for one in self.prices:
                await work.prices.save(one)
        for act in acts:
            with suppress(RuleBroken):  # a step that is refused has changed nothing
                await self.do(act)
        async with self.memory(PLATFORM) as work:
            prices = await work.prices.take([one.id for one in self.prices])
            sale = await work.sales.take(FIBRE)
        held = [{(one.publication_id, one.permanent) for one in price.holds} for price in prices]
        return held, sale

    async def do(self, act: Act) -> None:
        """Do a step, or hear an event."""
        ids = tuple(self.prices[index].id for index in SOLD_BY[act.of])
        asked = PublicationRequest(
            publication_id=act.of,
            offering_id=FIBRE,
            offering_key="fibre",
            offering_version=act.version,
            price_ids=ids,
        )
        undone = Publication(publication_id=act.of, offering_id=FIBRE, offering_version=act.version)
        heard: dict[str, Any] = {"id": FIBRE, "key": "fibre", "version": act.version}
        live = Content(price_ids=ids)
        match act.what:
            case "lock":
                await LockPrices(self.memory)(asked)
            case "release":
                await ReleasePrices(self.memory)(undone)
            case "publish":
                await SellPrices(self.memory)(PublishedOffering(**heard, live=live, publication_id=act.of))
            case "reject":
                await HearRejection(self.memory)(RejectedOffering(**heard, publication_id=act.of))
            case "retire":
                await EndSale(self.memory)(Offering(**heard, live=live))


def end_of(acts: Sequence[Act]) -> End:
    """The end of a world of its own."""
    return asyncio.run(World().after(acts))


@pytest.mark.parametrize(
    ("history", "held"),
    [
        (BOTH_LIVE, [set(), {(SECOND, True)}, {(SECOND, True)}]),
        (SECOND_FAILS, [{(FIRST, True)}, {(FIRST, True)}, set()]),
        (FIRST_FAILS, [set(), {(SECOND, True)}, {(SECOND, True)}]),
        (RETIRED, [set(), set(), set()]),
        (RETIRED_AFTER_FAILURE, [set(), set(), set()]),
        (UNDECIDED, [{(FIRST, True)}, {(FIRST, True), (SECOND, False)}, {(SECOND, False)}]),
    ],
)
def test_the_right_order(history: Sequence[Act], held: list[set[tuple[UUID, bool]]]) -> None:
    assert end_of(history)[0] == held


@pytest.mark.parametrize("history", HISTORIES, ids=["both", "second-fails", "first-fails", "retired", "over"])
def test_in_any_order_and_repeated_the_end_is_the_same(history: Sequence[Act]) -> None:
    expected = end_of(history)

    @settings(max_examples=150, deadline=None)
    @given(permutations(range(len(history))), lists(integers(0, len(history) - 1), max_size=4))
    def ends_alike(order: list[int], again: list[int]) -> None:
        assert end_of([history[index] for index in (*order, *again)]) == expected

    ends_alike()
