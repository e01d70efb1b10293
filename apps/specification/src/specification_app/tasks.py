"""What this service does for the publish process: one step."""

from kernel.workers import Tasks
from specification.use_cases.validate import SPECIFICATION_INVALID, Validate
from specification_app.container import Container


def tasks(app: Container) -> Tasks:
    """Before an offering goes live its specification has its say."""
    does = Tasks("specification", app.tracing(), app.metrics())
    return does.on("specification.validate", Validate, app.validate, throws=(SPECIFICATION_INVALID,))
