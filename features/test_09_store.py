"""Steps of roadmap phase 9: the store."""

import json
import time
from datetime import datetime
from typing import Any

import httpx
import pymongo
from pytest_bdd import given, scenarios, then, when

from features.conftest import Story
from features.offerings import *  # noqa: F403  # steps are found by being here
from features.offerings import settled
from features.resources import Characteristics, Offerings, Prices, Specifications
from tests.processes import eventually
from tests.worlds import Servers, World

scenarios("09_store.feature")

SOON = 1.0
"""Seconds from the answer that an offering is published until shoppers see it."""
ORDERS = ("name", "-name", "published", "-published", "price", "-price")


def entry(world: World, story: Story, **asked: str) -> httpx.Response:
    """What a shopper, who has no account, sees of the offering."""
    return world.get(f"/api/store/offerings/{story.known['offering']['key']}", params=asked)


def search(world: World, **asked: Any) -> dict[str, Any]:
    """What a shopper finds."""
    answer = world.get("/api/store/offerings", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(found: dict[str, Any]) -> list[str]:
    """The first word of the name of each that was found."""
    return [one["name"].partition(" ")[0] for one in found["items"]]


@then("a shopper sees it within a second, with its colour, its specification and its price")
def sees_it(world: World, story: Story, offerings: Offerings, publisher: str) -> None:
    now = settled(offerings, publisher, story.known["offering"]["id"])
    eventually(lambda: entry(world, story).status_code == 200, within=SOON)
    shown = entry(world, story).json()
    assert (shown["id"], shown["version"], shown["name"]) == (now["id"], now["version"], now["live"]["name"])
    assert shown["specification"]["key"] == story.known["phone"]["key"]
    (colour,) = shown["attributes"]
    assert (colour["value"], colour["text"], colour["type"]) == ("red", "Red", "choice")
    (price,) = shown["prices"]
    assert (price["amount"], price["currency"], price["kind"]) == ("12.50", "EUR", "RECURRING")
    assert shown["fromAmounts"] == {"EUR": "12.50"}


@then("the store says when it became visible")
def says_when(world: World, story: Story, publisher: str) -> None:
    shown = entry(world, story).json()
    committed, visible = (datetime.fromisoformat(shown[name]) for name in ("committedAt", "visibleAt"))
    assert 0 <= (visible - committed).total_seconds() < SOON
    status = world.get("/api/store/status", headers={"authorization": f"Bearer {publisher}"}).json()
    assert status["entries"] >= 1
    assert sum(status["lag"]["buckets"]) == status["lag"]["count"] >= 1


@then("a shopper who asks for the new version gets it")
def gets_new_version(world: World, story: Story, offerings: Offerings, publisher: str) -> None:
    now = settled(offerings, publisher, story.known["offering"]["id"])
    shown = entry(world, story, min_version=now["version"])
    assert shown.status_code == 200, shown.text
    assert (shown.json()["version"], shown.json()["description"]) == (now["version"], "Better than before.")


@then("a shopper who asks for a version that never comes is told to try again")
def told_behind(world: World, story: Story) -> None:
    begin = time.monotonic()
    answer = entry(world, story, min_version="1000")
    assert (answer.status_code, answer.json()["code"]) == (409, "behind")
    assert time.monotonic() - begin < 4.0


@given("a shopper sees it")
def is_seen(world: World, story: Story) -> None:
    eventually(lambda: entry(world, story).status_code == 200, within=SOON)


@then("a shopper sees it as it was")
def as_it_was(world: World, story: Story) -> None:
    """The draft is in the event of the newest version, so the entry of that version is waited for."""
    shown = entry(world, story, min_version=str(story.known["offering"]["version"])).json()
    assert shown["description"] == story.before["live"]["description"]


@when("the publisher renames the colour")
def renames(story: Story, catalogue: Characteristics, publisher: str) -> None:
    known = catalogue.found(publisher)[0]
    wanted = catalogue.colour(name=f"Shade {catalogue.mark}")
    answer = catalogue.change(publisher, known, body=wanted)
    assert answer.status_code == 200, answer.text


@then("a shopper sees the new name of the colour")
def sees_new_name(world: World, story: Story, catalogue: Characteristics) -> None:
    def renamed() -> bool:
        return str(entry(world, story).json()["attributes"][0]["label"]) == f"Shade {catalogue.mark}"

    eventually(renamed, within=SOON)


@then("a shopper does not see it any more")
def not_any_more(world: World, story: Story) -> None:
    eventually(lambda: entry(world, story).status_code == 404, within=SOON)
    assert names(search(world, q=story.known["offering"]["live"]["name"].split()[1])) == []


@given("the publisher has published phones with 512 MB, 1 GB and 2000 MB of memory")
def published_phones(
    world: World,
    story: Story,
    catalogue: Characteristics,
    specifications: Specifications,
    prices: Prices,
    offerings: Offerings,
    publisher: str,
) -> None:
    """One memory in MB and one in GB: characteristics have a unit each, and a filter compares both."""
    mark = catalogue.mark
    colour = catalogue.made(publisher, catalogue.colour())
    kinds = {}
    for unit in ("MB", "GB"):
        wanted = {"name": f"Memory in {unit} {mark}", "valueType": "integer", "unit": unit}
        memory = catalogue.made(publisher, wanted)
        phone = {**specifications.phone(colour["id"], memory["id"]), "name": f"Phone in {unit} {mark}"}
        kinds[unit] = (memory, specifications.activated(publisher, phone))
    for name, amount, size, unit, code in (
        ("Small", "10.00", 512, "MB", "red"),
        ("Middle", "15.00", 1, "GB", "blue"),
        ("Large", "20.00", 2000, "MB", "red"),
    ):
        price = prices.made(publisher, {**prices.monthly(amount), "name": f"{name} a month {mark}"})
        memory, phone = kinds[unit]
        content = {
            "name": f"{name} telephone{mark}",
            "category": f"things{mark}/phones",
            "specificationId": phone["id"],
            "priceIds": [price["id"]],
            "values": {colour["key"]: code, memory["key"]: size},
        }
        made = offerings.made(publisher, content)
        assert offerings.change(publisher, made, "POST", "/publish").status_code == 202
    story.known["memory"] = {unit: memory for unit, (memory, _) in kinds.items()}
    story.known["colour"] = colour
    eventually(lambda: search(world, category=f"things{mark}")["total"] == 3, within=20)


@then("a shopper who types the beginning of a word finds all of them")
def finds_beginning(world: World, catalogue: Characteristics) -> None:
    assert sorted(names(search(world, q=f"telephone{catalogue.mark}"[:-1]))) == ["Large", "Middle", "Small"]


@then("a shopper who wants at least 1 GB finds it, whatever the unit is")
def finds_memory(world: World, story: Story, catalogue: Characteristics) -> None:
    within = {"category": f"things{catalogue.mark}"}
    in_mb, in_gb = (f"attr.{story.known['memory'][unit]['key']}.gte" for unit in ("MB", "GB"))
    assert names(search(world, **within, **{in_mb: "1 GB"})) == ["Large"]
    assert names(search(world, **within, **{in_gb: "1000MB"})) == ["Middle"]
    assert names(search(world, **within, **{in_gb: "1"})) == ["Middle"]


@then("a shopper who chose red still sees how many are blue")
def sees_siblings(world: World, story: Story, catalogue: Characteristics) -> None:
    chosen = f"attr.{story.known['colour']['key']}"
    found = search(world, category=f"things{catalogue.mark}", **{chosen: "red"})
    assert (found["total"], sorted(names(found))) == (2, ["Large", "Small"])
    (facet,) = [one for one in found["facets"] if one["key"] == chosen]
    assert {one["value"]: one["count"] for one in facet["values"]} == {"red": 2, "blue": 1}
    assert {one["value"]: one["label"] for one in facet["values"]} == {"red": "Red", "blue": "Blue"}


@then("a shopper who pays up to 15 EUR finds those that cost no more")
def finds_cheap(world: World, catalogue: Characteristics) -> None:
    asked = {"category": f"things{catalogue.mark}", "currency": "EUR", "price.lte": "15", "sort": "-price"}
    assert names(search(world, **asked)) == ["Middle", "Small"]


@then("a shopper who looks at one after the other sees each once, in every order")
def pages(world: World, catalogue: Characteristics) -> None:
    for order in ORDERS:
        asked = {"category": f"things{catalogue.mark}", "currency": "EUR", "sort": order, "limit": "1"}
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None and len(seen) < 5:
            found = search(world, **asked, **({"cursor": cursor} if cursor else {}))
            seen, cursor = seen + names(found), found["next"]
        assert seen == names(search(world, **{**asked, "limit": "10"})), order
        assert sorted(seen) == ["Large", "Middle", "Small"], order


@when('a shopper asks for memory of "much"')
def asks_nonsense(world: World, story: Story) -> None:
    story.answers.append(world.get("/api/store/offerings", params={"attr.memory.gte": "much"}))


@then("the shopper is told which part of the question is not understood")
def told_which(story: Story) -> None:
    (error,) = story.problem(400)["errors"]
    assert (error["code"], error["pointer"]) == ("bound", "/query/attr.memory.gte")


@then("MongoDB has the one document of it, with what the shopper is shown")
def in_mongodb(world: World, story: Story) -> None:
    shown = entry(world, story).json()
    with pymongo.MongoClient[dict[str, Any]](Servers.of(world).mongod.url("store")) as client:
        database = client["store"]
        pointer = database["store"].find_one({"_id": "pointer"})
        assert pointer is not None
        entries = database[f"entries__{pointer['active']}"]
        (document,) = entries.find({"key": story.known["offering"]["key"]})
    assert (document["_id"], document["v"]) == (shown["id"], shown["version"])
    assert json.loads(document["entry"]) == shown
