"""What the journeys begin with; the fixtures `pages`, `browser` and `new_visitor` are those of all tests."""

from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from features.offerings import settled
from features.resources import Characteristics, Offerings, Prices, Resource, Specifications
from tests.browser import NewVisitor
from tests.processes import eventually
from tests.worlds import World

__all__ = ["NewVisitor"]

Things = dict[str, str]
"""What there is to be seen: ids by what they are ids of, the `key` of something that is for sale, and of the
things with long words the key and the id of one, and the mark that all of them have in their names."""


WORDS = "Red as the evening sun behind the mountains"
WORD = 3 * "Bezirksschornsteinmeister"
"""What does not fit into a narrow column, with and without a place to break it. Without "ff" and "fi": a
browser that breaks a word within a ligature lets the line stick out a bit."""

Kind = TypeVar("Kind", bound=Resource)


@dataclass
class Made:
    """Things of a test's own, made by the interface as a publisher; `mark` is in the names of all of them."""

    world: World
    mark: str
    token: str
    colour: dict[str, Any] = field(default_factory=dict)
    phone: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: type[Kind]) -> Kind:
        """All things of a kind that this test has made."""
        return kind(self.world, self.mark)

    def all(self, kind: type[Resource]) -> list[dict[str, Any]]:
        """All of a kind that there are of this test, whoever has made them."""
        return self.of(kind).found(self.token)

    def now(self, kind: type[Resource], one: dict[str, Any]) -> dict[str, Any]:
        """One of them as it is now."""
        answer = self.of(kind).get(self.token, one["id"])
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def change(self, kind: type[Resource], one: dict[str, Any], body: object) -> dict[str, Any]:
        """Change one of them, as a publisher."""
        answer = self.of(kind).change(self.token, one, body=body)
        assert answer.status_code == 200, answer.text
        changed: dict[str, Any] = answer.json()
        return changed

    def characteristic(self, **changed: Any) -> dict[str, Any]:
        """A colour, for the next drafts."""
        known = self.of(Characteristics)
        self.phone = {}
        self.colour = known.made(self.token, known.colour(**changed))
        return self.colour

    def draft(self, **changed: Any) -> dict[str, Any]:
        """A draft to which nothing is missing: a red phone for 12.50 EUR a month.

        All drafts have one specification and one price.
        """
        kinds, prices = self.of(Specifications), self.of(Prices)
        colour = self.colour or self.characteristic()
        self.phone = self.phone or kinds.activated(self.token, kinds.phone(colour["id"]))
        self.plan = self.plan or prices.made(self.token, prices.monthly("12.50"))
        offerings = self.of(Offerings)
        content = {
            **offerings.bare(),
            "description": "As it was published.",
            "specificationId": self.phone["id"],
            "priceIds": [self.plan["id"]],
            "values": {colour["key"]: "red"},
        }
        return offerings.made(self.token, {**content, **changed})

    def publish(self, offering: dict[str, Any]) -> str:
        """Publish a draft, whether that can succeed or not; the publication's id."""
        answer = self.of(Offerings).change(self.token, offering, "POST", "/publish")
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def published(self, **changed: Any) -> dict[str, Any]:
        """An offering that shoppers see."""
        one = self.draft(**changed)
        self.publish(one)
        one = settled(self.of(Offerings), self.token, one["id"])
        assert one["status"] == "PUBLISHED", one
        eventually(lambda: self.world.get(f"/api/store/offerings/{one['key']}").status_code == 200, within=20)
        return one


@pytest.fixture
def made(pages: World) -> Made:
    """Nothing yet."""
    token = pages.sign_in("publisher")["accessToken"]
    return Made(pages, Characteristics(pages).mark, token)


def _wordy(made: Made) -> Things:
    """Two offerings that are for sale, of which everything has long words."""
    kinds, prices = made.of(Specifications), made.of(Prices)
    name = f"{made.mark} {WORD}"
    codes = [{"code": "red", "label": WORDS}, {"code": "blue", "label": WORD}]
    colour = made.characteristic(name=name, allowedValues=codes)
    made.phone = kinds.activated(made.token, {**kinds.phone(colour["id"]), "name": name})
    made.plan = prices.made(made.token, {**prices.monthly("12.50"), "name": name})
    category = f"{WORD.lower()[:50]}{made.mark}"
    one, _ = (
        made.published(name=f"{made.mark} {words}", category=category, values={colour["key"]: code})
        for code, words in (("red", WORDS), ("blue", WORD))
    )
    return {"wordy": one["key"], "wordy_id": one["id"], "wordy_mark": made.mark}


@pytest.fixture(scope="session")
def things(pages: World) -> Things:
    """One of each of the sample, a publication that has succeeded, and one that has not."""
    token = pages.sign_in("publisher")["accessToken"]

    def first(path: str) -> dict[str, Any]:
        answer = pages.get(path, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["items"][0]
        return found

    offering = first("/api/offerings?key=mobile-m-24")
    made = Made(pages, Characteristics(pages).mark, token)
    incomplete = made.draft(priceIds=[str(uuid4())])
    rejected = made.publish(incomplete)
    settled(made.of(Offerings), token, incomplete["id"])
    return {
        **_wordy(Made(pages, Characteristics(pages).mark, token)),
        "characteristic": first("/api/characteristics?valueType=choice&sort=name")["id"],
        "specification": first("/api/specifications?key=mobile-plan")["id"],
        "price": first("/api/prices?kind=USAGE&sort=name")["id"],
        "offering": offering["id"],
        "key": offering["key"],
        "published": first(f"/api/publications?status=PUBLISHED&offeringId={offering['id']}")["id"],
        "rejected": rejected,
        "unused": made.plan["id"],
    }
