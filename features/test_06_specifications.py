"""Steps of roadmap phase 6: specifications, and the synchronous question to the characteristic service."""

from uuid import uuid4

from pytest_bdd import given, scenarios, then, when

from features.conftest import Story
from features.databases import uses
from features.resources import Characteristics, Specifications
from features.specifications import *  # noqa: F403  # steps are found by being here
from tests.processes import eventually
from tests.worlds import World

scenarios("06_specifications.feature")


@given("the author has deprecated it")
def has_deprecated(story: Story, catalogue: Characteristics, author: str) -> None:
    answer = catalogue.change(author, story.known["colour"], "POST", "/deprecate")
    assert answer.status_code == 200, answer.text


@then("the specification is there, a draft in its first version")
def is_there(story: Story, specifications: Specifications, author: str) -> None:
    assert story.answer.status_code == 201, story.answer.text
    said = story.answer.json()
    assert (said["key"], said["version"], said["status"]) == (f"phone-{specifications.mark}", 1, "DRAFT")
    assert [use["characteristicId"] for use in said["uses"]] == [story.known["colour"]["id"]]
    shown = specifications.get(author, said["id"])
    assert (shown.json(), shown.headers["etag"]) == (said, '"1"')


@then("a reader finds the specification by a part of its name")
def reader_finds(world: World, story: Story, specifications: Specifications) -> None:
    reader = world.sign_in("reader")["accessToken"]
    assert specifications.found(reader) == [story.answer.json()]


@when("the author specifies a phone with a characteristic that does not exist")
def specifies_unknown(story: Story, specifications: Specifications, author: str) -> None:
    story.before = {"id": str(uuid4())}
    story.answers.append(specifications.make(author, specifications.phone(story.before["id"])))


@then("the author is told which characteristic is unknown")
def told_unknown(story: Story) -> None:
    (error,) = story.problem(400)["errors"]
    assert error["pointer"] == "/uses/0/characteristicId"
    assert story.before["id"] in error["message"]


@when("the author specifies a phone without any characteristic")
def specifies_nothing(story: Story, specifications: Specifications, author: str) -> None:
    story.answers.append(specifications.make(author, specifications.phone()))


@then("the author is told that at least one is needed")
def told_at_least_one(story: Story) -> None:
    assert [error["pointer"] for error in story.problem(400)["errors"]] == ["/uses"]


@then("the author is told that the colour is deprecated")
def told_deprecated(story: Story) -> None:
    (error,) = story.problem(400)["errors"]
    assert (error["pointer"], error["code"]) == ("/uses/0/characteristicId", "deprecated")


@when("the author specifies a phone whose colour is by default one that there is not")
def specifies_faulty_default(story: Story, specifications: Specifications, author: str) -> None:
    wanted = specifications.phone(story.known["colour"]["id"], default="green")
    story.answers.append(specifications.make(author, wanted))


@then("the author is told what is wrong with the default")
def told_default(story: Story) -> None:
    (error,) = story.problem(400)["errors"]
    assert (error["pointer"], error["code"]) == ("/uses/0/default", "not_allowed")
    assert "red, blue" in error["message"]


@when("the author asks whether a phone may be in a colour that there is not, and have wheels")
def asks_faulty(story: Story, specifications: Specifications, author: str) -> None:
    values = {story.known["colour"]["key"]: "green", "wheels": 4}
    story.answers.append(specifications.ask(author, story.known["phone"], "/check", {"values": values}))


@then("the author is told what is wrong with the colour and with the wheels")
def told_colour_and_wheels(story: Story) -> None:
    assert story.answer.status_code == 200, story.answer.text
    problems = {one["pointer"]: one["code"] for one in story.answer.json()["problems"]}
    assert set(problems) == {f"/values/{story.known['colour']['key']}", "/values/wheels"}


@when("the author asks whether a phone may be red")
def asks_red(story: Story, specifications: Specifications, author: str) -> None:
    values = {story.known["colour"]["key"]: "red"}
    story.answers.append(specifications.ask(author, story.known["phone"], "/check", {"values": values}))


@then("nothing is wrong")
def nothing_wrong(story: Story) -> None:
    assert story.answer.json() == {"problems": []}


@then("the author cannot delete the colour, because the phone uses it")
def cannot_delete(world: World, story: Story, catalogue: Characteristics, author: str) -> None:
    eventually(lambda: uses(world, "characteristic", story.known["phone"]["id"]) == 1)
    story.answers.append(catalogue.change(author, story.known["colour"], "DELETE"))
    problem = story.problem(409)
    assert problem["code"] == "in_use"
    assert story.known["phone"]["key"] in problem["detail"]
    assert catalogue.found(author) == [story.known["colour"]]


@when("the author deletes the specification")
def deletes(world: World, story: Story, specifications: Specifications, author: str) -> None:
    answer = specifications.change(author, story.known["phone"], "DELETE")
    assert answer.status_code == 204, answer.text
    assert specifications.found(author) == []


@then("the author can delete the colour")
def can_delete(world: World, story: Story, catalogue: Characteristics, author: str) -> None:
    eventually(lambda: uses(world, "characteristic", story.known["phone"]["id"]) == 0)
    assert catalogue.change(author, story.known["colour"], "DELETE").status_code == 204
    assert catalogue.found(author) == []
