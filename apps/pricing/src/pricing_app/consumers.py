"""What this service hears of the others."""

from kernel.messaging import Consumer
from pricing.use_cases.hear_offering import Offering
from pricing_app.container import Container


def consumer(app: Container) -> Consumer:
    """Offerings use prices, also when they are retired."""
    hears = Consumer("pricing", app.inbox(), app.tracing())
    for what in ("drafted", "revised", "published", "retired"):
        hears.on(f"offering.{what}.v1", Offering, app.note_uses)
    return hears.on("offering.deleted.v1", Offering, app.forget_uses)
