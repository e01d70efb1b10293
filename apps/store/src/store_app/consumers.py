"""What this service hears of the others: everything."""

from kernel.messaging import Consumer
from store.domain.sources import Characteristic, Offering, Price, Source, Specification
from store_app.container import Container

LANES = 32
"""More than others have, as what is to be kept at the same time is written together."""
_HEARD: dict[str, tuple[type[Source], tuple[str, ...]]] = {
    "characteristic": (Characteristic, ("defined", "revised", "deprecated")),
    "specification": (Specification, ("defined", "revised", "activated", "retired")),
    "price": (Price, ("defined", "revised", "locked", "released")),
    "offering": (Offering, ("drafted", "revised", "retired")),
    "publication": (Offering, ("requested",)),
}


def consumer(app: Container) -> Consumer:
    """Every event tells the whole state of something; what is deleted is buried.

    With a publication ends what was staged for it.
    """
    hears = Consumer("store", app.inbox(), app.tracing(), app.metrics(), lanes=LANES)
    for subject, (source, happened) in _HEARD.items():
        for what in happened:
            hears.on(f"{subject}.{what}.v1", source, app.keep)
    for ended in ("offering.published.v1", "publication.rejected.v1"):
        hears.on(ended, Offering, app.keep_outcome)
    for source in (Characteristic, Specification, Price, Offering):
        hears.on(f"{source.of}.deleted.v1", source, app.bury)
    return hears
