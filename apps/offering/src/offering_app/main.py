"""The offering service as a process."""

from fastapi import FastAPI

from kernel.http import run
from kernel.service import service_app
from offering_app.consumers import consumer
from offering_app.container import Container
from offering_app.measures import Going
from offering_app.publication_routes import cancel_routes, publication_routes
from offering_app.routes import offering_routes, preflight_routes
from offering_app.settings import OfferingSettings
from offering_app.tasks import tasks


def build(container: Container) -> FastAPI:
    """The service over a container."""
    container.metrics().watch("publications", Going(container.database()).measured)
    return service_app(
        container,
        "Offerings",
        routers=[
            offering_routes(container),
            preflight_routes(container),
            publication_routes(container),
            cancel_routes(container),
        ],
        begin=container.begin(),
        kept={"offering": "/offerings"},
        used=False,
        consumer=consumer(container),
        tasks=tasks(container),
        adapters=[
            container.pricing_http(),
            container.specification_http(),
            container.store_http(),
            container.watching(),
            container.beginning(),
        ],
    )


def main() -> None:
    """Serve until told to stop."""
    run(OfferingSettings, lambda settings: build(Container(settings=settings)))


if __name__ == "__main__":
    main()
