"""The characteristic service as a process."""

from fastapi import FastAPI

from characteristic_app.container import Container
from characteristic_app.routes import characteristic_routes, lookup_routes
from characteristic_app.settings import CharacteristicSettings
from kernel.http import create_app, run


def build(container: Container) -> FastAPI:
    """The service over a container."""
    return create_app(
        CharacteristicSettings.service,
        "Characteristics",
        routers=[lookup_routes(container), characteristic_routes(container)],
        tracing=container.tracing(),
        verify=container.verify(),
        adapters=container.adapters(),
        needed={"postgres": container.database().check, "token-keys": container.keys().check},
        wanted={"outbox": container.relay().check, "broker": container.publisher().check},
        replies=container.replies(),
    )


def main() -> None:
    """Serve until told to stop."""
    run(CharacteristicSettings, lambda settings: build(Container(settings=settings)))


if __name__ == "__main__":
    main()
