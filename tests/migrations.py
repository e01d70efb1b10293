"""The way up and down of a service's database."""

from sqlalchemy import text

from kernel.sql import Database

_FOUND = text("select to_regclass(cast(:table as text)) is not null")
_LEFT = text(
    "select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace "
    "where nspname = 'public' and relkind in ('r', 'v') and relname <> 'alembic_version'"
)


async def go_up_down_and_up(url: str, package: str, *tables: str) -> None:
    """The migrations of `package` make these tables, take away all there is, and change nothing twice."""
    async with Database(url, service="tests") as database:
        for revision in ("base", "head", "base", "head", "head"):
            await database.migrate(package, revision)
            async with database.begin() as connection:
                found = {table: await connection.scalar(_FOUND, {"table": table}) for table in tables}
                left = await connection.scalar(_LEFT)
            assert found == dict.fromkeys(tables, revision == "head"), revision
            assert (left == 0) is (revision == "base"), revision
