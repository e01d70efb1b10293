"""What this service hears of the others."""

from kernel.messaging import Consumer
from specification.use_cases.hear_offering import DeletedOffering, Offering
from specification_app.container import Container


def consumer(app: Container) -> Consumer:
    """Offerings use specifications, and their drafts are judged when they are published."""
    hears = Consumer("specification", app.inbox(), app.tracing(), app.metrics())
    for what in ("drafted", "revised", "published", "retired"):
        hears.on(f"offering.{what}.v1", Offering, app.hear_offering)
    for what in ("requested", "rejected"):
        hears.on(f"publication.{what}.v1", Offering, app.hear_offering)
    return hears.on("offering.deleted.v1", DeletedOffering, app.hear_offering)
