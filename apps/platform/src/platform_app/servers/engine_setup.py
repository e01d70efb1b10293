"""What the process engine needs before services use it: users with few rights, indexes, the diagrams."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from kernel.camunda import Camunda
from kernel.errors import CatalogError

PROCESS = "publish-offering"
TROUBLES = (httpx.HTTPError, OSError, asyncpg.PostgresError, CatalogError)
"""What a setup may end with."""
_PATIENCE = 30.0  # seconds; after its start the engine is slow


@dataclass(frozen=True)
class Right:
    """What a user may do with a resource of the engine; numbers and names are the engine's."""

    type: int
    id: str
    permissions: frozenset[str]


def _process(*permissions: str) -> Right:
    return Right(6, PROCESS, frozenset(permissions))


_TASKS = ("READ_INSTANCE", "UPDATE_INSTANCE")
WORKER = (_process(*_TASKS),)
"""Fetching tasks and telling how they went. The engine has no rights by topic: who may do one may do all."""
STARTER = (
    _process(*_TASKS, "READ", "CREATE_INSTANCE", "DELETE_INSTANCE", "READ_HISTORY"),
    Right(8, "*", frozenset({"CREATE"})),  # of instances; of which process says the right above
)
RIGHTS: Mapping[str, tuple[Right, ...]] = {
    "offering": STARTER,
    "pricing": WORKER,
    "specification": WORKER,
    "store": WORKER,
}
"""The users, one for each service, and all that they may do. Nobody but the administrator may deploy."""

INDEXES = (
    "create unique index if not exists catalog_one_run_a_key"
    " on act_ru_execution (proc_def_id_, business_key_)",
    "create unique index if not exists catalog_one_start_a_key"
    " on act_hi_procinst (proc_def_key_, business_key_)",
)
"""One instance for each business key, which the engine does not promise. The history has those that ended,
too, under the key of the process in all its versions. Executions inside an instance have no business key.
"""


@dataclass(frozen=True, kw_only=True)
class EngineSetup:
    """Brings an engine that serves into shape; what is there already stays.

    `url` is its REST interface for the administrator and `database` its database for the owner (as asyncpg
    spells it), with passwords; `passwords` are those of the users in `RIGHTS`, `diagrams` the files to run.
    """

    url: str = field(repr=False)
    database: str = field(repr=False)
    passwords: Mapping[str, str] = field(repr=False)
    diagrams: tuple[Path, ...]

    async def __call__(self) -> None:
        """Do what is missing.

        Raises:
            one of `TROUBLES`: when it cannot be done.
        """
        await self._index()
        async with Camunda(self.url) as engine:
            for diagram in self.diagrams:
                await engine.deploy(diagram.read_bytes(), diagram.name)
        admin = httpx.URL(self.url)  # errors name addresses, so there is no password in that
        address = admin.copy_with(username=None, password=None)
        mine = httpx.BasicAuth(admin.username, admin.password)
        async with httpx.AsyncClient(base_url=address, auth=mine, trust_env=False, timeout=_PATIENCE) as rest:
            for name, rights in RIGHTS.items():
                await _Account(rest, name, admin.password).settle(self.passwords[name], rights)

    async def _index(self) -> None:
        connection = await asyncpg.connect(self.database, timeout=5, ssl=False)
        try:
            for index in INDEXES:
                await connection.execute(index, timeout=_PATIENCE)
        finally:
            await connection.close()


@dataclass(frozen=True)
class _Account:
    """One user of the engine. Who changes a password must tell their own (`admin`)."""

    rest: httpx.AsyncClient
    name: str
    admin: str = field(repr=False)

    async def settle(self, password: str, rights: tuple[Right, ...]) -> None:
        """Make the user if it is missing, with this password and these rights and no others."""
        if (await self.rest.get(f"/user/{self.name}/profile")).status_code == httpx.codes.NOT_FOUND:
            profile = {"id": self.name, "firstName": self.name.title(), "lastName": "Service"}
            await self._tell(
                "POST", "/user/create", {"profile": profile, "credentials": {"password": password}}
            )
        elif not await self._knows(password):
            new = {"password": password, "authenticatedUserPassword": self.admin}
            await self._tell("PUT", f"/user/{self.name}/credentials", new)
        await self._grant(rights)

    async def _knows(self, password: str) -> bool:
        body = {"username": self.name, "password": password}
        answer = (await self.rest.post("/identity/verify", json=body)).raise_for_status()
        return bool(answer.json()["authenticated"])

    async def _grant(self, rights: tuple[Right, ...]) -> None:
        """A new user may do everything with itself, which is among what is taken away."""
        answer = (await self.rest.get("/authorization", params={"userIdIn": self.name})).raise_for_status()
        missing = set(rights)
        for one in answer.json():
            granted = Right(one["resourceType"], one["resourceId"], frozenset(one["permissions"]))
            if granted in missing:
                missing.remove(granted)
            else:
                await self._tell("DELETE", f"/authorization/{one['id']}")
        for right in sorted(missing, key=lambda right: right.type):
            await self._tell("POST", "/authorization/create", self._written(right))

    def _written(self, right: Right) -> dict[str, Any]:
        return {
            "type": 1,  # it grants
            "userId": self.name,
            "resourceType": right.type,
            "resourceId": right.id,
            "permissions": sorted(right.permissions),
        }

    async def _tell(self, method: str, path: str, body: object = None) -> None:
        (await self.rest.request(method, path, json=body)).raise_for_status()
