"""Steps of roadmap phase 12: one trace for each request, and no secret in what is told of it."""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from pytest_bdd import given, scenarios, then, when

from features.conftest import Story, bearer
from features.databases import rows
from features.offerings import *  # noqa: F403  # steps are found by being here
from features.resources import Characteristics
from features.traces import Trace, Traces
from platform_app.processes import Processes
from tests.processes import eventually
from tests.resilience.harness.raw import lying_in
from tests.worlds import Servers, World

scenarios("12_tracing.feature")

STEPS = {
    ("pricing", "pricing.lock-prices process"),
    ("specification", "specification.validate process"),
    ("store", "store.stage-entry process"),
    ("offering", "offering.confirm process"),
}
HEARD = {
    ("offering", "publication.requested.v1 process"),
    ("specification", "publication.requested.v1 process"),
    ("store", "publication.requested.v1 process"),
    ("pricing", "offering.published.v1 process"),
    ("specification", "offering.published.v1 process"),
    ("store", "offering.published.v1 process"),
    ("store", "price.locked.v1 process"),
}
TOLD = {
    ("offering", "publication.requested.v1 publish"),
    ("offering", "offering.published.v1 publish"),
    ("pricing", "price.locked.v1 publish"),
}


@pytest.fixture
def traces(world: World) -> Traces:
    """The traces, for an operator."""
    return Traces(world, str(world.sign_in("operator")["accessToken"]))


@pytest.fixture
def door(world: World) -> set[str]:
    """Whose spans begin a trace: all apps share a process in the embedded world, so nobody forwards there."""
    return set() if world.stack == "embedded" else {"gateway"}


@pytest.fixture
def trace() -> dict[str, Trace]:
    """The trace that the scenario is about, as `present`."""
    return {}


@when("the author revises it")
def revises(story: Story, catalogue: Characteristics, author: str) -> None:
    story.answers.append(catalogue.change(author, story.before, body=catalogue.colour(description="Newer.")))
    assert story.answer.status_code == 200, story.answer.text


@then("the publication is over")
def is_over(world: World, story: Story, publisher: str) -> None:
    address = f"/api/publications/{story.answer.json()['id']}"

    def published() -> bool:
        answer = world.get(address, headers=bearer(publisher))
        return bool(answer.json()["status"] == "PUBLISHED")

    eventually(published, within=30)


@then("one trace tells of it from beginning to end")
def one_trace(story: Story, traces: Traces, trace: dict[str, Trace], door: set[str]) -> None:
    id = story.answer.headers["x-trace-id"]
    if story.answer.status_code == 202:
        names = [name for _, name in STEPS | HEARD | TOLD]
    else:
        happened = "revised" if story.answer.request.method == "PUT" else "defined"
        names = [f"characteristic.{happened}.v1 {what}" for what in ("publish", "process")]
    trace["present"] = found = traces.whole(id, *names)
    (root,) = found.roots
    assert root.kind == "SERVER"
    assert root.service in (door or {"offering", "characteristic"})
    assert not root.failed
    assert {one.kind for one in found.spans} <= {"SERVER", "CLIENT", "PRODUCER", "CONSUMER"}


@then("it leads through the service, its database and the message to the store that hears of it")
def leads_to_the_store(world: World, story: Story, trace: dict[str, Trace], door: set[str]) -> None:
    found = trace["present"]
    assert found.services == {"characteristic", "store"} | door
    happened = "revised" if story.answer.request.method == "PUT" else "defined"
    assert found.of("PRODUCER") == {("characteristic", f"characteristic.{happened}.v1 publish")}
    assert found.of("CONSUMER") == {("store", f"characteristic.{happened}.v1 process")}
    (served,) = [one for one in found.spans if (one.kind, one.service) == ("SERVER", "characteristic")]
    below = found.below(served)
    statements = [one.name for one in below if one.tags.get("db.system.name") == "postgresql"]
    assert {"with characteristic", "commit"} <= {*statements}
    (heard,) = [one for one in found.spans if one.kind == "CONSUMER"]
    assert heard in below, "what is heard continues what was asked for, however it came there"
    assert "messaging.redelivered" not in heard.tags
    if has_mongod(world):
        assert [(one.kind, one.name) for one in found.below(heard)] == [("CLIENT", "keep copies")]
    (root,) = found.roots
    if door:
        (asked,) = found.below(root)
        assert (asked.service, asked.kind, asked.tags["peer.service"]) == (
            *("gateway", "CLIENT"),
            "characteristic",
        )
        assert served.parent == asked.id


