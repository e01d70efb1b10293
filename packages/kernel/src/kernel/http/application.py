"""Build an HTTP app: policies checked, problems rendered, limits in force, adapters opened and closed."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, cast

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp

from kernel.auth import Verify
from kernel.http import problems
from kernel.http.context import RequestContext
from kernel.http.health import Check, Readiness, health_routes
from kernel.http.limits import Limits
from kernel.http.metrics import metrics_routes
from kernel.http.openapi import DescribedApp, contract_routes
from kernel.http.policy import Allow, policy_of
from kernel.logging import get_logger
from kernel.metrics import Metrics
from kernel.replies import Replies
from kernel.tracing import Tracing

_log = get_logger(__name__)


def create_app(
    service: str,
    title: str,
    *,
    routers: Iterable[APIRouter],
    tracing: Tracing,
    verify: Verify | None,
    adapters: Sequence[AbstractAsyncContextManager[Any]] = (),
    needed: Mapping[str, Check] | None = None,
    wanted: Mapping[str, Check] | None = None,
    replies: Replies | None = None,
    trust_trace: bool = True,
    metrics: Metrics | None = None,
    slow: float = 1.0,
) -> FastAPI:
    """Compose a service.

    `adapters` are entered in order when the app starts and left in reverse when it stops. `needed` and
    `wanted` are what /readyz asks: without the first the service is not ready, without the second it is
    degraded. `verify` may be None only for an app without protected routes: those would answer 503, never
    let pass. `replies` is for an app with routes of the class `IdempotentRoute`. `metrics` are the service's,
    told at /metrics; without any its requests alone are measured. A request that takes `slow` seconds has a
    warning in the log.

    Raises:
        TypeError: when a route declares no policy, or two.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(anyio.to_thread.run_sync, tracing.close)
            for adapter in adapters:
                await stack.enter_async_context(adapter)
            _log.info("app.started", app=service)
            yield
            _log.info("app.stopping", app=service)

    readiness = Readiness(needed or {}, wanted or {})
    metrics = metrics or Metrics(service)
    app = _App(
        title=title,
        lifespan=lifespan,
        redirect_slashes=False,  # a redirect would be neither under a policy nor a problem, and trust Host
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `RequestContext` does what we want
    )
    app.state.service = service
    app.state.verify = verify
    app.state.replies = replies
    app.state.readiness = readiness
    app.state.metrics = metrics
    described: list[APIRoute] = []
    for router in (*routers, health_routes(readiness), metrics_routes(metrics), contract_routes()):
        for route in router.routes:
            if not isinstance(route, APIRoute):
                raise TypeError(f"{route} has no policy: give create_app plain routers of plain routes")
            _describe(route)
            described.append(route)
        app.include_router(router)
    app.described = described
    problems.install(app)
    app.add_middleware(Limits)
    app.add_middleware(  # added last, so outermost
        RequestContext, tracing=tracing, trust_trace=trust_trace, slow=slow, metrics=metrics
    )
    return app


class _App(DescribedApp):
    """Without the layers that the libraries put around the first of ours, which does what they would do.

    They answer faults, observe exceptions and limit bodies: 5 us a request, for which nothing is left to do.
    """

    def build_middleware_stack(self) -> ASGIApp:
        stack: Any = super().build_middleware_stack()
        while not isinstance(stack, cast(type, self.user_middleware[0].cls)):
            stack = stack.app
        return cast(ASGIApp, stack)


def _describe(route: APIRoute) -> None:
    """Write a route's policy into its OpenAPI operation."""
    policy = policy_of(route)
    if isinstance(policy, Allow):
        route.openapi_extra = {
            "security": [{"bearer": []}],
            "x-role": policy.role.value,
            **(route.openapi_extra or {}),
        }
