"""Characteristics as the features speak of them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pytest_bdd import given, parsers, then, when

from features.conftest import Story, bearer
from tests.worlds import World


@dataclass
class Catalogue:
    """The characteristic service of a world, as somebody who has signed in sees it.

    Every scenario has names of its own, because they all share one platform.
    """

    world: World
    mark: str = field(default_factory=lambda: uuid4().hex[:8])

    @property
    def address(self) -> str:
        """Where the characteristics are."""
        return f"{self.world.link('characteristic')}/characteristics"

    def colour(self, **changed: Any) -> dict[str, Any]:
        """The definition of a colour."""
        codes = [{"code": "red", "label": "Red"}, {"code": "blue", "label": "Blue"}]
        wanted = {"name": f"Colour {self.mark}", "valueType": "choice", "allowedValues": codes}
        return {**wanted, **changed}

    def define(self, token: str, wanted: Any, **headers: str) -> httpx.Response:
        """Ask for a new characteristic."""
        return self.world.http.post(self.address, json=wanted, headers={**bearer(token), **headers})

    def change(
        self, token: str, one: Any, method: str = "PUT", path: str = "", body: Any = None
    ) -> httpx.Response:
        """Change what was seen."""
        headers = {**bearer(token), "if-match": f'"{one["version"]}"'}
        return self.world.http.request(
            method, f"{self.address}/{one['id']}{path}", json=body, headers=headers
        )

    def found(self, token: str) -> list[Any]:
        """All characteristics of this scenario."""
        answer = self.world.http.get(
            self.address, params={"name": f"~{self.mark.upper()}"}, headers=bearer(token)
        )
        assert answer.status_code == 200, answer.text
        items: list[Any] = answer.json()["items"]
        return items


@pytest.fixture
def catalogue(world: World) -> Catalogue:
    """The characteristic service."""
    return Catalogue(world)


@pytest.fixture
def author(story: Story) -> str:
    """The token of whoever has signed in at the beginning of the scenario."""
    return str(story.tokens["accessToken"])


@given("the author has defined the colour of a device")
@when("the author defines the colour of a device")
@when("the reader defines the colour of a device")
def defines_colour(story: Story, catalogue: Catalogue, author: str) -> None:
    story.answers.append(catalogue.define(author, catalogue.colour()))
    if story.answer.status_code == 201:
        story.before = story.answer.json()


@when("the author defines a number that is at least 5 and at most 1, in a unit that nobody knows")
def defines_faulty(story: Story, catalogue: Catalogue, author: str) -> None:
    limits = {"min": "5", "max": "1"}
    wanted = {"name": f"Faulty {catalogue.mark}", "valueType": "integer", "unit": "furlong-ish"}
    story.answers.append(catalogue.define(author, {**wanted, "constraints": limits}))


@then("there is no such characteristic")
def none_such(world: World, story: Story, catalogue: Catalogue, author: str) -> None:
    assert catalogue.found(author) == []
    if story.before:
        answer = world.http.get(f"{catalogue.address}/{story.before['id']}", headers=bearer(author))
        assert answer.status_code == 404


@then(parsers.parse("the {who} is refused"))
def is_refused(story: Story, who: str) -> None:
    assert story.problem(403)["code"] == "forbidden"