def has_mongod(world: World) -> bool:
    """Whether the store of this world is in a MongoDB; where none can run it is in memory."""
    return Processes(world.home).find("mongod") is not None


@then("it is another trace than that of the first change")
def another_trace(story: Story, traces: Traces) -> None:
    first, second = (one.headers["x-trace-id"] for one in story.answers)
    assert first != second
    assert not {one.id for one in traces.get(first).spans} & {one.id for one in traces.get(second).spans}


@then("each step of the process is in it, done by the service it belongs to")
def each_step(trace: dict[str, Trace]) -> None:
    found = trace["present"].of("CONSUMER")
    assert found >= STEPS
    assert found == STEPS | HEARD


@then("everybody who heard of the publication is in it")
def everybody(world: World, trace: dict[str, Trace], door: set[str]) -> None:
    found = trace["present"]
    assert found.of("PRODUCER") == TOLD
    assert found.services == {"offering", "pricing", "specification", "store", "characteristic"} | door
    peers = {(one.service, one.tags["peer.service"]) for one in found.spans if "peer.service" in one.tags}
    assert ("specification", "characteristic") in peers
    if door:
        workers = ("offering", "pricing", "specification", "store")
        assert {(one, "engine") for one in workers} <= peers
    systems = {(one.service, one.tags.get("db.system.name")) for one in found.spans}
    writers = ("offering", "pricing", "specification")
    assert {(one, "postgresql") for one in writers} <= systems
    if has_mongod(world):
        assert ("store", "mongodb") in systems


@pytest.fixture
def unreadable(world: World) -> Iterator[None]:
    """A fault of the platform: the table of prices has another name. It is mended at the end."""
    rows(world, "pricing", "alter table price rename to price_away")
    yield
    rows(world, "pricing", "alter table price_away rename to price")


@given("prices cannot be read for a fault of the platform")
def cannot_be_read(unreadable: None) -> None:
    """See `unreadable`."""


@when("the author looks at the prices")
def looks_at_prices(world: World, story: Story, author: str) -> None:
    story.answers.append(world.get("/api/prices", headers=bearer(author)))


@then("the answer says that something went wrong, and under which number")
def says_number(story: Story) -> None:
    problem = story.problem(500)
    assert problem["code"] == "internal"
    assert problem["traceId"] == story.answer.headers["x-trace-id"]
    assert len(problem["traceId"]) == 32


@then("the trace with this number has the error in it, at the service and at its database")
def has_error(story: Story, traces: Traces, door: set[str]) -> None:
    found = traces.whole(story.problem(500)["traceId"], "get /prices")
    (served,) = [one for one in found.spans if one.name == "get /prices"]
    assert (served.service, served.kind, served.failed) == ("pricing", "SERVER", True)
    assert served.tags["http.response.status_code"] == "500"
    assert served.tags["error.type"] == "ProgrammingError"
    (statement,) = [one for one in found.below(served) if one.failed]
    assert statement.tags["error.type"] == "UndefinedTableError"
    assert statement.tags["error"] == "", "a database's words may have values in them"
    assert [one.failed for one in found.roots] == [True]


@then("the log has a line about the error with this number")
def log_has_error(world: World, story: Story) -> None:
    number = story.problem(500)["traceId"]
    process = "platform" if world.stack == "embedded" else "pricing"

    def lines() -> list[dict[str, Any]]:
        return [line for line in world.log_lines(process) if line.get("trace_id") == number]

    found = eventually(lines)
    assert ("error", "request.failed", "pricing") in [
        (line["level"], line["event"], line["service"]) for line in found
    ]


@when("the author asks who they are and defines a colour, and names a trace of somebody else's")
def names_a_trace(world: World, story: Story, catalogue: Characteristics, author: str) -> None:
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    headers = {"traceparent": f"00-{trace}-{span}-01", "tracestate": "stranger=1"}
    story.before = {"trace": trace}
    story.answers.append(world.get("/api/whoami", headers={**bearer(author), **headers}))
    story.answers.append(catalogue.make(author, catalogue.colour(), **headers))
    assert [one.status_code for one in story.answers] == [200, 201]


@then("both answers have traces of their own, which begin at the platform")
def traces_of_their_own(story: Story, traces: Traces, door: set[str]) -> None:
    told = [one.headers["x-trace-id"] for one in story.answers]
    assert len({story.before["trace"], *told}) == 3
    asked, defined = traces.whole(told[0]), traces.whole(told[1], "characteristic.defined.v1 process")
    assert [one.service for one in asked.roots] == ["gateway"]
    assert [one.service for one in defined.roots] == [*(door or {"characteristic"})]


