"""What this service hears, of itself alone."""

from kernel.messaging import Consumer
from offering.use_cases.start_publication import RequestedOffering
from offering_app.container import Container


def consumer(app: Container) -> Consumer:
    """A publication begins with the event of its request: whoever dies in between, it is begun."""
    hears = Consumer("offering", app.inbox(), app.tracing(), app.metrics())
    return hears.on("publication.requested.v1", RequestedOffering, app.start_publication)
