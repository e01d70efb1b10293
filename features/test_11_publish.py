"""Steps of roadmap phase 11: the process that publishes."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from features.conftest import Story, bearer
from features.databases import rows
from features.offerings import *  # noqa: F403  # steps are found by being here
from features.resources import Characteristics, Offerings, Prices
from tests.processes import eventually
from tests.worlds import Servers, World

scenarios("11_publish.feature")

ENDED = ("PUBLISHED", "REJECTED")
SOON = 5.0
"""Seconds for what follows by itself."""


def publication(world: World, token: str, id: str) -> dict[str, Any]:
    """A publication, as somebody who has signed in sees it."""
    answer = world.get(f"/api/publications/{id}", headers=bearer(token))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def moment(told: str) -> datetime:
    """A time that was told. As texts times do not sort: those at a full second have no fraction."""
    return datetime.fromisoformat(told)


def present(world: World, story: Story) -> dict[str, Any]:
    """The scenario's publication as it is now."""
    return publication(world, story.tokens["accessToken"], story.answer.json()["id"])


def holds(prices: Prices, token: str, story: Story) -> list[dict[str, Any]]:
    """Who holds the scenario's price."""
    found: list[dict[str, Any]] = prices.get(token, story.known["plan"]["id"]).json()["holds"]
    return found


@pytest.fixture
def operator(world: World) -> str:
    """The token of an operator."""
    return str(world.sign_in("operator")["accessToken"])


@given("the publisher has drafted a complete offering, and one of its prices does not exist")
def drafts_without_price(
    story: Story, offerings: Offerings, publisher: str, complete: dict[str, Any]
) -> None:
    content = {**complete, "priceIds": [*complete["priceIds"], str(uuid4())]}
    story.known["offering"] = offerings.made(publisher, content)


@given(
    "the publisher has drafted a complete offering, and says nothing of its colour but much that is foreign"
)
def drafts_foreign(story: Story, offerings: Offerings, publisher: str, complete: dict[str, Any]) -> None:
    content = {**complete, "values": {"weight": 12, "height": 3}}
    story.known["offering"] = offerings.made(publisher, content)


@given("prices cannot be locked for a fault of the platform")
@when("prices cannot be locked for a fault of the platform")
def fault(world: World, faults: list[str]) -> None:
    rows(world, "pricing", "alter table sale rename to sale_away")
    faults.append("pricing")


@pytest.fixture
def faults(world: World) -> Iterator[list[str]]:
    """The databases with the fault; it is mended at the end."""
    found = list[str]()
    yield found
    if found:
        mended(world, found)


@when("the fault is mended")
def mended(world: World, faults: list[str]) -> None:
    rows(world, faults.pop(), "alter table sale_away rename to sale")


@when("the publisher publishes it, and a reader watches")
def watches(world: World, story: Story, offerings: Offerings, publisher: str) -> None:
    reader, gateway = world.sign_in("reader")["accessToken"], world.gateway
    answer = offerings.change(publisher, story.known["offering"], "POST", "/publish")
    assert answer.status_code == 202, answer.text
    seen = list[dict[str, Any]]()

    def read() -> None:
        address = f"{gateway}/api/publications/{answer.json()['id']}/events"
        with httpx.stream("GET", address, headers=bearer(reader), timeout=30, trust_env=False) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = stream.iter_lines()
            seen.extend(json.loads(line[5:]) for line in lines if line.startswith("data:"))

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    reading.join(30)
    assert not reading.is_alive()
    story.known["seen"] = {"all": seen}
    story.answers.append(answer)


@then("the reader has seen it from its request to its end")
def has_seen(world: World, story: Story) -> None:
    seen = story.known["seen"]["all"]
    assert len(seen) >= 2
    assert seen[0]["status"] in ("REQUESTED", "RUNNING")
    assert [one["status"] for one in seen].index("PUBLISHED") == len(seen) - 1
    assert seen[-1] == present(world, story)
    done = [sum(step["state"] == "DONE" for step in one["steps"] or ()) for one in seen]
    assert done == sorted(done)
    assert done[-1] == 4


@then(parsers.re("the publication ends (?P<status>PUBLISHED|REJECTED)( with (?P<code>[A-Z_]+))?"))
def ends(world: World, story: Story, status: str, code: str | None) -> None:
    assert story.answer.status_code == 202, story.answer.text
    shown = eventually(lambda: (one := present(world, story))["status"] in ENDED and one, within=20)
    assert shown
    assert (shown["status"], (shown["cause"] or {}).get("code")) == (status, code)
    assert moment(shown["endedAt"]) >= moment(shown["requestedAt"])


@then(parsers.parse("its steps were: {titles}"))
def steps_were(world: World, story: Story, titles: str) -> None:
    taken = [one for one in present(world, story)["steps"] if one["startedAt"]]
    assert [one["title"] for one in taken] == titles.split(", ")
    begun = [moment(one["startedAt"]) for one in taken]
    assert begun == sorted(begun)
    assert all(one["endedAt"] for one in taken)


