"""Steps of roadmap phase 1: the platform comes up."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pymongo
import pytest
from pytest_bdd import parsers, scenarios, then, when

from features.conftest import Story
from platform_app.repository import repository
from tests.processes import eventually
from tests.worlds import Servers, World

scenarios("01_skeleton.feature")


@pytest.fixture
def servers(world: World) -> Servers:
    return Servers.of(world)


@pytest.fixture
def plain() -> Iterator[httpx.Client]:
    """A client that talks to the servers themselves."""
    with httpx.Client(timeout=30, trust_env=False) as client:
        yield client


@when("a visitor asks whether the gateway is alive")
def asks_alive(world: World, story: Story) -> None:
    story.answers.append(world.get("/healthz"))


@then("the answer is yes")
def is_alive(story: Story) -> None:
    assert (story.answer.status_code, story.answer.json()) == (200, {"status": "alive"})


@when("a visitor asks whether the gateway is ready")
def asks_ready(world: World, story: Story) -> None:
    story.answers.append(world.get("/readyz"))


@then("it is ready")
def is_ready(story: Story) -> None:
    assert (story.answer.status_code, story.answer.json()["status"]) == (200, "ready")


@then(parsers.parse("it names the state of its dependencies, among them {names}"))
def names_dependencies(story: Story, names: str) -> None:
    dependencies = story.answer.json()["dependencies"]
    assert set(names.split(" and ")) <= dependencies.keys()
    assert {one["status"] for one in dependencies.values()} == {"up"}


@then("the answer is a problem that says there is nothing at this address")
def nothing_there(story: Story) -> None:
    assert story.problem(404)["code"] == "route_not_found"


def _running(world: World) -> dict[str, int]:
    report = json.loads(world.catalog("status", "--json").stdout)
    return {one["name"]: one["pid"] for one in report[world.stack]["processes"] if one["pid"]}


@when("the platform is stopped")
def stops(world: World, story: Story) -> None:
    story.before = _running(world)
    assert story.before
    world.catalog("down")


@then("nothing of it runs any more")
def nothing_runs(world: World) -> None:
    assert _running(world) == {}
    with pytest.raises(httpx.TransportError):
        world.get("/healthz")


@when("the platform is started again")
def starts_again(world: World, story: Story) -> None:
    story.before = story.before or _running(world)
    world.catalog("up", "--random-ports")


@then("the reader's session goes on")
def session_goes_on(world: World, story: Story) -> None:
    answer = world.post("/token/refresh", {"refreshToken": story.tokens["refreshToken"]})
    assert answer.status_code == 200, answer.text


@then("the same processes run as before")
def same_processes(world: World, story: Story) -> None:
    assert _running(world) == story.before


@when("a reader signs in at the identity server itself")
def signs_in_there(world: World, story: Story, servers: Servers, plain: httpx.Client) -> None:
    answer = plain.post(
        f"{servers.keycloak.issuer}/protocol/openid-connect/token",
        data={
            "grant_type": "password",
            "client_id": "gateway",
            "client_secret": servers.keycloak.client_secret,
            "username": "reader",
            "password": world.passwords["reader"],
        },
    )
    story.answers.append(answer)


@then("the identity server has issued a token for the gateway")
def token_issued(world: World, story: Story, servers: Servers) -> None:
    assert story.answer.status_code == 200, story.answer.text
    headers = {"authorization": f"Bearer {story.answer.json()['access_token']}"}
    assert world.get("/api/whoami", headers=headers).json()["name"] == "reader"
    assert servers.keycloak.url != world.gateway


@when("a durable quorum queue is declared and a message is sent to it")
def sends_message(servers: Servers, plain: httpx.Client) -> None:
    broker, sign_in = servers.rabbitmq.management, ("catalog", servers.rabbitmq.password)
    declared = plain.put(
        f"{broker}/api/queues/catalog/smoke",
        json={"durable": True, "arguments": {"x-queue-type": "quorum"}},
        auth=sign_in,
    )
    assert declared.status_code in (201, 204), declared.text
    sent = plain.post(
        f"{broker}/api/exchanges/catalog/amq.default/publish",
        json={"properties": {}, "routing_key": "smoke", "payload": "hello", "payload_encoding": "string"},
        auth=sign_in,
    )
    assert sent.json() == {"routed": True}


@then("the message is read back from the queue")
def reads_message(servers: Servers, plain: httpx.Client) -> None:
    broker, sign_in = servers.rabbitmq.management, ("catalog", servers.rabbitmq.password)
    queue = f"{broker}/api/queues/catalog/smoke"
    got = plain.post(
        f"{queue}/get", json={"count": 2, "ackmode": "ack_requeue_false", "encoding": "auto"}, auth=sign_in
    ).json()
    assert [one["payload"] for one in got] == ["hello"]
    assert plain.get(queue, auth=sign_in).json()["type"] == "quorum"
    assert plain.delete(queue, auth=sign_in).status_code == 204
    assert plain.get(queue, auth=("guest", "guest")).status_code == 401


@when("a document is written in a transaction")
def writes_document(servers: Servers) -> None:
    with pymongo.MongoClient[dict[str, Any]](servers.mongod.url("smoke")) as client:
        with client.start_session() as session, session.start_transaction():
            client["smoke"]["entries"].insert_one({"_id": "fibre-500", "price": "49.90"}, session=session)


@then("the document is read back by its key")
def reads_document(servers: Servers) -> None:
    with pymongo.MongoClient[dict[str, Any]](servers.mongod.url("smoke")) as client:
        found = client["smoke"]["entries"].find_one_and_delete({"_id": "fibre-500"})
        assert found == {"_id": "fibre-500", "price": "49.90"}


async def _sql(servers: Servers, *statements: str) -> Any:
    url = servers.postgres.url("camunda").replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            answer = await connection.fetch(statement)
        return answer
    finally:
        await connection.close()


@when("a row is written to the relational store")
def writes_row(servers: Servers) -> None:
    asyncio.run(
        _sql(servers, "create table smoke (key text primary key)", "insert into smoke values ('fibre-500')")
    )


@then("the row is read back")
def reads_row(servers: Servers) -> None:
    rows = asyncio.run(_sql(servers, "delete from smoke returning key"))
    assert [row["key"] for row in rows] == ["fibre-500"]
    asyncio.run(_sql(servers, "drop table smoke"))


@when("the publish process is deployed")
def deploys(story: Story, servers: Servers, plain: httpx.Client) -> None:
    diagram = (repository() / "bpmn" / "publish_offering.bpmn").read_text()
    named = diagram.replace('"publish-offering"', '"smoke"')  # our workers do the tasks of the real one
    story.answers.append(
        plain.post(
            f"{servers.camunda.url}/deployment/create",
            data={"deployment-name": "smoke"},
            files={"smoke.bpmn": ("smoke.bpmn", named, "application/xml")},
            auth=("catalog", servers.camunda.password),
        )
    )


@then("the engine can start it, and asks for its first task")
def first_task(story: Story, servers: Servers, plain: httpx.Client) -> None:
    assert story.answer.status_code == 200, story.answer.text
    (definition,) = story.answer.json()["deployedProcessDefinitions"].values()
    engine, sign_in = servers.camunda.url, ("catalog", servers.camunda.password)
    key = f"smoke-{time.time_ns()}"
    started = plain.post(
        f"{engine}/process-definition/{definition['id']}/start", json={"businessKey": key}, auth=sign_in
    )
    assert started.status_code == 200, started.text
    instance = started.json()["id"]
    (task,) = plain.post(
        f"{engine}/external-task/fetchAndLock",
        json={
            "workerId": "smoke",
            "maxTasks": 5,
            "topics": [{"topicName": "pricing.lock-prices", "lockDuration": 10_000, "businessKey": key}],
        },
        auth=sign_in,
    ).json()
    assert task["processInstanceId"] == instance
    assert plain.delete(f"{engine}/process-instance/{instance}", auth=sign_in).status_code == 204


@then("the engine refuses whoever does not sign in")
def refuses_strangers(servers: Servers, plain: httpx.Client) -> None:
    address = f"{servers.camunda.url}/process-definition"
    assert plain.get(address).status_code == 401
    assert plain.get(address, auth=("demo", "demo")).status_code == 401


@then("the trace store shows the request under its trace id")
def trace_shown(world: World, story: Story, servers: Servers, plain: httpx.Client) -> None:
    trace = story.answer.headers["x-trace-id"]

    def spans() -> list[dict[str, Any]]:
        answer = plain.get(f"{servers.zipkin.url}/api/v2/trace/{trace}")
        found: list[dict[str, Any]] = answer.json() if answer.status_code == 200 else []
        return found

    (span,) = eventually(spans, within=10)
    assert span["localEndpoint"]["serviceName"] == "gateway"
    assert span["kind"] == "SERVER"
    assert span["tags"]["http.response.status_code"] == "404"
