"""Every state and every move: exactly the state that follows, or a refusal that names what is allowed."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from kernel.errors import RuleBroken
from offering.domain import Content, Failure, Move, Offering, Status

SOLD = Content(name="Galaxy", category="phones/android", specification_id=uuid4(), price_ids=(uuid4(),))
BETTER = replace(SOLD, name="Galaxy Plus")
OTHER = replace(SOLD, name="Galaxy Other")
FIRST, SECOND, THIRD = uuid4(), uuid4(), uuid4()


def failed(publication_id: UUID) -> Failure:
    """The rejection of a publication."""
    return Failure(code="PRICE_EXPIRED", message="The price is not valid.", publication_id=publication_id)


def state(
    status: Status,
    draft: Content | None,
    live: Content | None,
    publication_id: UUID | None,
    failure: Failure | None = None,
) -> Offering:
    """An offering in a state, with nothing left to publish."""
    return Offering(
        id=UUID(int=1),
        key="galaxy",
        status=status,
        draft=draft,
        live=live,
        publication_id=publication_id,
        failure=failure,
    )


STATES: dict[str, Callable[[], Offering]] = {
    "draft": lambda: state(Status.DRAFT, SOLD, None, None),
    "draft, rejected": lambda: state(Status.DRAFT, SOLD, None, FIRST, failed(FIRST)),
    "publishing": lambda: state(Status.PUBLISHING, SOLD, None, FIRST),
    "published": lambda: state(Status.PUBLISHED, None, SOLD, FIRST),
    "published, discarded": lambda: state(Status.PUBLISHED, None, SOLD, SECOND, failed(SECOND)),
    "published with a draft": lambda: state(Status.PUBLISHED, BETTER, SOLD, FIRST),
    "published with a draft, rejected": lambda: state(Status.PUBLISHED, BETTER, SOLD, SECOND, failed(SECOND)),
    "publishing again": lambda: state(Status.PUBLISHING, BETTER, SOLD, SECOND),
    "retired": lambda: state(Status.RETIRED, None, SOLD, FIRST),
}
CALLED = {
    "draft": "Galaxy is a draft",
    "draft, rejected": "Galaxy is a draft",
    "publishing": "Galaxy is being published",
    "published": "Galaxy is published and has no draft",
    "published, discarded": "Galaxy is published and has no draft",
    "published with a draft": "Galaxy Plus is published",
    "published with a draft, rejected": "Galaxy Plus is published",
    "publishing again": "Galaxy Plus is being published",
    "retired": "Galaxy is retired",
}


def present(offering: Offering) -> UUID:
    """The publication that a process would confirm or reject while it goes on; else an unheard-of one."""
    going_on = offering.status is Status.PUBLISHING and offering.publication_id
    return going_on or THIRD


MOVES: dict[Move, Callable[[Offering], None]] = {
    Move.REVISE: lambda offering: offering.revise(OTHER),
    Move.PUBLISH: lambda offering: offering.request_publication(THIRD),
    Move.CONFIRM: lambda offering: offering.confirm(present(offering)),
    Move.REJECT: lambda offering: offering.reject(failed(present(offering))),
    Move.DISCARD: lambda offering: offering.discard(),
    Move.RETIRE: lambda offering: offering.retire(),
    Move.DELETE: lambda offering: offering.delete(),
}

FOLLOWS: dict[str, Mapping[Move, tuple[str, Offering]]] = {
    "draft": {
        Move.REVISE: ("offering.revised.v1", state(Status.DRAFT, OTHER, None, None)),
        Move.PUBLISH: ("publication.requested.v1", state(Status.PUBLISHING, SOLD, None, THIRD)),
        Move.DELETE: ("offering.deleted.v1", state(Status.DRAFT, SOLD, None, None)),
    },
    "draft, rejected": {
        Move.REVISE: ("offering.revised.v1", state(Status.DRAFT, OTHER, None, FIRST, failed(FIRST))),
        Move.PUBLISH: ("publication.requested.v1", state(Status.PUBLISHING, SOLD, None, THIRD)),
        Move.DELETE: ("offering.deleted.v1", state(Status.DRAFT, SOLD, None, FIRST, failed(FIRST))),
    },
    "publishing": {
        Move.CONFIRM: ("offering.published.v1", state(Status.PUBLISHED, None, SOLD, FIRST)),
        Move.REJECT: ("publication.rejected.v1", state(Status.DRAFT, SOLD, None, FIRST, failed(FIRST))),
    },
    "published": {
        Move.REVISE: ("offering.revised.v1", state(Status.PUBLISHED, OTHER, SOLD, FIRST)),
        Move.RETIRE: ("offering.retired.v1", state(Status.RETIRED, None, SOLD, FIRST)),
    },
    "published, discarded": {
        Move.REVISE: ("offering.revised.v1", state(Status.PUBLISHED, OTHER, SOLD, SECOND, failed(SECOND))),
        Move.RETIRE: ("offering.retired.v1", state(Status.RETIRED, None, SOLD, SECOND, failed(SECOND))),
    },
    "published with a draft": {
        Move.REVISE: ("offering.revised.v1", state(Status.PUBLISHED, OTHER, SOLD, FIRST)),
        Move.PUBLISH: ("publication.requested.v1", state(Status.PUBLISHING, BETTER, SOLD, THIRD)),
        Move.DISCARD: ("offering.revised.v1", state(Status.PUBLISHED, None, SOLD, FIRST)),
        Move.RETIRE: ("offering.retired.v1", state(Status.RETIRED, None, SOLD, FIRST)),
    },
    "published with a draft, rejected": {
        Move.REVISE: ("offering.revised.v1", state(Status.PUBLISHED, OTHER, SOLD, SECOND, failed(SECOND))),
        Move.PUBLISH: ("publication.requested.v1", state(Status.PUBLISHING, BETTER, SOLD, THIRD)),
        Move.DISCARD: ("offering.revised.v1", state(Status.PUBLISHED, None, SOLD, SECOND, failed(SECOND))),
        Move.RETIRE: ("offering.retired.v1", state(Status.RETIRED, None, SOLD, SECOND, failed(SECOND))),
    },
    "publishing again": {
        Move.CONFIRM: ("offering.published.v1", state(Status.PUBLISHED, None, BETTER, SECOND)),
        Move.REJECT: (
            "publication.rejected.v1",
            state(Status.PUBLISHED, BETTER, SOLD, SECOND, failed(SECOND)),
        ),
    },
    "retired": {},
}


def same(one: Offering, other: Offering) -> bool:
    """Whether two are in the same state, whenever they were made and published."""
    one = replace(one, created_at=other.created_at, modified_at=other.modified_at)
    return replace(one, published_at=other.published_at) == other


def test_the_table_walks_everything() -> None:
    assert STATES.keys() == FOLLOWS.keys() == CALLED.keys()
    assert set(MOVES) == set(Move)
    assert {(make().status, make().draft is None) for make in STATES.values()} == {
        (Status.DRAFT, False),
        (Status.PUBLISHING, False),
        (Status.PUBLISHED, True),
        (Status.PUBLISHED, False),
        (Status.RETIRED, True),
    }


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("name", STATES)
def test_every_state_and_every_move(name: str, move: Move) -> None:
    offering = STATES[name]()
    allowed = ", ".join(FOLLOWS[name]) or "nothing"
    if move in FOLLOWS[name]:
        MOVES[move](offering)
        type, following = FOLLOWS[name][move]
        assert same(offering, following)
        assert (offering.published_at is not None) is (move is Move.CONFIRM)
        event = offering.pull_event()
        assert event is not None
        assert event.type == type
        return
    with pytest.raises(RuleBroken) as refusal:
        MOVES[move](offering)
    assert refusal.value.code == "illegal_move"
    if offering.status is Status.PUBLISHING:
        allowed += ", by the publish process alone"
    assert refusal.value.message == f"{CALLED[name]}, which does not allow: {move}. Allowed now: {allowed}."
    assert same(offering, STATES[name]())
    assert offering.pull_event() is None


@pytest.mark.parametrize("name", ["publishing", "publishing again"])
@pytest.mark.parametrize("move", [Move.CONFIRM, Move.REJECT])
def test_another_publication_neither_confirms_nor_rejects(name: str, move: Move) -> None:
    offering = STATES[name]()
    going_on = offering.publication_id
    with pytest.raises(RuleBroken) as refusal:
        offering.confirm(THIRD) if move is Move.CONFIRM else offering.reject(failed(THIRD))
    assert refusal.value.code == "other_publication"
    assert str(going_on) in refusal.value.message
    assert str(THIRD) in refusal.value.message
    assert same(offering, STATES[name]())
    assert offering.pull_event() is None


@pytest.mark.parametrize("name", ["published", "published with a draft", "retired"])
def test_confirming_again_changes_nothing(name: str) -> None:
    offering = STATES[name]()
    offering.confirm(FIRST)
    assert same(offering, STATES[name]())
    assert offering.pull_event() is None
    with pytest.raises(RuleBroken) as refusal:
        offering.reject(failed(FIRST))
    assert refusal.value.code == "illegal_move"
    assert same(offering, STATES[name]())


@pytest.mark.parametrize(
    ("name", "publication_id"),
    [
        ("draft, rejected", FIRST),
        ("published, discarded", SECOND),
        ("published with a draft, rejected", SECOND),
    ],
)
def test_rejecting_again_changes_nothing(name: str, publication_id: UUID) -> None:
    offering = STATES[name]()
    offering.reject(replace(failed(publication_id), message="In other words."))
    assert same(offering, STATES[name]())
    assert offering.pull_event() is None
    with pytest.raises(RuleBroken) as refusal:
        offering.confirm(publication_id)
    assert refusal.value.code == "illegal_move"
    assert same(offering, STATES[name]())


def test_what_is_retired_after_a_rejection_was_not_confirmed() -> None:
    offering = STATES["published with a draft, rejected"]()
    offering.retire()
    before = copy.deepcopy(offering)
    with pytest.raises(RuleBroken, match="Galaxy is retired"):
        offering.confirm(SECOND)
    assert offering == before
