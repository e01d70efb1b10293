"""What the journeys begin with; the fixtures `pages`, `browser` and `new_visitor` are those of all tests."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from features.resources import Characteristics, Offerings, Prices, Resource, Specifications
from tests.browser import NewVisitor
from tests.processes import eventually
from tests.worlds import World

__all__ = ["NewVisitor"]


@dataclass
class Made:
    """Things of a test's own, made by the interface as a publisher; `mark` is in the names of all of them."""

    world: World
    mark: str
    token: str
    colour: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: type[Resource]) -> Resource:
        """All things of a kind that this test has made."""
        return kind(self.world, self.mark)

    def count(self, kind: type[Resource]) -> int:
        """How many of a kind there are of this test."""
        return len(self.of(kind).found(self.token))

    def characteristic(self) -> dict[str, Any]:
        """A colour."""
        known = Characteristics(self.world, self.mark)
        self.colour = known.made(self.token, known.colour())
        return self.colour

    def draft(self, **changed: Any) -> dict[str, Any]:
        """A draft to which nothing is missing: a red phone for 12.50 EUR a month."""
        kinds = Specifications(self.world, self.mark)
        phone = kinds.activated(self.token, kinds.phone(self.characteristic()["id"]))
        prices = Prices(self.world, self.mark)
        self.plan = prices.made(self.token, prices.monthly("12.50"))
        offerings = Offerings(self.world, self.mark)
        content = {
            **offerings.bare(),
            "description": "As it was published.",
            "specificationId": phone["id"],
            "priceIds": [self.plan["id"]],
            "values": {self.colour["key"]: "red"},
        }
        return offerings.made(self.token, {**content, **changed})

    def publish(self, offering: dict[str, Any]) -> str:
        """Publish a draft, whether that can succeed or not; the publication's id."""
        answer = self.of(Offerings).change(self.token, offering, "POST", "/publish")
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def settled(self, id: str) -> dict[str, Any]:
        """An offering, once nothing is being published of it."""

        def ended() -> dict[str, Any] | None:
            one: dict[str, Any] = self.of(Offerings).get(self.token, id).json()
            return None if one["status"] == "PUBLISHING" else one

        found = eventually(ended, within=20)
        assert found is not None
        return found

    def published(self) -> dict[str, Any]:
        """An offering that shoppers see."""
        one = self.draft()
        self.publish(one)
        one = self.settled(one["id"])
        assert one["status"] == "PUBLISHED", one
        eventually(lambda: self.world.get(f"/api/store/offerings/{one['key']}").status_code == 200, within=20)
        return one


@pytest.fixture
def made(pages: World) -> Made:
    """Nothing yet."""
    token = pages.sign_in("publisher")["accessToken"]
    return Made(pages, Characteristics(pages).mark, token)
