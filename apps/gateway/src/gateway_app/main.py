"""The gateway as a process."""

from fastapi import FastAPI

from gateway_app.container import Container
from gateway_app.headers import DropForgedHeaders
from gateway_app.routes import account_routes, session_routes
from gateway_app.settings import GatewaySettings
from kernel.http import create_app, run


def build(container: Container) -> FastAPI:
    """The gateway over a container."""
    app = create_app(
        "gateway",
        "Catalog gateway",
        routers=[session_routes(container), account_routes()],
        tracing=container.tracing(),
        verify=container.verify(),
        adapters=container.adapters(),
        needed={"token-keys": container.keys().check},
        wanted={"identity": container.identity().check},
        trust_trace=False,
    )
    app.add_middleware(DropForgedHeaders)  # added last, so nothing sees a request before it
    return app


def main() -> None:
    """Serve the gateway as its settings say."""
    run(GatewaySettings, lambda settings: build(Container(settings=settings)))


if __name__ == "__main__":
    main()
