"""The port `Records` on the tables `audit` and `usage`."""

from collections.abc import Sequence
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import text

from kernel.errors import not_found
from kernel.query import Page, Query
from kernel.records import Change
from kernel.sql.database import Database
from kernel.sql.uses import SqlUses
from kernel.uses import Use

_COUNT = text("select count(*) from audit where aggregate_id = :id and aggregate_type = :kind")
_PAGE = text("""
    select new_version, at, name, what, cast(changes as text) from audit
    where aggregate_id = :id and aggregate_type = :kind
    order by new_version desc, id desc limit :size offset :skipped
""")


class SqlRecords:
    """See `Records`; `kind` is the name of the aggregates ("price")."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind

    async def history(self, id: UUID, *, page: int, size: int) -> Page[Change]:
        """See `Records`."""
        which = {"id": id, "kind": self._kind}
        async with self._database.begin() as connection:
            total = await connection.scalar(_COUNT, which)
            if not total:
                raise not_found(self._kind, id)
            found = await connection.execute(_PAGE, {**which, "size": size, "skipped": (page - 1) * size})
            changes = [
                Change(version=version, at=at, by=name, what=what, changes=from_json(changes))
                for version, at, name, what, changes in found
            ]
        return Page.of(changes, total, Query(page=page, size=size))

    async def users(self, id: UUID) -> Sequence[Use]:
        """See `Records`."""
        async with self._database.begin() as connection:
            found = await SqlUses(connection).of(id)
        return sorted(found, key=lambda use: (use.kind, use.key))
