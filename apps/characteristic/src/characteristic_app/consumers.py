"""What this service hears of the others."""

from characteristic.use_cases.hear_specification import Specification
from characteristic_app.container import Container
from kernel.messaging import Consumer


def consumer(app: Container) -> Consumer:
    """Specifications use characteristics."""
    hears = Consumer("characteristic", app.inbox(), app.tracing(), app.metrics())
    for what in ("defined", "revised", "activated", "retired"):
        hears.on(f"specification.{what}.v1", Specification, app.note_uses)
    return hears.on("specification.deleted.v1", Specification, app.forget_uses)