@then("nothing was added to the trace that was named")
def nothing_added(world: World, story: Story, traces: Traces) -> None:
    assert traces.raw(story.before["trace"]) == ""
    query = "select headers from event_log where aggregate_id = $1::text::uuid"
    (event,) = rows(world, "characteristic", query, story.answer.json()["id"])
    headers = json.loads(event["headers"])
    assert headers["traceparent"].split("-")[1] == story.answer.headers["x-trace-id"]
    assert "stranger" not in event["headers"]


@pytest.fixture
def canary() -> str:
    """A secret that nobody has said before."""
    return f"canary-{secrets.token_hex(8)}"


@when("strangers send a secret wherever something secret can be")
def strangers_send(world: World, story: Story, canary: str) -> None:
    forged = f"eyJhbGciOiJub25lIn0.{canary}.{canary}"
    everywhere = {"cookie": f"session={canary}", "x-api-key": canary, "baggage": f"secret={canary}"}
    for value in (f"Bearer {canary}", f"Bearer {forged}", f"Basic {canary}", canary):
        asked: dict[str, Any] = {"headers": {**everywhere, "authorization": value}}
        story.answers.append(world.get(f"/api/prices?token={canary}", **asked))
        story.answers.append(world.get(f"/api/whoami?access_token={canary}", **asked))
    assert {one.status_code for one in story.answers} == {401}
    sign_in = {"username": "nobody", "password": canary}
    story.answers.append(world.post(f"/login?password={canary}", sign_in, headers=everywhere))
    story.answers.append(world.post("/login", {"username": ["nobody"], "password": canary}))
    story.answers.append(world.post("/token/refresh", {"refreshToken": canary}))
    for content in (f'{{"username": "nobody", "password": "{canary}', f'["{canary}"]', canary):
        malformed = {"content-type": "application/json"}
        story.answers.append(world.http.post("/login", content=content, headers=malformed))
    assert {one.status_code for one in story.answers[8:]} == {401, 422}


@when("the author sends it beside what is asked for, in requests that succeed, are refused, and fail")
def author_sends(
    world: World, story: Story, catalogue: Characteristics, author: str, canary: str, request: Any
) -> None:
    beside = {
        "cookie": f"session={canary}",
        "x-api-key": canary,
        "x-password": canary,
        "baggage": f"secret={canary}",
        "traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
        "tracestate": f"stranger={canary}",
        "referer": f"https://somebody:{canary}@example.com/?token={canary}",
        "user-agent": f"agent/{canary}",
    }
    headers = {**bearer(author), **beside}
    wanted = catalogue.colour()
    address = f"{catalogue.address}?token={canary}"
    story.answers.append(world.post(address, wanted, headers=headers))
    assert story.answer.status_code == 201, story.answer.text
    story.before = story.answer.json()
    for body in ({**wanted, "valueType": canary}, {**wanted, "name": [canary]}, [canary], canary):
        story.answers.append(world.post(address, body, headers=headers))
        assert story.answer.status_code == 422, story.answer.text
    story.answers.append(world.post(address, {**wanted, "password": canary}, headers=headers))
    assert story.answer.status_code < 500
    broken = {**headers, "content-type": "application/json"}
    story.answers.append(
        world.http.post(address, content=f'{{"name": "x", "secret": "{canary}', headers=broken)
    )
    assert story.answer.status_code == 422
    request.getfixturevalue("unreadable")
    story.answers.append(world.get(f"/api/prices?name={canary}", headers=headers))
    assert story.answer.status_code == 500


@pytest.fixture
def strange(world: World) -> Iterator[UUID]:
    """The id of an event that is taken away again: others look for what is parked, or read the log."""
    id = uuid4()
    yield id
    world.catalog("dlq", "drop", "--yes", "--consumer", "store", str(id))
    rows(world, "characteristic", "delete from event_log where event_id = $1", id)


