"""Why something failed, as it is kept with a message: for people, and without what was in the message."""

import pytest
from pydantic import BaseModel, ValidationError

from kernel.errors import Conflict, RuleBroken, Unavailable
from kernel.messaging import MOST_ATTEMPTS, RETRIES, patience
from kernel.redaction import reason_of


class Price(BaseModel):
    """What a consumer wanted to read."""

    amount: int


def test_a_reason_names_the_fault_and_not_the_value() -> None:
    with pytest.raises(ValidationError) as failed:
        Price.model_validate({"amount": "hunter2-secret"})
    said = reason_of(failed.value)
    assert said.startswith("ValidationError: amount: input should be a valid integer")
    assert "hunter2" not in said


def test_a_reason_hides_what_looks_like_a_secret_and_has_an_end() -> None:
    assert "hunter2" not in reason_of(RuntimeError("password=hunter2"))
    assert len(reason_of(RuntimeError("x" * 10_000))) == 500


def test_what_time_may_heal_is_tried_for_long() -> None:
    for error in (Unavailable("away"), Conflict("lost a race"), TimeoutError()):
        waits = [patience(error, attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
        assert waits == [*RETRIES, *[RETRIES[-1]] * (MOST_ATTEMPTS - 4), None]


def test_what_was_refused_is_not_tried_again_and_a_fault_of_ours_twice() -> None:
    assert patience(RuleBroken("no"), 1) is None
    assert [patience(KeyError("x"), attempts) for attempts in (1, 2, 3)] == [RETRIES[0], RETRIES[0], None]
