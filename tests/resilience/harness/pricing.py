"""The pricing service as a process: `python -m tests.resilience.harness.pricing`.

It is the real one over its real container, with the embedded engine (ENGINE_URL is the address of its
database) and without a broker. LOCK is for how many seconds it has a task.
"""

import os

from dependency_injector.providers import Object, Singleton
from fastapi import FastAPI

from kernel import workers
from kernel.bus import Bus
from kernel.engine import EmbeddedEngine
from kernel.http import run
from kernel.sql import Database
from pricing_app.container import Container
from pricing_app.main import build
from pricing_app.settings import PricingSettings


def impatient(settings: PricingSettings) -> FastAPI:
    """The service, whose locks are short."""
    workers.LOCK = float(os.environ["LOCK"])
    bus = Object(Bus())
    engine = Singleton(EmbeddedEngine, Database(os.environ["ENGINE_URL"], service="engine", size=4))
    return build(Container(settings=settings, subscriptions=bus, publisher=bus, engine=engine))


if __name__ == "__main__":
    run(PricingSettings, impatient)
