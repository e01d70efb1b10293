"""Say what the whole platform can be asked: one document out of those of all services."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway_app.contract import Document, merge
from gateway_app.ports import Broken, Overdue, Upstreams
from kernel.errors import Unavailable

_FRESH = 10.0  # seconds for which an answer is not asked for again
_PATH = "/openapi.json"


@dataclass(frozen=True)
class DescribePlatform:
    """Somebody wants to know the addresses of the platform. What services said is remembered."""

    upstreams: Upstreams
    clock: Callable[[], float] = time.monotonic
    _said: dict[str, tuple[float, bytes]] = field(default_factory=dict)  # service -> when, its document
    _merged: dict[tuple[bytes, ...], bytes] = field(default_factory=dict)  # at most the one of now

    async def __call__(self, own: Document) -> bytes:
        """The document, in JSON; `own` is the gateway's part. The same parts give the same bytes.

        Raises:
            Unavailable: when a service cannot be asked and has never been; it is named.
        """
        names = sorted(self.upstreams.names)
        parts = dict(zip(names, await asyncio.gather(*map(self._part, names)), strict=True))
        key = tuple(parts.values())
        if key not in self._merged:
            documents = {name: json.loads(part) for name, part in parts.items()}
            merged = json.dumps(merge(own, documents), ensure_ascii=False, separators=(",", ":")).encode()
            self._merged.clear()
            self._merged[key] = merged
        return self._merged[key]

    async def _part(self, service: str) -> bytes:
        then, part = self._said.get(service, (0.0, b""))
        if part and self.clock() - then < _FRESH:
            return part
        asked: bytes | None = None
        try:
            asked = await self._ask(service)
        except (Unavailable, Overdue, Broken):
            if not part:
                said = (
                    f"The service {service} cannot say right now what it can be asked; please try again soon."
                )
                raise Unavailable(said, code="contract_unavailable") from None
        self._said[service] = self.clock(), asked or part
        return self._said[service][1]

    async def _ask(self, service: str) -> bytes:
        status, body = 0, bytearray()

        async def take(message: Mapping[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)
            body.extend(message.get("body", b""))

        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": _PATH,
            "raw_path": _PATH.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [],
            "client": None,
            "server": None,
        }
        await self.upstreams.forward(service, scope, b"", take)
        if status != 200:
            raise Unavailable(f"The service {service} answered with the status {status}.")
        return bytes(body)
