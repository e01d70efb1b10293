"""Steps about prices and offerings that several features use."""

from typing import Any

import pytest
from pytest_bdd import given, when

from features.conftest import Story
from features.resources import Characteristics, Offerings, Prices, Specifications
from features.specifications import *  # noqa: F403  # steps are found by being here
from tests.processes import eventually
from tests.worlds import World


@pytest.fixture
def prices(world: World, catalogue: Characteristics) -> Prices:
    """The prices of the scenario."""
    return Prices(world, catalogue.mark)


@pytest.fixture
def offerings(world: World, catalogue: Characteristics) -> Offerings:
    """The offerings of the scenario."""
    return Offerings(world, catalogue.mark)


@pytest.fixture
def publisher(story: Story) -> str:
    """The token of whoever has signed in at the beginning of the scenario."""
    return str(story.tokens["accessToken"])


@pytest.fixture
def complete(
    catalogue: Characteristics,
    specifications: Specifications,
    prices: Prices,
    offerings: Offerings,
    story: Story,
    publisher: str,
) -> dict[str, Any]:
    """The content of an offering to which nothing is missing: a red phone at a price a month."""
    colour = catalogue.made(publisher, catalogue.colour())
    story.known["phone"] = specifications.activated(publisher, specifications.phone(colour["id"]))
    story.known["plan"] = prices.made(publisher, prices.monthly("12.50"))
    return {
        **offerings.bare(),
        "specificationId": story.known["phone"]["id"],
        "priceIds": [story.known["plan"]["id"]],
        "values": {colour["key"]: "red"},
    }


@given("the author has priced a plan at 12.50 EUR a month")
def has_priced(story: Story, prices: Prices, author: str) -> None:
    story.known["plan"] = prices.made(author, prices.monthly("12.50"))


@given("the publisher has drafted an offering without anything but a name")
@when("the publisher drafts an offering without anything but a name")
def drafts_bare(story: Story, offerings: Offerings, publisher: str) -> None:
    story.answers.append(offerings.make(publisher, offerings.bare()))
    story.known["offering"] = story.answer.json()


@given("the publisher has drafted a complete offering")
def drafts_complete(story: Story, offerings: Offerings, publisher: str, complete: dict[str, Any]) -> None:
    story.known["offering"] = offerings.made(publisher, complete)


def settled(offerings: Offerings, token: str, id: str) -> dict[str, Any]:
    """The offering, once nothing is being published of it."""

    def shown() -> dict[str, Any] | None:
        one: dict[str, Any] = offerings.get(token, id).json()
        return None if one["status"] == "PUBLISHING" else one

    found = eventually(shown, within=20)
    assert found is not None
    return found


@given("the publisher has published an offering")
def has_published(story: Story, offerings: Offerings, publisher: str, complete: dict[str, Any]) -> None:
    made = offerings.made(publisher, complete)
    answer = offerings.change(publisher, made, "POST", "/publish")
    assert answer.status_code == 202, answer.text
    story.known["offering"] = settled(offerings, publisher, made["id"])
    assert story.known["offering"]["status"] == "PUBLISHED"


@when("the publisher publishes it")
def publishes(story: Story, offerings: Offerings, publisher: str) -> None:
    story.answers.append(offerings.change(publisher, story.known["offering"], "POST", "/publish"))


@when("the publisher edits it")
def edits(story: Story, offerings: Offerings, publisher: str) -> None:
    story.before = story.known["offering"]
    wanted = {**story.before["live"], "description": "Better than before."}
    answer = offerings.change(publisher, story.before, body=wanted)
    assert answer.status_code == 200, answer.text
    story.known["offering"] = answer.json()


@when("the publisher retires the offering")
def retires(story: Story, offerings: Offerings, publisher: str) -> None:
    story.answers.append(offerings.change(publisher, story.known["offering"], "POST", "/retire"))
