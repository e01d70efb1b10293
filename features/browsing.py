"""Steps about people with a browser that several features use. Their world is the one that has pages."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from pytest_bdd import given, parsers

from features.conftest import Story
from features.offerings import *  # noqa: F403  # steps are found by being here
from features.resources import Characteristics, Offerings
from tests.browser import NewVisitor, Visitor
from tests.worlds import World


@pytest.fixture
def world(pages: World) -> World:
    """The platform with its pages."""
    return pages


@pytest.fixture
def person(new_visitor: NewVisitor) -> Visitor:
    """Whoever the scenario is about, with a window of their own."""
    return new_visitor()


@given(parsers.re("an? (?P<user>reader|author|publisher|operator) at work"))
def at_work(world: World, story: Story, person: Visitor, user: str) -> None:
    story.tokens = world.sign_in("publisher")  # who has made what is there before
    person.sign_in(user)
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Builder")


@given("a colour that is red or blue")
def has_colour(story: Story, catalogue: Characteristics, publisher: str) -> None:
    story.known["colour"] = catalogue.made(publisher, catalogue.colour())


@given("a draft to which nothing is missing")
def has_draft(story: Story, offerings: Offerings, publisher: str, complete: dict[str, Any]) -> None:
    story.known["offering"] = offerings.made(publisher, complete)


def expect_at(person: Visitor, path: str) -> None:
    """The person is at an address of the web application."""
    expect(person.page).to_have_url(re.compile(f"^{re.escape(person.address + path)}"))
