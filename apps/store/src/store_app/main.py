"""The store service as a process."""

from fastapi import FastAPI

from kernel.http import run
from kernel.listener import listener_app
from kernel.units import Units
from store_app.checks import check_routes
from store_app.consumers import consumer
from store_app.container import Container
from store_app.measures import size
from store_app.routes import store_routes
from store_app.settings import StoreSettings
from store_app.tasks import tasks


def build(container: Container) -> FastAPI:
    """The service over a container."""
    container.metrics().watch("store", size(container.catalogue()))
    return listener_app(
        container,
        "Store",
        routers=[store_routes(container), check_routes(container)],
        consumer=consumer(container),
        tasks=tasks(container),
        adapters=[Units(), container.opened(), container.refresher()],
        needed={"mongodb": container.mongo().check} if container.place() == "mongo" else {},
    )


def main() -> None:
    """Serve until told to stop."""
    run(StoreSettings, lambda settings: build(Container(settings=settings)))


if __name__ == "__main__":
    main()
