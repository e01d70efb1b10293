"""The floor of whatever writes to PostgreSQL: as many commits of one row each, by asyncpg alone."""

import asyncio
import time

import asyncpg

_NOTED = 1.5
"""Seconds after which PostgreSQL has surely noted what it has done."""


async def committed(url: str) -> int:
    """The transactions that the server at `url` has committed so far, in all databases."""
    await asyncio.sleep(_NOTED)
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("select sum(xact_commit) from pg_stat_database"))
    finally:
        await connection.close()


async def rate(url: str, at_once: int, count: int = 2_000) -> float:
    """Commits a second, of one row each, over so many connections; the table is made and dropped here."""
    async with asyncpg.create_pool(url, min_size=at_once, max_size=at_once) as pool:
        await pool.execute("create table floor (id int primary key, body jsonb not null)")
        left = iter(range(count))

        async def some() -> None:
            async with pool.acquire() as connection:
                for number in left:
                    await connection.execute("insert into floor values ($1, '{}')", number)

        try:
            began = time.perf_counter()
            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(some())
            return count / (time.perf_counter() - began)
        finally:
            await pool.execute("drop table floor")
