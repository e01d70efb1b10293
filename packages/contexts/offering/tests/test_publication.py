"""The life of a publication, from the request to its end."""

from uuid import uuid4

import pytest

from kernel.errors import RuleBroken
from offering.domain import (
    CANCELLED,
    Cause,
    Content,
    Failure,
    Offering,
    Progress,
    Publication,
    Step,
    StepState,
)


@pytest.fixture
def publication() -> Publication:
    """A publication that was requested with version 2."""
    content = Content(name="Galaxy", specification_id=uuid4(), price_ids=(uuid4(),))
    offering = Offering.drafted(content)
    offering.pull_event()
    offering.request_publication(uuid4())
    offering.stamp("ann")
    offering.stamp("pat")
    return Publication.of(offering)


def test_it_is_requested_with_a_version_by_somebody(publication: Publication) -> None:
    assert (publication.offering_key, publication.offering_version) == ("galaxy", 2)
    assert (publication.status, publication.requested_by) == (Progress.REQUESTED, "pat")
    assert (publication.ended, publication.ended_at, publication.cause) == (False, None, None)


def test_without_a_request_there_is_none() -> None:
    with pytest.raises(ValueError, match="no publication of the offering"):
        Publication.of(Offering.drafted(Content(name="Galaxy")))


def test_it_runs_and_succeeds(publication: Publication) -> None:
    publication.run()
    publication.run()
    assert publication.status is Progress.RUNNING
    publication.succeed()
    assert (publication.status, publication.ended, publication.cause) == (Progress.PUBLISHED, True, None)
    assert publication.ended_at is not None
    assert publication.ended_at >= publication.requested_at


def test_it_fails_for_a_reason(publication: Publication) -> None:
    publication.fail(Failure.of(publication.id, "PRICE_MISSING", "There is no such price.", []))
    assert (publication.status, publication.ended) == (Progress.REJECTED, True)
    assert publication.cause == Cause(code="PRICE_MISSING", message="There is no such price.")
    assert publication.ended_at is not None


def test_what_is_stuck_can_go_on(publication: Publication) -> None:
    publication.stick()
    assert (publication.status, publication.ended) == (Progress.STUCK, False)
    publication.run()
    assert publication.status is Progress.RUNNING
    publication.stick()
    publication.succeed()
    assert publication.ended


@pytest.mark.parametrize(
    ("progress", "said"), [(Progress.PUBLISHED, "succeeded"), (Progress.REJECTED, "been rejected")]
)
def test_what_has_ended_stays_as_it_is(publication: Publication, progress: Progress, said: str) -> None:
    publication.status = progress
    failure = Failure.of(publication.id, "PRICE_MISSING", "There is no such price.", [])
    for move in (publication.run, publication.stick, publication.succeed, lambda: publication.fail(failure)):
        with pytest.raises(RuleBroken) as refusal:
            move()
        assert refusal.value.code == "publication_ended"
        assert refusal.value.message == f"This publication of galaxy has {said} already."
    assert (publication.status, publication.ended_at, publication.cause) == (progress, None, None)


def test_its_steps_are_kept_once_after_its_end(publication: Publication) -> None:
    step = Step(name="confirm", title="Confirm offering", state=StepState.DONE)
    with pytest.raises(ValueError, match="goes on still"):
        publication.keep((step,))
    publication.succeed()
    publication.keep((step,))
    publication.keep(())
    assert publication.steps == (step,)


def test_who_gave_it_up_is_told_from_other_causes(publication: Publication) -> None:
    assert not publication.cancelled
    publication.fail(Failure.of(publication.id, CANCELLED, "Given up.", []))
    assert publication.cancelled
