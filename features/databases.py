"""Looking into the services' databases, as their owners see them."""

import asyncio
from typing import Any

import asyncpg

from tests.worlds import World


def rows(world: World, service: str, query: str, *values: Any) -> list[dict[str, Any]]:
    """What a query on a service's database gives; nothing for a statement."""

    async def read() -> list[dict[str, Any]]:
        connection = await asyncpg.connect(world.database(service))
        try:
            return [dict(row) for row in await connection.fetch(query, *values)]
        finally:
            await connection.close()

    return asyncio.run(read())


def uses(world: World, service: str, user: str) -> int:
    """How many of its things a service believes to be used by somebody: it hears of that a moment later."""
    query = "select sum(cardinality(used)) as count from usage where user_id = $1::text::uuid"
    return int(rows(world, service, query, user)[0]["count"] or 0)
