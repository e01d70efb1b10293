"""What the process tells of a rejection, and what is made of it."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from apps.offering.tests.conftest import Service
from kernel.errors import Problem
from offering.use_cases.reject import Reject
from offering_app.tasks import Undone, tasks

ID = UUID(int=7)


def rejection(**variables: Any) -> Reject:
    """What is made of the variables of a task."""
    told = {"publicationId": str(ID), "offeringKey": "galaxy", "offeringVersion": 2, **variables}
    found: Undone = TypeAdapter(Undone).validate_python(told)
    return found.rejection()


def test_an_error_is_the_cause() -> None:
    problems = '[{"code":"missing","message":"Say it.","pointer":"/values/ram"},{"code":"x","message":"y"}]'
    told = rejection(errorCode="SPECIFICATION_INVALID", errorMessage="Does not fit.", problems=problems)
    assert told == Reject(
        publication_id=ID,
        code="SPECIFICATION_INVALID",
        message="Does not fit.",
        problems=(Problem("missing", "Say it.", "/draft/values/ram"), Problem("x", "y", "/draft")),
    )


def test_a_pointer_into_the_draft_stays() -> None:
    said = '{"code":"a","message":"b","pointer":"/draft/name"},{"code":"a","message":"b","pointer":"/drafts"}'
    problems = f"[{said}]"
    told = rejection(errorCode="ENTRY_REFUSED", errorMessage="No.", problems=problems)
    assert [one.pointer for one in told.problems] == ["/draft/name", "/draft/drafts"]


def test_an_error_may_say_nothing() -> None:
    told = rejection(errorCode="UNKNOWN", errorMessage=None)
    assert told == Reject(
        publication_id=ID, code="UNKNOWN", message="A step was refused with UNKNOWN.", problems=()
    )


@pytest.mark.parametrize("problems", ["", "{", "[1]", '{"code":"x"}', '["x"]'])
def test_problems_that_cannot_be_read_do_not_keep_it_from_its_end(problems: str) -> None:
    assert rejection(errorCode="X", errorMessage="Y", problems=problems).problems == ()


@pytest.mark.parametrize("nothing", [{}, {"errorCode": None}, {"errorCode": ""}])
def test_without_an_error_it_was_the_timer(nothing: dict[str, Any]) -> None:
    told = rejection(**nothing)
    assert (told.code, told.problems) == ("TIMED_OUT", ())
    assert "two minutes" in told.message


async def test_the_service_does_its_two_ends_and_throws_nothing(stalled: Service) -> None:
    assert dict(tasks(stalled.container).topics) == {
        "offering.confirm": frozenset(),
        "offering.reject": frozenset(),
    }