@when("a message with the secret in it, which nobody understands, is on its way")
def on_its_way(world: World, story: Story, canary: str, strange: UUID) -> None:
    """Written as the service would, had it such a fault, in the trace of the request that succeeded."""
    trace = next(one.headers["x-trace-id"] for one in story.answers if one.status_code == 201)
    headers = {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01", "actor": "nobody"}
    one = uuid4()
    data = {"id": str(one), "version": canary, "key": [canary], "password": canary}
    rows(
        world,
        "characteristic",
        "with logged as ("
        " insert into event_log"
        " (event_id, aggregate_type, aggregate_id, aggregate_version, type, payload, headers)"
        " values ($1, 'characteristic', $2, 1, 'characteristic.defined.v1', $3::text::jsonb, $4::text::jsonb)"
        " returning seq, aggregate_id)"
        " insert into outbox_pending (seq, aggregate_id) select seq, aggregate_id from logged",
        *(strange, one, json.dumps(data), json.dumps(headers)),
    )


@then("each of the requests has a trace, and the message is parked")
def each_has_a_trace(world: World, story: Story, traces: Traces, canary: str, strange: UUID) -> None:
    def parked() -> bool:
        lines = world.catalog("dlq", "list", "--json", "--consumer", "store").stdout.splitlines()
        story.parked = [one for one in map(json.loads, lines) if one["id"] == str(strange)]
        return bool(story.parked)

    eventually(parked, within=20)
    (letter,) = story.parked
    assert canary in json.dumps(letter["message"]), "the message itself is kept as it was"
    for answer in story.answers:
        told = partial(traces.get, answer.headers["x-trace-id"])
        eventually(partial(_handled_both if answer.status_code == 201 else _is_there, told), within=15)


def _is_there(told: Callable[[], Trace]) -> bool:
    return bool(told().spans)


def _handled_both(told: Callable[[], Trace]) -> bool:
    """Whether both messages were handled: the honest one, and the strange one, at which that fails."""
    return {one.failed for one in told().spans if one.kind == "CONSUMER"} == {False, True}


@then("neither a log nor a trace has the secret in it")
def nowhere(world: World, story: Story, traces: Traces, canary: str) -> None:
    for answer in story.answers:
        id = answer.headers["x-trace-id"]
        said = traces.raw(id)
        assert id in said
        assert canary not in said, f"the trace of {answer.request.method} {answer.request.url.path}"
    files = [*world.home.logs.glob("*.log")]
    told = "\n".join(file.read_text(errors="replace") for file in files)
    for answer in story.answers:
        assert answer.headers["x-trace-id"] in told, "each request has a line"
    for file in files:
        lines = file.read_text(errors="replace").splitlines()
        assert not [line for line in lines if canary in line], file.name


@then("nothing that is noted beside a parked message has it either")
def noted_beside(world: World, story: Story, canary: str, strange: UUID) -> None:
    (letter,) = story.parked
    beside = {name: value for name, value in letter.items() if name != "message"}
    assert letter["reason"].startswith("Malformed: ")
    assert canary not in json.dumps(beside)
    (honest,) = rows(
        world,
        "characteristic",
        "select headers from event_log where aggregate_id = $1::text::uuid",
        story.before["id"],
    )
    assert canary not in honest["headers"]
    if world.stack == "embedded":
        return
    messages = asyncio.run(lying_in(Servers.of(world).rabbitmq.url, "store.parked"))
    (message,) = [one for one in messages if one.message_id == str(strange)]
    assert message.headers["x-parked-from"] == "store"
    assert canary not in repr((message.headers, message.info()))


@pytest.fixture
def away(world: World) -> Iterator[None]:
    """The collector may be stopped; it runs again at the end."""
    yield
    if Processes(world.home).find("zipkin") is None:
        world.catalog("up", "--random-ports")


@when("the collector is stopped")
def collector_stops(world: World, away: None) -> None:
    Processes(world.home).stop("zipkin")


@then("the author was served")
def was_served(story: Story) -> None:
    assert story.answer.status_code == 201, story.answer.text


@then("the platform says in its log that traces are lost, and does not repeat it all the time")
def says_lost(world: World, story: Story, catalogue: Characteristics, author: str) -> None:
    def unsent(process: str) -> list[dict[str, Any]]:
        return [line for line in world.log_lines(process) if line["event"] == "spans.unsent"]

    eventually(lambda: unsent("gateway") and unsent("characteristic"), within=15)
    for _ in range(20):
        assert catalogue.get(author, story.before["id"]).status_code == 200
    assert [line["level"] for line in unsent("gateway")] == ["warning"]


@when("the collector is started again")
def collector_starts(world: World) -> None:
    world.catalog("up", "--random-ports")


@when("the author defines another colour")
def defines_another(story: Story, catalogue: Characteristics, author: str) -> None:
    story.answers.append(catalogue.make(author, catalogue.colour(name=f"Other {catalogue.mark}")))
    assert story.answer.status_code == 201, story.answer.text
