"""How far a publication is, told from what its process has come to.

The ids are those of `bpmn/publish_offering.bpmn`. The engine says what has happened, the publication how it
has ended: that is known first, because a step of the process ends it before the engine hears of that. So the
steps of a publication that has ended do not change any more, and can be kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from kernel.process import Activity, Instance, State
from offering.domain.publication import Progress, Publication
from offering.domain.steps import Step, StepState

FORWARD: Final = {
    "lock_prices": "Lock prices",
    "validate": "Validate spec",
    "stage_entry": "Stage store entry",
    "confirm": "Confirm offering",
}
UNDO: Final = {
    "drop_entry": "Drop store entry",
    "release_prices": "Release prices",
    "reject": "Reject offering",
}
TIMER: Final = "on_timeout"
PREPARING: Final = "forward"
"""The part of the diagram that has two minutes: all forward steps but the last."""
LIMIT: Final = timedelta(minutes=2)
_TURNS: Final = "on_"  # how the ids of the events begin that lead to the undo path

_AWAY = "The process engine does not answer right now, so the steps are not known."


@dataclass(frozen=True, kw_only=True)
class Account:
    """All that is told of a publication. `steps` is None when nobody knows them now: `note` says why.

    `status` may be ahead of the publication's own, which is written after it has been seen. `next_action` is
    what happens next by itself, or what somebody can do.
    """

    publication: Publication
    status: Progress
    steps: tuple[Step, ...] | None
    next_action: str
    note: str | None = None


def account_of(publication: Publication, instance: Instance | None) -> Account:
    """What is told of a publication whose process is that far; None is one that has not begun."""
    kept = publication.steps
    steps = steps_of(publication, instance) if kept is None else kept
    status = _status(publication, instance, steps)
    action = _next(publication, status, steps, instance)
    return Account(publication=publication, status=status, steps=steps, next_action=action)


def account_without(publication: Publication) -> Account:
    """What is told while the engine is away."""
    if publication.steps is not None:
        return account_of(publication, None)
    status = publication.status
    action = _next(publication, status, (), None)
    return Account(publication=publication, status=status, steps=None, next_action=action, note=_AWAY)


def steps_of(publication: Publication, instance: Instance | None) -> tuple[Step, ...]:
    """The steps, those of the undo path when that has begun. Of what ended without a trace there are none."""
    if instance is None:
        if publication.ended:
            return ()
        return tuple(_to_come(name, title, StepState.WAITING) for name, title in FORWARD.items())
    told = _Told(publication, instance)
    shown = {**FORWARD, **UNDO} if told.turned else FORWARD
    return tuple(told.step(name, title) for name, title in shown.items())


@dataclass(frozen=True)
class _Told:
    """What the engine and the publication say together."""

    publication: Publication
    instance: Instance

    @property
    def turned(self) -> bool:
        """Whether the undo path has begun."""
        return any(one.id.startswith(_TURNS) or one.id in UNDO for one in self.instance.activities)

    def step(self, name: str, title: str) -> Step:
        """One step."""
        met = [one for one in self.instance.activities if one.id == name]
        if not met:
            never = self._over or (self.turned and name in FORWARD)
            return _to_come(name, title, StepState.SKIPPED if never else StepState.WAITING)
        activity = met[-1]
        state = self._state(activity)
        return Step(
            name=name,
            title=title,
            state=state,
            attempts=activity.failures + (state in (StepState.DONE, StepState.FAILED)),
            started_at=activity.started_at,
            ended_at=self._end(activity, state),
            problem=self._problem(activity, state),
        )

    @property
    def _over(self) -> bool:
        return self.publication.ended or self.instance.state is not State.RUNNING

    def _state(self, activity: Activity) -> StepState:
        if activity.state == "completed" or activity.id == _END.get(self.publication.status):
            return StepState.DONE
        if activity.state == "canceled":
            return self._why_cancelled(activity)
        if self._over:
            return StepState.CANCELLED
        if any(one.activity == activity.id for one in self.instance.incidents):
            return StepState.STUCK
        return StepState.RETRYING if activity.failures else StepState.RUNNING

    def _why_cancelled(self, activity: Activity) -> StepState:
        turns = [one.id for one in self.instance.activities if one.id.startswith(_TURNS)]
        if not turns or activity.id not in FORWARD:
            return StepState.CANCELLED
        return StepState.TIMED_OUT if TIMER in turns else StepState.FAILED

    def _end(self, activity: Activity, state: StepState) -> datetime | None:
        if state in (StepState.DONE, StepState.CANCELLED):
            return activity.ended_at or self.publication.ended_at
        return activity.ended_at

    def _problem(self, activity: Activity, state: StepState) -> str | None:
        if state is StepState.STUCK:
            said = [one.message for one in self.instance.incidents if one.activity == activity.id]
            return activity.problem or said[0]
        if state is StepState.FAILED:
            return self._error or activity.problem
        return activity.problem

    @property
    def _error(self) -> str | None:
        """What the error said that began the undo path: not why an operator has given it up meanwhile."""
        cause = self.publication.cause
        if self.instance.error_message or cause is None or self.publication.cancelled:
            return self.instance.error_message
        return cause.message


_END = {Progress.PUBLISHED: "confirm", Progress.REJECTED: "reject"}
"""The step that ends a publication. It is done when that is said, though the engine may not know it yet."""


def _to_come(name: str, title: str, state: StepState) -> Step:
    return Step(name=name, title=title, state=state)


def _status(publication: Publication, instance: Instance | None, steps: Sequence[Step]) -> Progress:
    if publication.ended:
        return publication.status
    if instance is None:  # what was stuck and is lost is begun again
        return Progress.REQUESTED if publication.status is Progress.REQUESTED else Progress.RUNNING
    if instance.state is not State.RUNNING or any(step.state is StepState.STUCK for step in steps):
        return Progress.STUCK
    return Progress.RUNNING


def _next(
    publication: Publication, status: Progress, steps: Sequence[Step], instance: Instance | None
) -> str:
    """One sentence for people."""
    match status:
        case Progress.REQUESTED if publication.waiting:
            return "It begins by itself when some of the many others that are being published have ended."
        case Progress.REQUESTED:
            return "It begins by itself as soon as the process engine takes it."
        case Progress.PUBLISHED:
            return "It is live. The store follows within seconds."
        case Progress.REJECTED:
            return _after_rejection(publication)
        case Progress.STUCK:
            return _when_stuck(steps, instance)
    undoing = any(step.name in UNDO for step in steps)
    for step in steps:
        if step.state is StepState.RETRYING:
            return f"{step.title} has failed and is tried again by itself."
    if undoing:
        return "What was prepared is being undone; then the draft can be changed again."
    for step in steps:
        if step.state is StepState.RUNNING:
            return f"{step.title} is under way; the rest follows by itself."
    return "It goes on by itself."


def _when_stuck(steps: Sequence[Step], instance: Instance | None) -> str:
    if instance is not None and instance.state is not State.RUNNING:
        return (
            "Its process was ended from outside before it was through, so nothing follows by itself: "
            "an operator has to give the publication up (cancel)."
        )
    stuck = next((step for step in steps if step.state is StepState.STUCK), None)
    said = (
        f"{stuck.title if stuck else 'A step'} waits for an operator, who can have it tried again (retry) "
        "when what was wrong is mended, or give the publication up (cancel)."
    )
    activities = () if instance is None else instance.activities
    began = [one.started_at for one in activities if one.id == PREPARING and one.state == "active"]
    if not began:
        return said
    until = (began[-1] + LIMIT).astimezone(UTC)
    return f"{said} If nobody does, what was prepared is undone by itself at {until:%H:%M:%S} UTC."


def _after_rejection(publication: Publication) -> str:
    if publication.cancelled:
        return "What was prepared is undone by itself; the draft can be changed, and published again."
    if publication.problems:
        return "Mend what the problems name, then publish it again."
    return "See to the cause, then publish it again."
