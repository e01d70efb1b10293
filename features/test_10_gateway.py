"""Steps of roadmap phase 10: the gateway before all services, and what it says when one is away."""

import asyncio
import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from uuid import uuid4

import asyncpg
import httpx
import pytest
from pytest_bdd import scenarios, then, when

from features.conftest import Story, bearer
from features.resources import Characteristics, Specifications
from features.specifications import *  # noqa: F403  # steps are found by being here
from platform_app.processes import Processes
from tests.processes import eventually
from tests.worlds import World

scenarios("10_gateway.feature")

KINDS = ("characteristics", "specifications", "prices", "offerings")
CROOKED = (
    "/api/../realms/catalog",
    "/api/characteristics/../../healthz",
    "/api/characteristics/%2e%2e/%2e%2e/healthz",
    "/api/characteristics/..%2f..%2fhealthz",
    "/api/characteristics/..;/..;/healthz",
    "/api//characteristics.invalid/",
    "/api/characteristics\\..\\..\\healthz",
    "/api/@characteristics.invalid/",
    "/api/characteristic",
)
AT_ONCE = 1.0
"""Seconds; a person would say so, whatever else two cores are doing."""


class Outage(Protocol):
    """What keeps a service away in one of the worlds."""

    def begin(self) -> None:
        """Take the service away."""

    def end(self) -> None:
        """Let it come back, by itself."""


class OfProcess:
    """The process of the characteristic service."""

    def __init__(self, world: World) -> None:
        self._world = world

    def begin(self) -> None:
        Processes(self._world.home).stop("characteristic")

    def end(self) -> None:
        self._world.catalog("up", "--random-ports")


class OfDatabase:
    """All services share a process in the embedded world: what one of them can lose alone is its database."""

    def __init__(self, world: World, runner: asyncio.Runner) -> None:
        self._run = runner.run
        self._owner = self._run(asyncpg.connect(world.database("characteristic")))

    def begin(self) -> None:
        self._execute("alter database characteristic connection limit 0")
        self._execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and backend_type = 'client backend' "
            "and pid <> pg_backend_pid()"
        )

    def end(self) -> None:
        self._execute("alter database characteristic connection limit -1")

    def close(self) -> None:
        self._run(self._owner.close())

    def _execute(self, statement: str) -> None:
        self._run(self._owner.execute(statement))


@contextmanager
def outage_of(world: World) -> Iterator[Outage]:
    """An outage of the characteristic service, which ends with the block at the latest."""
    if world.stack != "embedded":
        outage = OfProcess(world)
        try:
            yield outage
        finally:
            outage.end()
        return
    with asyncio.Runner() as runner:
        alone = OfDatabase(world, runner)
        try:
            yield alone
        finally:
            alone.end()
            alone.close()


@pytest.fixture
def outage(world: World) -> Iterator[Outage]:
    with outage_of(world) as found:
        yield found


def at_once(ask: Any) -> httpx.Response:
    """The answer, which must not have been long in coming."""
    began = time.monotonic()
    answer: httpx.Response = ask()
    assert time.monotonic() - began < AT_ONCE
    return answer


@when("the author looks at each kind of thing")
def looks_at_each(world: World, story: Story, author: str) -> None:
    story.answers += [world.get(f"/api/{kind}?size=1", headers=bearer(author)) for kind in KINDS]


@then("each service has answered")
def each_has_answered(story: Story) -> None:
    said = [answer.json() for answer in story.answers if answer.status_code == 200]
    assert len(said) == len(KINDS)
    assert all(one.keys() == {"items", "total", "next"} for one in said)


@when("a visitor asks for the description of the interface")
def asks_for_description(world: World, story: Story) -> None:
    story.answers.append(world.get("/api/openapi.json"))


