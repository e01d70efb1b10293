"""The diagrams that are deployed, by process and version. A version never changes, so each is read once."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.bpmn import Diagram, read

_LOCKED = text("lock table definition in share row exclusive mode")
_NEWEST = text("select version, xml from definition where key = :key order by version desc limit 1")
_DEPLOY = text("insert into definition (key, version, name, xml) values (:key, :version, :name, :xml)")
_XML = text("select xml from definition where key = :key and version = :version")


class Diagrams:
    """See above."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, int], Diagram] = {}

    async def get(self, connection: AsyncConnection, key: str, version: int) -> Diagram:
        """One version of a process."""
        found = self._read.get((key, version))
        if found is None:
            xml = (await connection.execute(_XML, {"key": key, "version": version})).scalar_one()
            found = self._read[key, version] = read(xml)
        return found

    async def deploy(self, connection: AsyncConnection, xml: bytes, name: str) -> int:
        """Make it the newest version of its process, unless it is; returns the version.

        Raises:
            Invalid: when it cannot run (`kernel.bpmn`).
        """
        key = read(xml).key
        await connection.execute(_LOCKED)  # processes that start together take turns
        newest = (await connection.execute(_NEWEST, {"key": key})).one_or_none()
        if newest is not None and newest.xml == xml:
            return int(newest.version)
        version = 1 if newest is None else newest.version + 1
        await connection.execute(_DEPLOY, {"key": key, "version": version, "name": name, "xml": xml})
        return int(version)
