"""The issuer as an app."""

from fastapi import FastAPI

from identity_app.container import Container
from identity_app.routes import install_refusals, realm_routes
from identity_app.settings import IdentitySettings
from kernel.http import create_app, run


def build(container: Container) -> FastAPI:
    """The issuer over a container; when it starts it migrates, makes the accounts and the first key."""
    settings = container.settings()
    app = create_app(
        settings.service,
        "Identity",
        routers=[realm_routes(container)],
        tracing=container.tracing(),
        metrics=container.metrics(),
        verify=container.verify(),
        adapters=container.adapters(),
        needed={"postgres": container.database().check},
        trust_trace=False,  # anybody may call it
        slow=settings.slow_request,
    )
    install_refusals(app, settings.realm)
    return app


def main() -> None:
    """Serve until told to stop."""
    run(IdentitySettings, lambda settings: build(Container(settings=settings)))


if __name__ == "__main__":
    main()
