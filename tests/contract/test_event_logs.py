"""The event log of a write side, as the store reads it: the newest state of each aggregate, in batches."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from kernel.domain import new_id
from kernel.errors import Unavailable
from kernel.sql import Bell, Database
from pricing.domain import Definition, Kind, Price, Rate
from pricing.use_cases.delete import DeletePrice
from pricing.use_cases.revise import Revise, RevisePrice
from pricing_app.postgres import Postgres
from store.domain import sources
from store.domain.sources import Copy
from store_app import event_logs
from store_app.event_logs import SqlEventLogs
from tests.contract.stores import AUTHOR

DATABASE = "pricing"
FEE = Definition(name="Fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal("0.50"), currency="EUR"))


@pytest.fixture
async def begin(url: str) -> AsyncIterator[Postgres]:
    """The prices of a service with nothing in it."""
    async with Database(url, service="tests") as database:
        await database.migrate("pricing_app", "base")
        async with Postgres(database, Bell(database)) as begin:
            yield begin


@pytest.fixture
def logs(url: str) -> SqlEventLogs:
    return SqlEventLogs({"pricing": url})


async def priced(begin: Postgres, count: int) -> list[Price]:
    """So many prices."""
    made = [Price.define(replace(FEE, name=f"Fee {index}")) for index in range(count)]
    for one in made:
        async with begin(AUTHOR) as work:
            await work.prices.save(one)
    return made


async def read(logs: SqlEventLogs, after: UUID | None = None) -> list[Sequence[Copy]]:
    """The batches."""
    known: dict[str, UUID] = {} if after is None else {sources.Kind.PRICE: after}
    return [copies async for _, copies in logs.newest(known)]


async def test_of_each_aggregate_the_newest_state_is_read(begin: Postgres, logs: SqlEventLogs) -> None:
    kept, revised, gone = await priced(begin, 3)
    more = Revise(name="More", kind=Kind.ONE_TIME, money=FEE.money)
    await RevisePrice(begin)(revised.id, 1, more, AUTHOR)
    await DeletePrice(begin)(gone.id, 1, AUTHOR)
    (batch,) = await read(logs)
    assert [(one.id, one.version, one.deleted) for one in batch] == [
        (kept.id, 1, False),
        (revised.id, 2, False),
        (gone.id, 2, True),
    ]
    price = batch[1].source
    assert isinstance(price, sources.Price)
    assert (price.name, price.money.amount) == ("More", Decimal("0.50"))
    assert await logs.count() == 3


async def test_batches_go_on_where_the_last_one_ended(
    begin: Postgres, logs: SqlEventLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_logs, "BATCH", 2)
    made = [one.id for one in await priced(begin, 5)]
    assert [[one.id for one in batch] for batch in await read(logs)] == [made[:2], made[2:4], made[4:]]
    assert [[one.id for one in batch] for batch in await read(logs, made[2])] == [made[3:]]
    assert await read(logs, made[4]) == []


async def test_some_are_read_by_their_ids(begin: Postgres, logs: SqlEventLogs) -> None:
    made = await priced(begin, 3)
    found = await logs.of(sources.Kind.PRICE, [made[2].id, made[0].id, new_id()])
    assert [one.id for one in found] == [made[0].id, made[2].id]
    assert await logs.of(sources.Kind.OFFERING, [made[0].id]) == []


async def test_a_log_that_is_away_is_unavailable() -> None:
    logs = SqlEventLogs({"pricing": "postgresql+asyncpg://nobody:none@127.0.0.1:1/none"})
    with pytest.raises(Unavailable, match="pricing"):
        await logs.count()
