"""What drafting, revising and publishing judge; the moves themselves are in test_moves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from kernel.errors import Invalid, Problem, RuleBroken
from kernel.validity import Validity
from offering.domain import Content, Failure, Offering, OfferingDrafted, OfferingRevised, Status

SPECIFICATION, PRICE = uuid4(), uuid4()
GALAXY = Content(name="Galaxy", category="phones/android", specification_id=SPECIFICATION, price_ids=(PRICE,))


@pytest.fixture
def galaxy() -> Offering:
    """A complete draft whose event is published already."""
    galaxy = Offering.drafted(GALAXY)
    galaxy.pull_event()
    return galaxy


def test_drafting() -> None:
    galaxy = Offering.drafted(GALAXY, key="galaxy-s")
    assert (galaxy.key, galaxy.status, galaxy.version) == ("galaxy-s", Status.DRAFT, 0)
    assert (galaxy.draft, galaxy.live, galaxy.publication_id, galaxy.failure) == (GALAXY, None, None, None)
    assert (galaxy.name, galaxy.category) == ("Galaxy", "phones/android")
    assert isinstance(galaxy.pull_event(), OfferingDrafted)


def test_a_draft_needs_a_name_and_nothing_else() -> None:
    galaxy = Offering.drafted(Content(name="Galaxy S 25"))
    assert (galaxy.key, galaxy.category) == ("galaxy-s-25", "")
    assert galaxy.draft == Content(
        name="Galaxy S 25",
        description="",
        category="",
        specification_id=None,
        price_ids=(),
        values={},
        valid_for=Validity(from_=None, to=None),
        image_url=None,
    )


def test_what_is_drafted_is_tidied() -> None:
    hour_east = timezone(timedelta(hours=1))
    wanted = replace(
        GALAXY,
        name=" Galaxy ",
        description="\n New. ",
        category=" phones/android ",
        image_url=" https://images.example/g.png ",
        valid_for=Validity(from_=datetime(2026, 1, 1, 0, 30, tzinfo=hour_east)),
    )
    assert Offering.drafted(wanted).draft == replace(
        GALAXY,
        description="New.",
        image_url="https://images.example/g.png",
        valid_for=Validity(from_=datetime(2025, 12, 31, 23, 30, tzinfo=UTC)),
    )


def test_names_and_categories_are_the_drafts_first(galaxy: Offering) -> None:
    publication = uuid4()
    galaxy.request_publication(publication)
    galaxy.pull_event()
    galaxy.confirm(publication)
    galaxy.pull_event()
    assert (galaxy.name, galaxy.category) == ("Galaxy", "phones/android")
    galaxy.revise(replace(GALAXY, name="Galaxy Plus", category="phones"))
    assert (galaxy.name, galaxy.category) == ("Galaxy Plus", "phones")
    assert galaxy.live == GALAXY


def test_an_equal_revision_records_nothing(galaxy: Offering) -> None:
    galaxy.revise(replace(GALAXY, name=" Galaxy "))
    assert galaxy.pull_event() is None
    publication = uuid4()
    galaxy.request_publication(publication)
    galaxy.pull_event()
    galaxy.confirm(publication)
    galaxy.pull_event()
    galaxy.revise(GALAXY)
    assert (galaxy.draft, galaxy.pull_event()) == (None, None)


def test_true_is_not_one(galaxy: Offering) -> None:
    galaxy.revise(replace(GALAXY, values={"wireless": 1}))
    galaxy.pull_event()
    galaxy.revise(replace(GALAXY, values={"wireless": True}))
    assert isinstance(galaxy.pull_event(), OfferingRevised)
    assert galaxy.content.values["wireless"] is True


def test_a_bad_revision_changes_nothing(galaxy: Offering) -> None:
    with pytest.raises(Invalid) as refusal:
        galaxy.revise(replace(GALAXY, name="", category="Phones"))
    assert [problem.pointer for problem in refusal.value.problems] == ["/name", "/category"]
    assert (galaxy.draft, galaxy.pull_event()) == (GALAXY, None)


@pytest.mark.parametrize(
    ("draft", "pointers"),
    [
        (replace(GALAXY, specification_id=None), ["/draft/specificationId"]),
        (replace(GALAXY, price_ids=()), ["/draft/priceIds"]),
        (Content(name="Galaxy"), ["/draft/specificationId", "/draft/priceIds"]),
    ],
)
def test_what_is_not_complete_is_not_published(draft: Content, pointers: list[str]) -> None:
    galaxy = Offering.drafted(draft)
    galaxy.pull_event()
    with pytest.raises(RuleBroken) as refusal:
        galaxy.request_publication(uuid4())
    assert refusal.value.code == "incomplete"
    assert refusal.value.message == "Cannot publish without a specification and a price."
    assert [problem.pointer for problem in refusal.value.problems] == pointers
    assert {problem.code for problem in refusal.value.problems} == {"missing"}
    assert (galaxy.status, galaxy.publication_id, galaxy.pull_event()) == (Status.DRAFT, None, None)


def test_a_failure_is_cut_and_never_refused() -> None:
    problems = [Problem("max", "m" * 501, f"/values/{number}") for number in range(101)]
    failure = Failure.of(uuid4(), "SPECIFICATION_INVALID", "x" * 4001, problems)
    assert (len(failure.message), len(failure.problems)) == (4000, 100)
    assert failure.problems[99] == Problem("max", "m" * 500, "/values/99")
    long = Failure.of(uuid4(), "c" * 1000, "x", [Problem("c" * 1000, "m", "/" * 1000)])
    assert (len(long.code), len(long.problems[0].code), len(long.problems[0].pointer)) == (64, 64, 500)
