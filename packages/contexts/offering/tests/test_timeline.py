"""What is told of a publication, for every way in which its process can go."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest

from kernel.errors import Problem
from kernel.process import Activity, Incident, Instance, State
from offering.domain import (
    CANCELLED,
    Account,
    Content,
    Failure,
    Offering,
    Progress,
    Publication,
    Step,
    account_of,
    account_without,
)
from offering.domain.timeline import FORWARD, TIMER, UNDO

DIAGRAM = Path(__file__).parents[4] / "bpmn" / "publish_offering.bpmn"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

Happened = tuple[str, Literal["active", "completed", "canceled"]]
BEGUN: list[Happened] = [("requested", "completed"), ("forward", "active"), ("forward_started", "completed")]
UNTIL_CONFIRM: list[Happened] = [
    ("requested", "completed"),
    ("forward", "completed"),
    *((name, "completed") for name in ("lock_prices", "validate", "stage_entry")),
]


def at(second: int) -> datetime:
    return BEGIN + timedelta(seconds=second)


def instance(
    *happened: Happened,
    state: State = State.RUNNING,
    failures: int = 0,
    problem: str | None = None,
    incident: str = "",
    error: str | None = None,
) -> Instance:
    """An instance in which one thing began each second; the last one has failed so often."""
    last = len(happened) - 1
    activities = [
        Activity(
            id=id,
            kind="any",
            state=how,
            started_at=at(second),
            ended_at=None if how == "active" else at(second + 1),
            failures=failures if second == last else 0,
            problem=problem if second == last else None,
        )
        for second, (id, how) in enumerate(happened)
    ]
    incidents = [Incident(business_key="x", activity=incident, message="Used up.")] if incident else []
    return Instance(
        business_key="x",
        state=state,
        activities=activities,
        incidents=incidents,
        error_code=error and "PRICE_MISSING",
        error_message=error,
    )


def publication() -> Publication:
    """One that was requested."""
    offering = Offering.drafted(Content(name="Galaxy", specification_id=uuid4(), price_ids=(uuid4(),)))
    offering.pull_event()
    offering.request_publication(uuid4())
    offering.stamp("pat")
    return Publication.of(offering)


def succeeded() -> Publication:
    one = publication()
    one.succeed()
    return one


def rejected(code: str = "PRICE_MISSING", *problems: Problem) -> Publication:
    one = publication()
    one.fail(Failure.of(one.id, code, "There is no such price.", problems))
    return one


def states(account: Account) -> list[str]:
    """Each step with its state, and its attempts when there were some."""
    assert account.steps is not None
    return [f"{one.name} {one.state}{f' {one.attempts}' if one.attempts else ''}" for one in account.steps]


def named(account: Account, name: str) -> Step:
    (found,) = [one for one in account.steps or () if one.name == name]
    return found


def test_the_steps_are_those_of_the_diagram() -> None:
    tasks = re.findall(r'<bpmn:serviceTask id="(\w+)" name="([^"]+)"', DIAGRAM.read_text())
    assert dict(tasks) == {**FORWARD, **UNDO}
    turns = re.findall(r'<bpmn:boundaryEvent id="(\w+)"', DIAGRAM.read_text())
    assert all(id.startswith("on_") for id in turns)
    assert TIMER in turns
    others = re.findall(r'<bpmn:(?!boundaryEvent)\w+ id="(on_\w+)"', DIAGRAM.read_text())
    assert {one for one in others if "_to_" not in one and not one.endswith("_def")} == set()


def test_before_it_begins() -> None:
    told = account_of(publication(), None)
    assert told.status is Progress.REQUESTED
    assert states(told) == [f"{name} WAITING" for name in FORWARD]
    assert [one.title for one in told.steps or ()] == list(FORWARD.values())
    assert told.next_action == "It begins by itself as soon as the process engine takes it."
    assert told.note is None


def test_the_first_step_is_under_way() -> None:
    told = account_of(publication(), instance(*BEGUN, ("lock_prices", "active")))
    assert told.status is Progress.RUNNING  # though nobody has noted it yet
    assert states(told) == [
        "lock_prices RUNNING",
        "validate WAITING",
        "stage_entry WAITING",
        "confirm WAITING",
    ]
    assert (named(told, "lock_prices").started_at, named(told, "lock_prices").ended_at) == (at(3), None)
    assert told.next_action == "Lock prices is under way; the rest follows by itself."


def test_a_step_is_done_and_the_next_has_failed_twice() -> None:
    told = account_of(
        publication(),
        instance(
            *BEGUN,
            ("lock_prices", "completed"),
            ("validate", "active"),
            failures=2,
            problem="Unavailable: away",
        ),
    )
    assert states(told) == [
        "lock_prices DONE 1",
        "validate RETRYING 2",
        "stage_entry WAITING",
        "confirm WAITING",
    ]
    assert (named(told, "lock_prices").started_at, named(told, "lock_prices").ended_at) == (at(3), at(4))
    assert named(told, "validate").problem == "Unavailable: away"
    assert told.status is Progress.RUNNING
    assert told.next_action == "Validate spec has failed and is tried again by itself."


def test_a_step_is_stuck() -> None:
    told = account_of(
        publication(),
        instance(*BEGUN, ("lock_prices", "active"), failures=3, problem="No table.", incident="lock_prices"),
    )
    assert told.status is Progress.STUCK
    assert states(told)[0] == "lock_prices STUCK 3"
    assert named(told, "lock_prices").problem == "No table."
    assert told.next_action == (
        "Lock prices waits for an operator, who can have it tried again (retry) when what was wrong is "
        "mended, or give the publication up (cancel). "
        "If nobody does, what was prepared is undone by itself at 00:02:01 UTC."
    )
    unsaid = account_of(
        publication(), instance(*BEGUN, ("lock_prices", "active"), failures=3, incident="lock_prices")
    )
    assert named(unsaid, "lock_prices").problem == "Used up."


def test_what_was_stuck_is_tried_again() -> None:
    one = publication()
    one.stick()
    told = account_of(one, instance(*BEGUN, ("lock_prices", "active"), failures=3, problem="No table."))
    assert (told.status, states(told)[0]) == (Progress.RUNNING, "lock_prices RETRYING 3")


def test_it_is_being_confirmed_and_then_is() -> None:
    told = account_of(publication(), instance(*UNTIL_CONFIRM, ("confirm", "active")))
    assert states(told)[-2:] == ["stage_entry DONE 1", "confirm RUNNING"]
    done = [f"{name} DONE 1" for name in FORWARD]
    one = succeeded()
    told = account_of(one, instance(*UNTIL_CONFIRM, ("confirm", "active")))  # the engine is yet to hear of it
    assert (told.status, states(told)) == (Progress.PUBLISHED, done)
    assert named(told, "confirm").ended_at == one.ended_at
    over = instance(
        *UNTIL_CONFIRM, ("confirm", "completed"), ("published", "completed"), state=State.COMPLETED
    )
    told = account_of(one, over)
    assert (told.status, states(told)) == (Progress.PUBLISHED, done)
    assert named(told, "confirm").ended_at == at(6)
    assert told.next_action == "It is live. The store follows within seconds."


REFUSED: list[Happened] = [
    ("requested", "completed"),
    ("forward", "canceled"),
    ("lock_prices", "canceled"),
    ("on_price_missing", "completed"),
]


def test_a_business_error_is_undone() -> None:
    told = account_of(publication(), instance(*REFUSED, ("drop_entry", "active")))
    assert told.status is Progress.RUNNING
    assert states(told) == [
        "lock_prices FAILED 1",
        "validate SKIPPED",
        "stage_entry SKIPPED",
        "confirm SKIPPED",
        "drop_entry RUNNING",
        "release_prices WAITING",
        "reject WAITING",
    ]
    assert named(told, "lock_prices").problem is None  # the engine does not say
    assert told.next_action == "What was prepared is being undone; then the draft can be changed again."
    one = rejected()
    undone: list[Happened] = [*REFUSED, ("drop_entry", "completed"), ("release_prices", "completed")]
    for end in (
        instance(*undone, ("reject", "active")),
        instance(*undone, ("reject", "completed"), state=State.COMPLETED),
    ):
        told = account_of(one, end)
        assert told.status is Progress.REJECTED
        assert states(told)[4:] == ["drop_entry DONE 1", "release_prices DONE 1", "reject DONE 1"]
        assert named(told, "lock_prices").problem == "There is no such price."
    assert told.next_action == "See to the cause, then publish it again."


def test_whatever_else_goes_wrong_is_undone_too() -> None:
    happened: list[Happened] = [
        *BEGUN,
        ("lock_prices", "completed"),
        ("validate", "canceled"),
        ("on_any_error", "completed"),
        ("drop_entry", "active"),
    ]
    told = account_of(publication(), instance(*happened, failures=1, problem="Away."))
    assert states(told) == [
        "lock_prices DONE 1",
        "validate FAILED 1",
        "stage_entry SKIPPED",
        "confirm SKIPPED",
        "drop_entry RETRYING 1",
        "release_prices WAITING",
        "reject WAITING",
    ]
    assert told.next_action == "Drop store entry has failed and is tried again by itself."


def test_the_timer_fires() -> None:
    before = instance(*BEGUN, ("lock_prices", "canceled"), failures=4, problem="Away.")
    after = instance(("on_timeout", "completed"), ("drop_entry", "completed"), ("release_prices", "active"))
    both = Instance(
        business_key="x",
        state=State.RUNNING,
        activities=[*before.activities, *after.activities],
        incidents=[],
    )
    told = account_of(publication(), both)
    assert states(told) == [
        "lock_prices TIMED_OUT 4",
        "validate SKIPPED",
        "stage_entry SKIPPED",
        "confirm SKIPPED",
        "drop_entry DONE 1",
        "release_prices RUNNING",
        "reject WAITING",
    ]
    assert named(told, "lock_prices").problem == "Away."


def test_the_undo_path_is_stuck() -> None:
    told = account_of(
        publication(), instance(*REFUSED, ("drop_entry", "active"), failures=10, incident="drop_entry")
    )
    assert (told.status, states(told)[4]) == (Progress.STUCK, "drop_entry STUCK 10")
    assert told.next_action.startswith("Drop store entry waits for an operator")


@pytest.mark.parametrize("activity", ["active", "canceled"])
def test_it_is_given_up(activity: Literal["active", "canceled"]) -> None:
    one = rejected(CANCELLED)
    state = State.RUNNING if activity == "active" else State.CANCELLED
    incident = "validate" if activity == "active" else ""
    found = instance(
        *BEGUN,
        ("lock_prices", "completed"),
        ("validate", activity),
        state=state,
        failures=3,
        problem="No table.",
        incident=incident,
    )
    told = account_of(one, found)
    assert told.status is Progress.REJECTED
    assert states(told) == [
        "lock_prices DONE 1",
        "validate CANCELLED 3",
        "stage_entry SKIPPED",
        "confirm SKIPPED",
    ]
    assert named(told, "validate").ended_at == (one.ended_at if activity == "active" else at(5))
    assert told.next_action == (
        "What was prepared is undone by itself; the draft can be changed, and published again."
    )


def test_it_is_given_up_while_it_is_undone() -> None:
    found = instance(*REFUSED, ("drop_entry", "canceled"), state=State.CANCELLED)
    assert states(account_of(rejected(CANCELLED), found)) == [
        "lock_prices FAILED 1",
        "validate SKIPPED",
        "stage_entry SKIPPED",
        "confirm SKIPPED",
        "drop_entry CANCELLED",
        "release_prices SKIPPED",
        "reject SKIPPED",
    ]


def test_why_it_is_undone_is_told_meanwhile_and_stays() -> None:
    said = "The price was valid until yesterday."
    undoing = instance(*REFUSED, ("drop_entry", "active"), error=said)
    assert named(account_of(publication(), undoing), "lock_prices").problem == said
    over = instance(*REFUSED, ("drop_entry", "canceled"), state=State.CANCELLED, error=said)
    assert named(account_of(rejected(CANCELLED), over), "lock_prices").problem == said
    unsaid = instance(*REFUSED, ("drop_entry", "canceled"), state=State.CANCELLED)
    assert named(account_of(rejected(CANCELLED), unsaid), "lock_prices").problem is None
    assert named(account_of(rejected(), unsaid), "lock_prices").problem == "There is no such price."


@pytest.mark.parametrize("noted", [False, True])
@pytest.mark.parametrize("state", [State.CANCELLED, State.COMPLETED])
def test_its_process_was_ended_from_outside(state: State, noted: bool) -> None:
    one = publication()
    one.run()
    if noted:
        one.stick()
    told = account_of(one, instance(*BEGUN, ("lock_prices", "canceled"), state=state))
    assert (told.status, states(told)) == (
        Progress.STUCK,
        ["lock_prices CANCELLED", "validate SKIPPED", "stage_entry SKIPPED", "confirm SKIPPED"],
    )
    assert told.next_action == (
        "Its process was ended from outside before it was through, so nothing follows by itself: "
        "an operator has to give the publication up (cancel)."
    )


def test_the_engine_has_lost_it() -> None:
    one = publication()
    one.run()
    assert account_of(one, None).status is Progress.RUNNING
    one.stick()
    told = account_of(one, None)  # nothing of it waits for an operator any more
    assert (told.status, told.next_action) == (Progress.RUNNING, "It goes on by itself.")


def test_only_what_the_timer_ends_says_until_when() -> None:
    found = re.search(r'<bpmn:subProcess id="forward".*?</bpmn:subProcess>', DIAGRAM.read_text(), re.DOTALL)
    assert found is not None
    inside = re.findall(r'<bpmn:serviceTask id="(\w+)"', found[0])
    assert inside == ["lock_prices", "validate", "stage_entry"]
    timer = r'id="on_timeout"[^>]* attachedToRef="forward">.*?>PT2M<'
    assert re.search(timer, DIAGRAM.read_text(), re.DOTALL)
    told = account_of(publication(), instance(*UNTIL_CONFIRM, ("confirm", "active"), incident="confirm"))
    assert told.next_action == (
        "Confirm offering waits for an operator, who can have it tried again (retry) when what was wrong is "
        "mended, or give the publication up (cancel)."
    )


def test_it_is_given_up_before_it_begins() -> None:
    told = account_of(rejected(CANCELLED), None)
    assert (told.status, told.steps) == (Progress.REJECTED, ())


def test_problems_are_to_be_mended() -> None:
    told = account_of(rejected("SPECIFICATION_INVALID", Problem("missing", "Say it.", "/values/ram")), None)
    assert told.next_action == "Mend what the problems name, then publish it again."


def test_what_was_kept_is_told_for_ever() -> None:
    one = succeeded()
    steps = account_of(one, instance(*UNTIL_CONFIRM, ("confirm", "active"))).steps
    assert steps is not None
    one.keep(steps)
    assert account_of(one, None).steps == steps
    assert account_of(one, instance(("lock_prices", "active"))).steps == steps
    assert account_without(one).steps == steps
    assert account_without(one).note is None


def test_without_the_engine_the_rest_is_told() -> None:
    one = publication()
    one.run()
    told = account_without(one)
    assert (told.status, told.steps) == (Progress.RUNNING, None)
    assert told.note == "The process engine does not answer right now, so the steps are not known."
    assert told.next_action == "It goes on by itself."
    one.stick()
    assert account_without(one).next_action.startswith("A step waits for an operator")
