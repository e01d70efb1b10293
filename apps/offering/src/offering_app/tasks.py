"""What this service does for the publish process: its two ends. Neither throws an error of the diagram.

Both are refused when the other has been: that is a fault of ours, which waits for an operator.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from kernel.domain import HeardPart
from kernel.errors import Problem
from kernel.workers import Tasks
from offering.use_cases.confirm import Confirm
from offering.use_cases.reject import Reject
from offering_app.container import Container

TIMED_OUT = "TIMED_OUT"
"""The code of a rejection without a cause of its own: the undo path begins by an error or by the timer."""
TOO_LONG = "It took longer than two minutes, so it was given up; nothing was changed."

_PROBLEMS = TypeAdapter(tuple[Problem, ...])


@dataclass(frozen=True, kw_only=True)
class Undone(HeardPart):
    """A publication of which everything is undone: the error that began it, and its problems as JSON."""

    publication_id: UUID
    error_code: str | None = None
    error_message: str | None = None
    problems: str | None = None

    def rejection(self) -> Reject:
        """What it is rejected with. Problems that cannot be read are left out: its end must not wait."""
        if not self.error_code:
            return Reject(publication_id=self.publication_id, code=TIMED_OUT, message=TOO_LONG)
        message = self.error_message or f"A step was refused with {self.error_code}."
        problems = _read(self.problems)
        return Reject(
            publication_id=self.publication_id, code=self.error_code, message=message, problems=problems
        )


def tasks(app: Container) -> Tasks:
    """Confirm and reject; whoever watches the publication hears of it at once."""

    def confirm() -> Callable[[Confirm], Awaitable[None]]:
        async def done(wanted: Confirm) -> None:
            await app.confirm()(wanted)
            app.streams().wake(wanted.publication_id)

        return done

    def reject() -> Callable[[Undone], Awaitable[None]]:
        async def done(undone: Undone) -> None:
            await app.reject()(undone.rejection())
            app.streams().wake(undone.publication_id)

        return done

    known = Tasks("offering", app.tracing())
    return known.on("offering.confirm", Confirm, confirm).on("offering.reject", Undone, reject)


def _read(problems: str | None) -> tuple[Problem, ...]:
    try:
        return _PROBLEMS.validate_json(problems or "[]")
    except ValidationError:
        return ()
