"""The gateway as a process."""

from collections.abc import Iterable
from functools import partial

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware

from gateway_app.container import Container
from gateway_app.headers import DropForgedHeaders
from gateway_app.mounted import Mounts
from gateway_app.proxy import Proxy
from gateway_app.routes import account_routes, platform_routes, session_routes
from gateway_app.settings import GatewaySettings
from kernel.http import create_app, run


def build(container: Container, *, also: Iterable[APIRouter] = ()) -> FastAPI:
    """The gateway over a container; `also` are routes of whoever composes it.

    A request passes `DropForgedHeaders`, then the chassis (`RequestContext`, `Limits`), then `Proxy`, which
    takes what belongs to a service; the gateway's own routes get the rest. Services that are mounted in this
    process have a chassis of their own and are called before ours.
    """
    upstreams, mounted = container.upstreams(), container.mounted()
    services = {} if mounted else {name: partial(upstreams.check, name) for name in sorted(upstreams.names)}
    app = create_app(
        "gateway",
        "Catalog gateway",
        routers=[session_routes(container), account_routes(), platform_routes(container), *also],
        tracing=container.tracing(),
        metrics=container.metrics(),
        verify=container.verify(),
        adapters=container.adapters(),
        needed={"token-keys": container.keys().check},
        wanted={"identity": container.identity().check, **services},
        trust_trace=False,
        slow=container.settings().slow_request,
    )
    app.user_middleware.append(Middleware(Proxy, upstreams=upstreams))  # at the end, so inside all others
    if mounted:
        app.add_middleware(Mounts, apps=mounted)
    app.add_middleware(DropForgedHeaders)  # added last, so nothing sees a request before it
    return app


def main() -> None:
    """Serve the gateway as its settings say."""
    run(GatewaySettings, lambda settings: build(Container(settings=settings)))


if __name__ == "__main__":
    main()
