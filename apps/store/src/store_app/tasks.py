"""What this service does for the publish process: its entry, staged and dropped."""

from kernel.workers import Tasks
from store.use_cases.drop import Drop
from store.use_cases.stage import ENTRY_REFUSED, Stage
from store_app.container import Container


def tasks(app: Container) -> Tasks:
    """The entry is staged, or dropped."""
    return (
        Tasks("store", app.tracing(), app.metrics())
        .on("store.stage-entry", Stage, app.stage, throws=(ENTRY_REFUSED,))
        .on("store.drop-entry", Drop, app.drop, patient=True)
    )
