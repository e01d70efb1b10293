"""Steps of roadmap phase 4: characteristics."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pytest_bdd import scenarios, then, when

from features.characteristics import *  # noqa: F403  # steps are found by being here
from features.conftest import Story, bearer
from features.resources import Characteristics
from tests.worlds import World

scenarios("04_characteristics.feature")


@when("the author defines the memory of a device, in gigabytes from 1 to 512")
def defines_memory(story: Story, catalogue: Characteristics, author: str) -> None:
    limits = {"min": "1", "max": "512"}
    wanted = {"name": f"Memory {catalogue.mark}", "valueType": "integer", "unit": "GB", "constraints": limits}
    story.answers.append(catalogue.make(author, wanted))


@then("the characteristic is there, in its first version, made by the author")
def is_there(world: World, story: Story, catalogue: Characteristics, author: str) -> None:
    assert story.answer.status_code == 201, story.answer.text
    said = story.answer.json()
    assert (said["version"], said["status"], said["createdBy"]) == (1, "ACTIVE", "author")
    assert (said["key"], said["unit"]) == (f"memory-{catalogue.mark}", "GB")
    shown = world.http.get(f"{catalogue.address}/{said['id']}", headers=bearer(author))
    assert (shown.json(), shown.headers["etag"]) == (said, '"1"')


@then("a reader finds it by a part of its name")
def reader_finds(world: World, story: Story, catalogue: Characteristics) -> None:
    reader = world.sign_in("reader")["accessToken"]
    assert catalogue.found(reader) == [story.answer.json()]


@then("the author is told what is wrong with the limits and with the unit")
def told_what_is_wrong(story: Story) -> None:
    pointers = {one["pointer"] for one in story.problem(400)["errors"]}
    assert "/unit" in pointers
    assert pointers & {"/constraints/min", "/constraints/max"}


@when("the author defines another characteristic with the same key")
def defines_same_key(story: Story, catalogue: Characteristics, author: str) -> None:
    wanted = catalogue.colour(key=story.before["key"], name=f"Other {catalogue.mark}")
    story.answers.append(catalogue.make(author, wanted))


@then("the author is told that the key is taken")
def told_taken(story: Story) -> None:
    problem = story.problem(409)
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("key_taken", "/key")


@when("the author and a publisher change the same version at the same time")
def change_together(world: World, story: Story, catalogue: Characteristics, author: str) -> None:
    tokens = [author, world.sign_in("publisher")["accessToken"]]

    def change(number: int) -> Any:
        wanted = catalogue.colour(description=f"change {number}")
        return catalogue.change(tokens[number], story.before, body=wanted)

    with ThreadPoolExecutor() as threads:
        story.answers += threads.map(change, (0, 1))


@then("one of the two changes is kept")
def one_is_kept(story: Story, catalogue: Characteristics, author: str) -> None:
    kept = [one.json() for one in story.answers[-2:] if one.status_code == 200]
    assert len(kept) == 1
    assert catalogue.found(author) == kept
    assert kept[0]["version"] == 2


@then("the other one is told that the characteristic has changed meanwhile")
def other_is_told(story: Story) -> None:
    (refused,) = [one for one in story.answers[-2:] if one.status_code != 200]
    assert (refused.status_code, refused.json()["code"]) == (412, "stale")


@when("the author changes it without saying which version they have seen")
def changes_blindly(world: World, story: Story, catalogue: Characteristics, author: str) -> None:
    address = f"{catalogue.address}/{story.before['id']}"
    wanted = catalogue.colour(description="blind")
    story.answers.append(world.http.put(address, json=wanted, headers=bearer(author)))


@then("the author is told to say so")
def told_to_say(story: Story) -> None:
    assert story.problem(428)["code"] == "version_missing"


@then("the characteristic is still in its first version")
def still_first(story: Story, catalogue: Characteristics, author: str) -> None:
    assert catalogue.found(author) == [story.before]


@when("the author deprecates it")
def deprecates(story: Story, catalogue: Characteristics, author: str) -> None:
    story.answers.append(catalogue.change(author, story.before, "POST", "/deprecate"))


@then("the characteristic is deprecated, in its second version")
def is_deprecated(story: Story) -> None:
    assert story.answer.status_code == 200, story.answer.text
    assert (story.answer.json()["status"], story.answer.json()["version"]) == ("DEPRECATED", 2)


@then("the author can no longer change it")
def cannot_change(story: Story, catalogue: Characteristics, author: str) -> None:
    answer = catalogue.change(author, story.answer.json(), body=catalogue.colour(description="late"))
    assert (answer.status_code, answer.json()["code"]) == (409, "deprecated")


@when("the author deletes it")
def deletes(story: Story, catalogue: Characteristics, author: str) -> None:
    story.answers.append(catalogue.change(author, story.before, "DELETE"))
    assert story.answer.status_code == 204, story.answer.text


@when("the author sends the same definition twice with one idempotency key")
def sends_twice(story: Story, catalogue: Characteristics, author: str) -> None:
    key = {"idempotency-key": f"key-{catalogue.mark}"}
    story.answers += [catalogue.make(author, catalogue.colour(), **key) for _ in range(2)]


@then("both answers are the same")
def same_answers(story: Story) -> None:
    first, second = story.answers[-2:]
    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.content, first.headers["location"]) == (second.content, second.headers["location"])


@then("there is one such characteristic")
def one_such(story: Story, catalogue: Characteristics, author: str) -> None:
    assert catalogue.found(author) == [story.answer.json()]