@then("it has every address of every service once, and whom it lets pass")
def describes_everything(story: Story) -> None:
    assert story.answer.status_code == 200, story.answer.text
    document = story.answer.json()
    paths = document["paths"]
    assert {f"/api/{kind}" for kind in KINDS} | {"/login", "/api/publications/{id}"} <= paths.keys()
    operations = [(path, one) for path, item in paths.items() for one in item.values()]
    assert len({one["operationId"] for _, one in operations}) == len(operations)
    guarded = [one.get("x-role") for path, one in operations if path.startswith("/api/")]
    assert {"reader", "author", "publisher"} <= set(guarded)
    unguarded = {path for path, one in operations if path.startswith("/api/") and "x-role" not in one}
    assert unguarded == {"/api/openapi.json", "/api/store/offerings", "/api/store/offerings/{key}"}


@when("the author asks for a price that does not exist")
def asks_for_no_price(world: World, story: Story, author: str) -> None:
    story.before = {"id": str(uuid4())}
    story.answers.append(world.get(f"/api/prices/{story.before['id']}", headers=bearer(author)))


@then("the answer is the refusal of the price service")
def is_its_refusal(story: Story) -> None:
    problem = story.problem(404)
    assert (problem["code"], problem["detail"]) == (
        "not_found",
        f"There is no price with the id {story.before['id']}.",
    )
    assert problem["traceId"] == story.answer.headers["x-trace-id"]


@when("a visitor asks for addresses that lead elsewhere")
def asks_for_crooked(world: World, story: Story) -> None:
    door = httpx.URL(world.gateway)
    for path in CROOKED:
        connection = http.client.HTTPConnection(door.host, door.port or 80, timeout=10)
        connection.putrequest("GET", path)
        connection.endheaders()
        answer = connection.getresponse()
        headers = {"content-type": answer.headers.get("content-type", "")}
        story.answers.append(httpx.Response(answer.status, headers=headers, content=answer.read()))
        connection.close()


@then("all of them are refused")
def all_refused(story: Story) -> None:
    found = {path: answer.status_code for path, answer in zip(CROOKED, story.answers, strict=True)}
    assert set(found.values()) <= {400, 404}, found
    assert {answer.headers["content-type"] for answer in story.answers} == {"application/problem+json"}


@when("the characteristic service is stopped")
def is_stopped(outage: Outage) -> None:
    outage.begin()


@then("whoever asks for characteristics is told at once that the service is unavailable")
def told_unavailable(world: World, story: Story, author: str) -> None:
    for _ in range(10):
        answer = at_once(lambda: world.get("/api/characteristics", headers=bearer(author)))
        story.answers.append(answer)
        assert story.problem(503)["title"] == "Service Unavailable"
        assert int(answer.headers["retry-after"]) >= 1


@then("nobody can specify a phone that has this colour, and is told so at once")
def cannot_specify(story: Story, specifications: Specifications, author: str) -> None:
    wanted = specifications.phone(story.known["colour"]["id"])
    for _ in range(10):
        story.answers.append(at_once(lambda: specifications.make(author, wanted)))
        assert story.problem(503)["title"] == "Service Unavailable"
        assert int(story.answer.headers["retry-after"]) >= 1
    assert specifications.found(author) == []


@then("the other services answer as before")
def others_answer(world: World, author: str) -> None:
    for kind in KINDS[1:]:
        assert at_once(lambda kind=kind: world.get(f"/api/{kind}", headers=bearer(author))).status_code == 200
    assert world.get("/api/whoami", headers=bearer(author)).status_code == 200


@when("the characteristic service is started again")
def is_started(outage: Outage) -> None:
    outage.end()


@then("whoever asks for characteristics is answered again")
def answered_again(story: Story, catalogue: Characteristics, author: str) -> None:
    eventually(lambda: catalogue.get(author, story.known["colour"]["id"]).status_code == 200)
    assert catalogue.found(author) == [story.known["colour"]]


@then("the author can specify a phone that has this colour")
def can_specify(story: Story, specifications: Specifications, author: str) -> None:
    wanted = specifications.phone(story.known["colour"]["id"])

    def made() -> bool:
        story.answers.append(specifications.make(author, wanted))
        return story.answer.status_code == 201

    eventually(made)
    assert specifications.found(author) == [story.answer.json()]
