"""Is the process alive, and is it ready: one answer per dependency."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from kernel.http.policy import public
from kernel.logging import get_logger

Check = Callable[[], Awaitable[Mapping[str, Any] | None]]
"""Returns when a dependency serves, with what there is to say about it; raises when it does not."""

PROBES = frozenset({"/healthz", "/readyz"})
"""The addresses that tell how we are; asked often, and answered even when nothing else is."""

_DEADLINE = 2.0
_REMEMBERED = 1.0
_log = get_logger(__name__)


class Dependency(BaseModel):
    """The state of one dependency; `millis` is how long the check took."""

    status: Literal["up", "down"]
    millis: float
    detail: dict[str, Any] | None = None


class Health(BaseModel):
    """The answer of /readyz."""

    status: Literal["ready", "degraded", "unready", "stopping"]
    dependencies: dict[str, Dependency]


class Alive(BaseModel):
    """The answer of /healthz."""

    status: Literal["alive"] = "alive"


class Readiness:
    """Asks each dependency, all at once, each within two seconds; answers are remembered for one second.

    Without one of `needed` the process is not ready; without one of `wanted` it is degraded, but serves.
    """

    def __init__(self, needed: Mapping[str, Check], wanted: Mapping[str, Check]) -> None:
        self._checks = {**wanted, **needed}
        self._needed = needed.keys()
        self._answer: tuple[float, dict[str, Dependency]] | None = None
        self._asking = asyncio.Lock()
        self.stopping = False

    def join(self, other: "Readiness", name: str) -> None:
        """Answer for another app in this process too: what it needs is wanted here, as `name.dependency`."""
        theirs = {f"{name}.{dependency}": check for dependency, check in other._checks.items()}
        self._checks = {**theirs, **self._checks}

    async def __call__(self) -> Health:
        """The state of every dependency, and of the whole."""
        async with self._asking:
            now = time.monotonic()
            if self._answer is None or now - self._answer[0] > _REMEMBERED:
                states = await asyncio.gather(
                    *(self._ask(name, check) for name, check in self._checks.items())
                )
                self._answer = (time.monotonic(), dict(zip(self._checks, states, strict=True)))
            dependencies = self._answer[1]
        if self.stopping:
            return Health(status="stopping", dependencies=dependencies)
        down = {name for name, one in dependencies.items() if one.status == "down"}
        if down & self._needed:
            return Health(status="unready", dependencies=dependencies)
        return Health(status="degraded" if down else "ready", dependencies=dependencies)

    @staticmethod
    async def _ask(name: str, check: Check) -> Dependency:
        begin = time.perf_counter()
        status: Literal["up", "down"] = "up"
        detail: Mapping[str, Any] | None = None
        try:
            async with asyncio.timeout(_DEADLINE):
                detail = await check()
        except Exception as error:
            status = "down"
            _log.warning("dependency.down", dependency=name, error=error)
        millis = round((time.perf_counter() - begin) * 1000, 2)
        return Dependency(status=status, millis=millis, detail=dict(detail) if detail else None)


def health_routes(readiness: Readiness) -> APIRouter:
    """`/healthz`: the process answers. `/readyz`: 200 while it serves, 503 when it cannot or is stopping."""
    routes = APIRouter(tags=["health"], dependencies=[public("probes have no account")])

    @routes.get("/healthz")
    async def healthz() -> Alive:
        return Alive()

    @routes.get("/readyz", responses={503: {"model": Health}}, response_model_exclude_none=True)
    async def readyz(response: Response) -> Health:
        health = await readiness()
        response.status_code = 200 if health.status in ("ready", "degraded") else 503
        response.headers["Cache-Control"] = "no-store"
        return health

    return routes
