"""The offering service as a process."""

from fastapi import FastAPI

from kernel.http import run
from kernel.service import service_app
from offering_app.consumers import consumer
from offering_app.container import Container
from offering_app.routes import offering_routes, publication_routes
from offering_app.settings import OfferingSettings


def build(container: Container) -> FastAPI:
    """The service over a container."""
    return service_app(
        container,
        "Offerings",
        routers=[offering_routes(container), publication_routes(container)],
        begin=container.begin(),
        consumer=consumer(container),
    )


def main() -> None:
    """Serve until told to stop."""
    run(OfferingSettings, lambda settings: build(Container(settings=settings)))


if __name__ == "__main__":
    main()
