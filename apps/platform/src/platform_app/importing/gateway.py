"""The port `Catalogue` over the gateway's HTTP interface."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kernel.domain import new_id
from platform_app.calling.calls import Calls
from platform_app.importing.ports import MOST_KEYS, Document
from platform_app.importing.rows import Kind

_PATHS = {
    Kind.CHARACTERISTIC: "/api/characteristics",
    Kind.SPECIFICATION: "/api/specifications",
    Kind.PRICE: "/api/prices",
    Kind.OFFERING: "/api/offerings",
}


@dataclass(frozen=True)
class Gateway:
    """See `Catalogue`.

    A POST has an Idempotency-Key made of its content, so that it can be repeated, and of this import: what
    was deleted since an earlier one is made again instead of being answered from memory.
    """

    calls: Calls
    run: UUID = field(default_factory=new_id)

    async def by_keys(self, kind: Kind, keys: Collection[str]) -> list[Document]:
        """See `Catalogue`."""
        asked = {"key": ",".join(keys), "size": str(MOST_KEYS)}
        found: list[Document] = (await self.calls.send("GET", _PATHS[kind], query=asked))["items"]
        return found

    async def characteristics(self, ids: Collection[UUID]) -> list[Document]:
        """See `Catalogue`."""
        asked = {"ids": [str(id) for id in ids]}
        answer = await self.calls.send("POST", f"{_PATHS[Kind.CHARACTERISTIC]}/lookup", body=asked)
        found: list[Document] = answer["items"]
        return found

    async def create(self, kind: Kind, body: Mapping[str, Any]) -> Document:
        """See `Catalogue`."""
        made: Document = await self._post(_PATHS[kind], body)
        return made

    async def revise(self, kind: Kind, id: UUID, version: int, body: Mapping[str, Any]) -> Document:
        """See `Catalogue`."""
        seen = {"If-Match": f'"{version}"'}
        path = f"{_PATHS[kind]}/{id}"
        revised: Document = await self.calls.send("PUT", path, headers=seen, body=body)
        return revised

    async def activate(self, id: UUID, version: int) -> Document:
        """See `Catalogue`."""
        active: Document = await self._post(f"{_PATHS[Kind.SPECIFICATION]}/{id}/activate", None, version)
        return active

    async def publish(self, id: UUID, version: int) -> None:
        """See `Catalogue`."""
        await self._post(f"{_PATHS[Kind.OFFERING]}/{id}/publish", None, version)

    async def _post(self, path: str, body: Mapping[str, Any] | None, version: int | None = None) -> Any:
        said = f"{self.run} {path} {version} {json.dumps(body)}"
        headers = {"Idempotency-Key": f"import-{hashlib.sha256(said.encode()).hexdigest()}"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self.calls.send("POST", path, headers=headers, body=body)
