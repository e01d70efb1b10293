"""Steps about characteristics that several features use."""

import pytest
from pytest_bdd import given, parsers, then, when

from features.conftest import Story
from features.resources import Characteristics
from tests.worlds import World


@pytest.fixture
def catalogue(world: World) -> Characteristics:
    """The characteristics."""
    return Characteristics(world)


@pytest.fixture
def author(story: Story) -> str:
    """The token of whoever has signed in at the beginning of the scenario."""
    return str(story.tokens["accessToken"])


@given("the author has defined the colour of a device")
@when("the author defines the colour of a device")
@when("the reader defines the colour of a device")
def defines_colour(story: Story, catalogue: Characteristics, author: str) -> None:
    story.answers.append(catalogue.make(author, catalogue.colour()))
    if story.answer.status_code == 201:
        story.before = story.known["colour"] = story.answer.json()


@when("the author defines a number that is at least 5 and at most 1, in a unit that nobody knows")
def defines_faulty(story: Story, catalogue: Characteristics, author: str) -> None:
    limits = {"min": "5", "max": "1"}
    wanted = {"name": f"Faulty {catalogue.mark}", "valueType": "integer", "unit": "furlong-ish"}
    story.answers.append(catalogue.make(author, {**wanted, "constraints": limits}))


@then("there is no such characteristic")
def none_such(world: World, story: Story, catalogue: Characteristics, author: str) -> None:
    assert catalogue.found(author) == []
    if story.before:
        assert catalogue.get(author, story.before["id"]).status_code == 404


@then(parsers.parse("the {who} is refused"))
def is_refused(story: Story, who: str) -> None:
    assert story.problem(403)["code"] == "forbidden"
