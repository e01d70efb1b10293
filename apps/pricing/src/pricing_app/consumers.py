"""What this service hears of the others."""

from kernel.logging import get_logger
from kernel.messaging import Consumer
from pricing.use_cases.hear_offering import Offering
from pricing.use_cases.release_prices import RejectedOffering
from pricing.use_cases.sell import DeletedOffering, PublishedOffering
from pricing_app.container import Container

_log = get_logger(__name__)


def consumer(app: Container) -> Consumer:
    """Offerings use prices, also when they are retired; while they are sold their prices stay as they are."""

    async def sell(heard: PublishedOffering) -> None:
        if gone := await app.sell()(heard):
            # Deleted between the last lease and this event: it is sold all the same, and cannot be held.
            _log.error("price.gone", offering=heard.key, prices=sorted(map(str, gone)))

    hears = Consumer("pricing", app.inbox(), app.tracing(), app.metrics())
    for what in ("drafted", "revised"):
        hears.on(f"offering.{what}.v1", Offering, app.note_uses)
    hears.on("offering.published.v1", PublishedOffering, lambda: sell)
    hears.on("publication.rejected.v1", RejectedOffering, app.hear_rejection)
    hears.on("offering.retired.v1", Offering, app.end_sale)
    return hears.on("offering.deleted.v1", DeletedOffering, app.end_sale)
