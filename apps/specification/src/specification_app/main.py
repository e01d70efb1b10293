"""The specification service as a process."""

from typing import Any

from fastapi import FastAPI

from kernel.http import run
from kernel.service import service_app
from specification_app.consumers import consumer
from specification_app.container import Container
from specification_app.routes import check_routes, specification_routes
from specification_app.settings import SpecificationSettings
from specification_app.tasks import tasks


def build(container: Container) -> FastAPI:
    """The service over a container."""
    tokens: Any = container.credential()  # that it is to be entered is nothing that the port says
    return service_app(
        container,
        "Specifications",
        routers=[check_routes(container), specification_routes(container)],
        begin=container.begin(),
        kept={"specification": "/specifications"},
        consumer=consumer(container),
        tasks=tasks(container),
        wanted={"characteristic": container.characteristics().check},
        adapters=[container.characteristic_http(), tokens],
    )


def main() -> None:
    """Serve until told to stop."""
    run(SpecificationSettings, lambda settings: build(Container(settings=settings)))


if __name__ == "__main__":
    main()
