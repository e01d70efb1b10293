"""The characteristic service as a process."""

from fastapi import FastAPI

from characteristic_app.consumers import consumer
from characteristic_app.container import Container
from characteristic_app.routes import characteristic_routes, lookup_routes
from characteristic_app.settings import CharacteristicSettings
from kernel.http import run
from kernel.service import service_app


def build(container: Container) -> FastAPI:
    """The service over a container."""
    return service_app(
        container,
        "Characteristics",
        routers=[lookup_routes(container), characteristic_routes(container)],
        begin=container.begin(),
        kept={"characteristic": "/characteristics"},
        consumer=consumer(container),
        adapters=[container.units()],
    )


def main() -> None:
    """Serve until told to stop."""
    run(CharacteristicSettings, lambda settings: build(Container(settings=settings)))


if __name__ == "__main__":
    main()