@then("the price is held by the offering without an end")
def is_held(story: Story, prices: Prices, publisher: str) -> None:
    def held() -> bool:
        found = [(one["publicationId"], one["expiresAt"]) for one in holds(prices, publisher, story)]
        return found == [(story.answer.json()["id"], None)]

    eventually(held, within=SOON)
    changed = {**prices.monthly("99.00"), "name": story.known["plan"]["name"]}
    answer = prices.change(publisher, prices.get(publisher, story.known["plan"]["id"]).json(), body=changed)
    assert (answer.status_code, answer.json()["code"]) == (409, "locked")
    assert story.known["offering"]["key"] in answer.json()["detail"]


@then("the price is held by nobody")
def held_by_nobody(story: Story, prices: Prices, publisher: str) -> None:
    eventually(lambda: holds(prices, publisher, story) == [], within=SOON)
    assert prices.get(publisher, story.known["plan"]["id"]).json()["locked"] is False


@given("a shopper finds it")
@then("a shopper finds it")
def finds(world: World, story: Story) -> None:
    key = story.known["offering"]["key"]
    shown = eventually(lambda: world.get(f"/api/store/offerings/{key}").json().get("prices"), within=SOON)
    assert [one["id"] for one in shown or ()] == [story.known["plan"]["id"]]


def description(world: World, story: Story) -> str:
    """What a shopper reads of it."""
    answer = world.get(f"/api/store/offerings/{story.known['offering']['key']}")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["description"])


@then("a shopper finds it as it was")
def finds_old(world: World, story: Story) -> None:
    assert description(world, story) == story.before["live"]["description"]


@then("a shopper finds it as it was changed")
def finds_new(world: World, story: Story) -> None:
    eventually(lambda: description(world, story) == "Better than before.", within=SOON)


@then("no shopper finds it")
def not_found(world: World, story: Story) -> None:
    key = story.known["offering"]["key"]
    eventually(lambda: world.get(f"/api/store/offerings/{key}").status_code == 404, within=SOON)


@then("the publisher reads which price is missing")
def reads_missing(world: World, story: Story, offerings: Offerings, publisher: str) -> None:
    one = offerings.get(publisher, story.known["offering"]["id"]).json()
    (problem,) = one["failure"]["problems"]
    assert (problem["code"], problem["pointer"]) == ("PRICE_MISSING", "/draft/priceIds/1")
    assert one["draft"]["priceIds"][1] in problem["message"]
    assert one["failure"]["publicationId"] == story.answer.json()["id"]


@then("the publisher reads that the colour is missing and what is foreign")
def reads_values(story: Story, offerings: Offerings, publisher: str, catalogue: Characteristics) -> None:
    one = offerings.get(publisher, story.known["offering"]["id"]).json()
    colour = catalogue.found(publisher)[0]["key"]
    pointers = {problem["pointer"] for problem in one["failure"]["problems"]}
    assert pointers == {f"/draft/values/{colour}", "/draft/values/weight", "/draft/values/height"}


@then("the offering is a draft again")
def draft_again(story: Story, offerings: Offerings, publisher: str) -> None:
    one = offerings.get(publisher, story.known["offering"]["id"]).json()
    assert (one["status"], one["live"], one["draft"]) == ("DRAFT", None, story.known["offering"]["draft"])


@when("the publisher asks what would become of it")
def asks(world: World, story: Story, offerings: Offerings, publisher: str) -> None:
    story.answers.append(offerings.ask(publisher, story.known["offering"], "/preflight", {}))
    assert story.answer.status_code == 200, story.answer.text


@then("the publisher reads before which price is missing")
def reads_before(story: Story) -> None:
    said = story.answer.json()
    assert said["publishable"] is False
    assert [(one["code"], one["pointer"]) for one in said["problems"]] == [
        ("PRICE_MISSING", "/draft/priceIds/1")
    ]


@then("the offering is still as it was")
def as_it_was(story: Story, offerings: Offerings, publisher: str) -> None:
    assert offerings.get(publisher, story.known["offering"]["id"]).json() == story.known["offering"]


@when("the publisher mends it")
def mends(story: Story, offerings: Offerings, publisher: str) -> None:
    one = story.known["offering"]
    answer = offerings.change(publisher, one, body={**one["draft"], "priceIds": one["draft"]["priceIds"][:1]})
    assert answer.status_code == 200, answer.text
    story.known["offering"] = answer.json()


@then("nothing stands in its way")
def nothing_in_the_way(story: Story) -> None:
    assert story.answer.json() == {"publishable": True, "problems": []}


@then(parsers.parse('the publication is STUCK at "{title}"'))
def is_stuck(world: World, story: Story, title: str) -> None:
    shown = eventually(lambda: (one := present(world, story))["status"] == "STUCK" and one, within=20)
    assert shown
    (stuck,) = [step for step in shown["steps"] if step["state"] == "STUCK"]
    assert (stuck["title"], stuck["attempts"]) == (title, 3)
    assert stuck["problem"].startswith("A fault of the platform (")  # and no more of what is inside
    assert "operator" in shown["nextAction"]


