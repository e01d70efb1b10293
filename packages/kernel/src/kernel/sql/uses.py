"""Who uses what, in the table `usage`: one row for each user."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.uses import Use

_OF = text("select kind, user_id, user_key from usage where used @> array[cast(:id as uuid)]")
_NOTE = text("""
    insert into usage (kind, user_id, version, user_key, used)
    values (:kind, :user, :version, :key, cast(:used as uuid[]))
    on conflict (kind, user_id) do update
    set version = excluded.version, user_key = excluded.user_key, used = excluded.used
    where usage.version < excluded.version
""")


class SqlUses:
    """See `kernel.uses.Uses`: a note is an upsert that the version guards, so its order does not matter."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, id: UUID) -> list[Use]:
        """See `Uses`."""
        found = await self._connection.execute(_OF, {"id": id})
        return [Use(kind=kind, id=user, key=key) for kind, user, key in found]

    async def note(self, user: Use, version: int, used: Collection[UUID]) -> None:
        """See `Uses`."""
        row = {"kind": user.kind, "user": user.id, "version": version, "key": user.key, "used": sorted(used)}
        await self._connection.execute(_NOTE, row)
