"""The event log of a write side, as the store reads it: the newest state of each aggregate, in batches."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import asyncpg
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


SPOIL = {
    "a payload": """update event_log set payload = '{"id": 1}' where aggregate_id = $1""",
    "a version": "update event_log set type = replace(type, '.v1', '.v2') where aggregate_id = $1",
}


@pytest.mark.parametrize("how", SPOIL)
async def test_what_cannot_be_read_is_left_out(
    begin: Postgres, logs: SqlEventLogs, url: str, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Also when it is all that a batch has."""
    monkeypatch.setattr(event_logs, "BATCH", 1)
    first, wrong, last = [one.id for one in await priced(begin, 3)]
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("alter table event_log disable trigger user")
    await connection.execute(SPOIL[how], wrong)
    await connection.close()
    assert [[one.id for one in batch] for batch in await read(logs)] == [[first], [last]]
    assert [one.id for one in await logs.of(sources.Kind.PRICE, [wrong, last])] == [last]
    assert await logs.has(sources.Kind.PRICE, [wrong, last, new_id()]) == {wrong, last}


async def test_a_log_that_answers_with_an_error_is_unavailable(begin: Postgres, url: str) -> None:
    """Or that goes away while it is read."""
    logs = SqlEventLogs({"pricing": url})
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("alter table event_log rename to elsewhere")
    try:
        for ask in (logs.count, lambda: logs.of(sources.Kind.PRICE, [new_id()]), lambda: read(logs)):
            with pytest.raises(Unavailable, match="pricing"):
                await ask()
    finally:
        await connection.execute("alter table elsewhere rename to event_log")
        await connection.close()


@pytest.mark.parametrize(
    "error",
    [asyncpg.InterfaceError("closed"), asyncpg.PostgresError("x"), TimeoutError(), OSError()],
    ids=repr,
)
async def test_whatever_happens_to_a_connection_is_unavailable(
    begin: Postgres, logs: SqlEventLogs, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise error

    for name in ("fetch", "fetchval"):
        monkeypatch.setattr(asyncpg.Connection, name, fail)
    for ask in (logs.count, lambda: read(logs)):
        with pytest.raises(Unavailable, match="pricing"):
            await ask()


async def test_a_log_that_is_away_is_unavailable() -> None:
    logs = SqlEventLogs({"pricing": "postgresql+asyncpg://nobody:none@127.0.0.1:1/none"})
    with pytest.raises(Unavailable, match="pricing"):
        await logs.count()