@then("an operator finds it among those that are stuck")
def among_the_stuck(world: World, story: Story) -> None:
    def found() -> bool:
        lines = world.catalog("publications", "list", "--status", "STUCK", "--json").stdout.splitlines()
        return story.answer.json()["id"] in [json.loads(line)["id"] for line in lines]

    eventually(found, within=20)
    said = world.catalog("publications", "show", story.answer.json()["id"]).stdout
    assert "Lock prices" in said


@when("the operator has it tried again")
def tried_again(world: World, story: Story) -> None:
    world.catalog("publications", "retry", story.answer.json()["id"])


@when("the operator gives it up")
def gives_up(world: World, story: Story) -> None:
    world.catalog("publications", "cancel", "--yes", story.answer.json()["id"])


@given("the publisher has drafted ten offerings, and one of them has a price that does not exist")
def drafts_ten(story: Story, offerings: Offerings, publisher: str, complete: dict[str, Any]) -> None:
    made = []
    for number in range(10):
        ids = [str(uuid4())] if number == 4 else complete["priceIds"]
        content = {**complete, "name": f"Offer {number} {offerings.mark}", "priceIds": ids}
        made.append(offerings.made(publisher, content))
    story.known["ten"] = {"all": made}


@when("the publisher publishes all ten, and one that nobody knows")
def publishes_ten(world: World, story: Story, publisher: str) -> None:
    wanted = [{"id": one["id"], "version": one["version"]} for one in story.known["ten"]["all"]]
    wanted.insert(3, {"id": str(uuid4()), "version": 1})
    story.answers.append(world.post("/api/publications", {"offerings": wanted}, headers=bearer(publisher)))
    assert story.answer.status_code == 200, story.answer.text


@then("nine are published and found, one is rejected, and the unknown one was refused at once")
def nine_of_ten(world: World, story: Story, offerings: Offerings, publisher: str) -> None:
    items: Sequence[dict[str, Any]] = story.answer.json()["items"]
    assert [one["status"] for one in items] == [202] * 3 + [404] + [202] * 7
    assert items[3]["problem"]["code"] == "not_found"
    accepted = [one["publicationId"] for one in items if one["status"] == 202]

    def ended() -> bool:
        return all(publication(world, publisher, id)["status"] in ENDED for id in accepted)

    eventually(ended, within=30)
    statuses = [publication(world, publisher, id)["status"] for id in accepted]
    assert statuses == ["PUBLISHED"] * 4 + ["REJECTED"] + ["PUBLISHED"] * 5

    def found() -> bool:
        answer = world.get("/api/store/offerings", params={"q": offerings.mark})
        return bool(answer.json()["total"] == 9)

    eventually(found, within=SOON)


@then("the engine's history tells its steps")
def history_tells(world: World, story: Story) -> None:
    (instance,) = at_engine(
        world, "/history/process-instance", processInstanceBusinessKey=story.answer.json()["id"]
    )
    assert instance["state"] == "COMPLETED"
    story.known["instance"] = instance
    found = at_engine(
        world,
        "/history/activity-instance",
        processInstanceId=instance["id"],
        sortBy="startTime",
        sortOrder="asc",
    )
    tasks = [
        one["activityId"]
        for one in found
        if one["activityType"] == "externalTask" or "Task" in one["activityType"]
    ]
    assert tasks == ["lock_prices", "validate", "stage_entry", "confirm"]


@then("Cockpit's history has it, with its steps")
def in_cockpit(world: World, story: Story) -> None:
    instance = story.known["instance"]
    with cockpit(world) as http:
        (found,) = at_cockpit(http, "process-instance", processInstanceId=instance["id"])
        steps = at_cockpit(http, "activity-instance", processInstanceId=instance["id"])
    assert (found["businessKey"], found["state"]) == (story.answer.json()["id"], "COMPLETED")
    assert found["processDefinitionKey"] == "publish-offering"
    assert {"lock_prices", "validate", "stage_entry", "confirm"} <= {one["activityId"] for one in steps}


@contextmanager
def cockpit(world: World) -> Iterator[httpx.Client]:
    """Cockpit, for somebody who has signed in as its page does, with a token against forgery."""
    engine = Servers.of(world).camunda
    base = engine.cockpit.partition("/app/")[0]
    with httpx.Client(base_url=base, trust_env=False, follow_redirects=True) as http:
        page = http.get("/app/cockpit/default/")
        assert page.status_code == 200
        assert "Cockpit" in page.text
        http.headers["x-xsrf-token"] = http.cookies["XSRF-TOKEN"]
        who = {"username": "catalog", "password": engine.password}
        signed_in = http.post("/api/admin/auth/user/default/login/cockpit", data=who)
        assert signed_in.status_code == 200, signed_in.text
        http.headers["x-xsrf-token"] = http.cookies["XSRF-TOKEN"]
        yield http


def at_cockpit(http: httpx.Client, what: str, **asked: str) -> Any:
    """What Cockpit is told of the history."""
    answer = http.get(f"/api/engine/engine/default/history/{what}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def at_engine(world: World, path: str, **asked: str) -> Any:
    """What the engine's administrator reads."""
    engine = Servers.of(world).camunda
    answer = httpx.get(engine.url + path, params=asked, auth=("catalog", engine.password), trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()
