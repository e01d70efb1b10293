"""A database that is away, full, slow or in a race: one of our refusals, and a pool that comes back."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kernel.errors import Conflict, Unavailable
from kernel.sql import Database
from tests.servers import RunningPostgres, postgres


@pytest.fixture(scope="module")
def server() -> Iterator[RunningPostgres]:
    with postgres("scratch") as running:
        yield running


@pytest.fixture
async def database(server: RunningPostgres) -> AsyncIterator[Database]:
    async with Database(server.url("scratch"), service="test", size=2) as opened:
        yield opened


async def run(database: Database, statement: str) -> None:
    async with database.begin() as connection:
        await connection.execute(text(statement))


@pytest.mark.parametrize("state", ["57P01", "57P03", "53300", "53100", "57014", "28P01", "08006", "3D000"])
async def test_a_server_that_cannot_now_is_unavailable(database: Database, state: str) -> None:
    with pytest.raises(Unavailable):
        await run(database, f"do $$ begin raise sqlstate '{state}'; end $$")
    await database.check()


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_a_lost_race_is_a_conflict(database: Database, state: str) -> None:
    with pytest.raises(Conflict):
        await run(database, f"do $$ begin raise sqlstate '{state}'; end $$")


async def test_a_fault_of_ours_stays_one(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await run(database, "select * from no_such_table")
    with pytest.raises(FileNotFoundError):
        async with database.begin():
            raise FileNotFoundError("of the caller, not of the database")


async def test_a_statement_has_a_deadline(server: RunningPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.sql.database._STATEMENT", 0.2)
    async with Database(server.url("scratch"), service="test") as database:
        with pytest.raises(Unavailable):
            await run(database, "select pg_sleep(30)")
        await database.check()


async def test_a_full_pool_is_waited_for_two_seconds_only(database: Database) -> None:
    async with database.begin(), database.begin():
        with pytest.raises(Unavailable):
            await database.check()
    await database.check()


async def test_cancelled_transactions_leave_the_pool_whole(database: Database) -> None:
    for _ in range(50):
        task = asyncio.create_task(run(database, "select pg_sleep(5)"))
        await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with database.begin(), database.begin() as connection:
        count = "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep%'"
        assert (await connection.execute(text(f"{count} and pid <> pg_backend_pid()"))).scalar_one() == 0


async def test_a_crash_costs_a_refusal_and_no_restart_of_ours(
    server: RunningPostgres, database: Database
) -> None:
    await run(database, "create table kept (id int)")
    await run(database, "insert into kept values (1)")
    await asyncio.to_thread(server.kill)
    with pytest.raises(Unavailable):
        await database.check()
    with pytest.raises(Unavailable):
        await database.migrate("identity_app")
    await asyncio.to_thread(server.start)
    async with database.begin() as connection:
        assert (await connection.execute(text("select id from kept"))).scalars().all() == [1]
