"""Steps of roadmap phase 8: offerings, from draft to retirement."""

from typing import Any
from urllib.parse import urljoin

from pytest_bdd import scenarios, then, when

from features.conftest import Story, bearer
from features.offerings import *  # noqa: F403  # steps are found by being here
from features.offerings import settled
from features.resources import Offerings
from tests.worlds import World

scenarios("08_offerings.feature")


@then("the offering is there, a draft in its first version")
def is_there(story: Story, offerings: Offerings, publisher: str) -> None:
    assert story.answer.status_code == 201, story.answer.text
    said = story.answer.json()
    assert (said["key"], said["version"], said["status"]) == (f"offer-{offerings.mark}", 1, "DRAFT")
    assert (said["draft"]["name"], said["live"]) == (f"Offer {offerings.mark}", None)
    assert offerings.get(publisher, said["id"]).json() == said


@then("a reader finds the offering by a part of its name")
def reader_finds(world: World, story: Story, offerings: Offerings) -> None:
    assert offerings.found(world.sign_in("reader")["accessToken"]) == [story.answer.json()]


@when("an author publishes it")
def author_publishes(world: World, story: Story, offerings: Offerings) -> None:
    author = world.sign_in("author")["accessToken"]
    story.answers.append(offerings.change(author, story.known["offering"], "POST", "/publish"))


@then("the publisher is told that a specification and a price are missing")
def told_incomplete(story: Story) -> None:
    problem = story.problem(409)
    assert problem["code"] == "incomplete"
    pointers = {error["pointer"] for error in problem["errors"]}
    assert pointers == {"/draft/specificationId", "/draft/priceIds"}


@then("the author is refused")
def author_is_refused(story: Story) -> None:
    assert story.problem(403)["code"] == "forbidden"


@then("the offering is still a draft")
def still_draft(story: Story, offerings: Offerings, publisher: str) -> None:
    assert offerings.get(publisher, story.known["offering"]["id"]).json() == story.known["offering"]
    assert story.known["offering"]["status"] == "DRAFT"


@when("the publisher adds a specification and a price")
def adds(story: Story, offerings: Offerings, publisher: str, complete: dict[str, Any]) -> None:
    answer = offerings.change(publisher, story.known["offering"], body=complete)
    assert answer.status_code == 200, answer.text
    story.known["offering"] = answer.json()
    assert (answer.json()["version"], answer.json()["status"]) == (2, "DRAFT")


@then("the publication is under way, at an address of its own")
def is_under_way(world: World, story: Story, publisher: str) -> None:
    assert story.answer.status_code == 202, story.answer.text
    story.known["publication"] = story.answer.json()
    address = urljoin(str(story.answer.url), story.answer.headers["location"])
    assert address == f"{world.gateway}/api/publications/{story.known['publication']['id']}"
    shown = world.http.get(address, headers=bearer(publisher))
    assert shown.status_code == 200, shown.text
    assert shown.json()["offeringId"] == story.known["offering"]["id"]
    assert shown.json()["status"] in ("REQUESTED", "RUNNING", "PUBLISHED")


@then("the offering is published in the end")
def is_published(story: Story, offerings: Offerings, publisher: str) -> None:
    shown = settled(offerings, publisher, story.known["offering"]["id"])
    assert (shown["status"], shown["draft"]) == ("PUBLISHED", None)
    assert shown["live"] == story.known["offering"]["draft"]
    assert shown["publicationId"] == story.answer.json()["id"]


@then("the publication says so, too")
def publication_says_so(world: World, story: Story, publisher: str) -> None:
    address = f"/api/publications/{story.known['publication']['id']}"
    shown = world.get(address, headers=bearer(publisher)).json()
    assert (shown["status"], shown["cause"], shown["requestedBy"]) == ("PUBLISHED", None, "publisher")
    assert shown["endedAt"] > shown["requestedAt"]


@then("what is live is as before, and there is a draft beside it")
def draft_beside(story: Story) -> None:
    now = story.known["offering"]
    assert (now["status"], now["live"]) == ("PUBLISHED", story.before["live"])
    assert now["draft"] == {**story.before["live"], "description": "Better than before."}


@then("the draft is live in the end")
def draft_is_live(story: Story, offerings: Offerings, publisher: str) -> None:
    is_published(story, offerings, publisher)


@when("the publisher deletes the offering")
def deletes(story: Story, offerings: Offerings, publisher: str) -> None:
    story.answers.append(offerings.change(publisher, story.known["offering"], "DELETE"))


@then("the publisher is told what is allowed")
def told_allowed(story: Story) -> None:
    problem = story.problem(409)
    assert problem["code"] == "illegal_move"
    assert "retire" in problem["detail"]


@then("the offering is retired")
def is_retired(story: Story) -> None:
    assert story.answer.status_code == 200, story.answer.text
    assert story.answer.json()["status"] == "RETIRED"
    story.known["offering"] = story.answer.json()


@then("nothing can be done with it any more")
def nothing_more(story: Story, offerings: Offerings, publisher: str) -> None:
    one = story.known["offering"]
    tried = [
        offerings.change(publisher, one, body=one["live"]),
        offerings.change(publisher, one, "POST", "/publish"),
        offerings.change(publisher, one, "POST", "/retire"),
        offerings.change(publisher, one, "DELETE"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in tried] == [(409, "illegal_move")] * 4
    assert offerings.get(publisher, one["id"]).json() == one


@when("the publisher publishes it twice with one idempotency key")
def publishes_twice(world: World, story: Story, offerings: Offerings, publisher: str) -> None:
    one = story.known["offering"]
    headers = {
        **bearer(publisher),
        "if-match": f'"{one["version"]}"',
        "idempotency-key": f"publish-{offerings.mark}",
    }
    address = f"{offerings.address}/{one['id']}/publish"
    story.answers += [world.http.post(address, headers=headers) for _ in range(2)]


@then("both answers name the same publication")
def same_publication(story: Story) -> None:
    first, second = story.answers[-2:]
    assert (first.status_code, second.status_code) == (202, 202)
    assert (first.content, first.headers["location"]) == (second.content, second.headers["location"])
