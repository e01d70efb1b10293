"""Steps about specifications that several features use."""

import pytest
from pytest_bdd import given, then, when

from features.characteristics import *  # noqa: F403  # steps are found by being here
from features.conftest import Story
from features.resources import Characteristics, Specifications
from tests.worlds import World


@pytest.fixture
def specifications(world: World, catalogue: Characteristics) -> Specifications:
    """The specifications, of the same scenario as the characteristics."""
    return Specifications(world, catalogue.mark)


@given("the author has specified a phone that has this colour")
def has_specified(
    story: Story, catalogue: Characteristics, specifications: Specifications, author: str
) -> None:
    if "colour" not in story.known:
        story.known["colour"] = catalogue.made(author, catalogue.colour())
    wanted = specifications.phone(story.known["colour"]["id"])
    story.known["phone"] = specifications.made(author, wanted)


@when("the author specifies a phone that has this colour")
def specifies(story: Story, specifications: Specifications, author: str) -> None:
    story.answers.append(specifications.make(author, specifications.phone(story.known["colour"]["id"])))


@then("there is no such specification")
def none_such_specification(specifications: Specifications, author: str) -> None:
    assert specifications.found(author) == []
