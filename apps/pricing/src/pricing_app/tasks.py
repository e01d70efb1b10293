"""What this service does for the publish process: its prices, locked and released."""

from kernel.workers import Tasks
from pricing.domain import CROWDED, EXPIRED, MISSING
from pricing.use_cases.lock import Publication, PublicationRequest
from pricing_app.container import Container


def tasks(app: Container) -> Tasks:
    """A publication's prices are locked, and released when it fails."""
    does = Tasks("pricing", app.tracing(), app.metrics())
    throws = (MISSING, EXPIRED, CROWDED)
    does.on("pricing.lock-prices", PublicationRequest, app.lock_prices, throws=throws)
    return does.on("pricing.release-prices", Publication, app.release_prices, patient=True)
