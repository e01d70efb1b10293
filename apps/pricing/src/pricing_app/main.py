"""The pricing service as a process."""

from fastapi import FastAPI

from kernel.http import run
from kernel.service import service_app
from pricing_app.consumers import consumer
from pricing_app.container import Container
from pricing_app.routes import asking_routes, hold_routes, price_routes
from pricing_app.settings import PricingSettings
from pricing_app.tasks import tasks


def build(container: Container) -> FastAPI:
    """The service over a container."""
    return service_app(
        container,
        "Prices",
        routers=[asking_routes(container), price_routes(container), hold_routes(container)],
        begin=container.begin(),
        kept={"price": "/prices"},
        consumer=consumer(container),
        tasks=tasks(container),
    )


def main() -> None:
    """Serve until told to stop."""
    run(PricingSettings, lambda settings: build(Container(settings=settings)))


if __name__ == "__main__":
    main()
