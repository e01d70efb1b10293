"""What this service does for the publish process: its two ends. Neither throws an error of the diagram.

Both are refused when the other has been: that is a fault of ours, which waits for an operator.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from kernel.domain import HeardPart
from kernel.errors import Problem
from kernel.workers import Tasks
from offering.use_cases.confirm import Confirm
from offering.use_cases.reject import Reject
from offering_app.container import Container
from offering_app.pointers import in_draft

TIMED_OUT = "TIMED_OUT"
"""The code of a rejection without a cause of its own: the undo path begins by an error or by the timer."""
TOO_LONG = "It took longer than two minutes, so it was given up; nothing was changed."

_PROBLEMS = TypeAdapter(tuple[Problem, ...])


@dataclass(frozen=True, kw_only=True)
class Undone(HeardPart):
    """A publication of which everything is undone: the error that began it, and its problems as JSON.

    Each service names problems of what it was given; the rejection leads them into the draft.
    """

    publication_id: UUID
    error_code: str | None = None
    error_message: str | None = None
    problems: str | None = None

    def rejection(self) -> Reject:
        """What it is rejected with. Problems that cannot be read are left out: its end must not wait."""
        if not self.error_code:
            return Reject(publication_id=self.publication_id, code=TIMED_OUT, message=TOO_LONG)
        message = self.error_message or f"A step was refused with {self.error_code}."
        problems = tuple(
            replace(problem, pointer=in_draft(problem.pointer)) for problem in _read(self.problems)
        )
        return Reject(
            publication_id=self.publication_id, code=self.error_code, message=message, problems=problems
        )


def tasks(app: Container) -> Tasks:
    """Confirm and reject; whoever watches the publication, or waits for room, hears of it at once."""

    def confirm() -> Callable[[Confirm], Awaitable[None]]:
        async def done(wanted: Confirm) -> None:
            await app.confirm()(wanted)
            _ended(app, wanted.publication_id)

        return done

    def reject() -> Callable[[Undone], Awaitable[None]]:
        async def done(undone: Undone) -> None:
            await app.reject()(undone.rejection())
            _ended(app, undone.publication_id)

        return done

    known = Tasks("offering", app.tracing(), app.metrics())
    known.on("offering.confirm", Confirm, confirm, patient=True)
    return known.on("offering.reject", Undone, reject, patient=True)


def _ended(app: Container, id: UUID) -> None:
    app.streams().wake(id)
    app.room().wake()


def _read(problems: str | None) -> tuple[Problem, ...]:
    try:
        return _PROBLEMS.validate_json(problems or "[]")
    except ValidationError:
        return ()
