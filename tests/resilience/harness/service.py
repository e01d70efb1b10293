"""The characteristic service as a process: `python -m tests.resilience.harness.service`.

It is the real one over its real container. SABOTEUR names a way to build it wrong, and CRASH_AT,
COMMIT_DELAY, LATE_COMMITS and PUBLISH_DELAY plan faults (see `faults`).
"""

import os

from fastapi import FastAPI

from characteristic_app.container import Container
from characteristic_app.main import build
from characteristic_app.settings import CharacteristicSettings
from kernel.http import run
from tests.resilience.harness import faults, saboteurs


def harmed(settings: CharacteristicSettings) -> FastAPI:
    """The service with all that is planned against it."""
    container = Container(settings=settings)
    if name := os.environ.get("SABOTEUR"):
        saboteurs.IN_SERVICE[name](container)
    finish = faults.plan(container)
    app = build(container)
    finish(app)
    return app


if __name__ == "__main__":
    run(CharacteristicSettings, harmed)
