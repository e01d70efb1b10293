"""Steps of roadmap phase 5: the outbox and the broker."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pymongo
from pytest_bdd import given, parsers, scenarios, then, when

from features.characteristics import *  # noqa: F403  # steps are found by being here
from features.conftest import Story
from features.databases import rows
from features.resources import Characteristics
from kernel.sql.log import envelope_of
from platform_app.processes import Processes
from tests.processes import eventually
from tests.worlds import Servers, World

scenarios("05_events.feature")


def outbox(world: World, condition: str, value: str) -> list[dict[str, Any]]:
    """The rows of the view that fit, as a person with psql sees them."""
    query = "select * from outbox join event_log using (seq, type, aggregate_id, aggregate_version)"
    return rows(world, "characteristic", f"{query} where {condition} order by seq", value)


def at_broker(world: World, path: str, method: str = "POST", **wanted: Any) -> Any:
    """Ask the broker's management page for something."""
    broker = Servers.of(world).rabbitmq
    address, sign_in = f"{broker.management}/api/{path}", ("catalog", broker.password)
    answer = httpx.request(method, address, json=wanted, auth=sign_in, trust_env=False)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def kept_by_the_store(world: World, id: str) -> bool:
    """Whether the store has a copy of what has this id."""
    with pymongo.MongoClient[dict[str, Any]](Servers.of(world).mongod.url("store")) as client:
        database = client["store"]
        return any(database[name].find_one({"_id": id}) for name in database.list_collection_names())


def events_of(world: World, one: Any) -> list[dict[str, Any]]:
    return outbox(world, "aggregate_id = $1::text::uuid", one["id"])


@then(parsers.parse("the outbox shows its event as {status}"))
def shows_event(world: World, story: Story, status: str) -> None:
    assert story.before, story.answer.text

    def shown() -> bool:
        return [row["status"] for row in events_of(world, story.before)] == [status]

    eventually(shown, within=20)


@then("the event has the whole characteristic in it, and names the author")
def has_everything(world: World, story: Story) -> None:
    (event,) = events_of(world, story.before)
    assert json.loads(event["payload"]) == story.before
    assert event["type"] == "characteristic.defined.v1"
    headers = json.loads(event["headers"])
    assert headers["actor"]
    assert headers["correlationid"] == story.answer.headers["x-correlation-id"]
    assert story.answer.headers["x-trace-id"] in headers["traceparent"]


@when("the author changes it twice and deletes it")
def changes_and_deletes(story: Story, catalogue: Characteristics, author: str) -> None:
    one = story.before
    for number in range(2):
        answer = catalogue.change(author, one, body=catalogue.colour(description=f"change {number}"))
        assert answer.status_code == 200, answer.text
        one = answer.json()
    assert catalogue.change(author, one, "DELETE").status_code == 204


@then("the outbox shows four events of it as SENT, with rising versions")
def four_events(world: World, story: Story) -> None:
    def shown() -> bool:
        rows = events_of(world, story.before)
        return [row["status"] for row in rows] == ["SENT"] * 4

    eventually(shown)
    assert [(row["aggregate_version"], row["type"]) for row in events_of(world, story.before)] == [
        (1, "characteristic.defined.v1"),
        (2, "characteristic.revised.v1"),
        (3, "characteristic.revised.v1"),
        (4, "characteristic.deleted.v1"),
    ]


@then("the outbox has no event of it")
def no_event(world: World, catalogue: Characteristics) -> None:
    assert outbox(world, "payload ->> 'name' = $1", f"Faulty {catalogue.mark}") == []


@when("a visitor asks whether the platform is ready")
def asks_ready(world: World, story: Story) -> None:
    address = world.gateway if world.stack == "embedded" else world.link("characteristic")

    def ready() -> bool:
        story.answers.append(world.http.get(f"{address}/readyz"))
        return bool(story.answer.json()["status"] == "ready")

    eventually(ready, within=20)


@then("it says how the relay is woken, and that nothing is pending for long")
def says_how(world: World, story: Story) -> None:
    name = "characteristic.outbox" if world.stack == "embedded" else "outbox"
    said = story.answer.json()["dependencies"][name]["detail"]
    assert said["mode"] in ("notify", "poll")
    assert said["oldestSeconds"] < 5
    assert said["failing"] == 0


@given("the store could not handle its event")
def store_could_not(world: World, story: Story) -> None:
    """Park the event where the carrier of this world parks what a consumer has refused."""
    (event,) = eventually(lambda: [row for row in events_of(world, story.before) if row["status"] == "SENT"])
    story.tokens["event"] = str(event["event_id"])
    if world.stack == "embedded":
        refused = "insert into outbox_refused values ($1, 'store', 'cannot read it', 1)"
        rows(world, "characteristic", refused, event["seq"])
        return
    notes = {"x-parked-reason": "cannot read it", "x-parked-at": datetime.now(UTC).isoformat()}
    properties = {"message_id": str(event["event_id"]), "headers": notes}
    sent = at_broker(
        world,
        "exchanges/catalog/amq.default/publish",
        routing_key="store.parked",
        payload=envelope_of(event).encode().decode(),
        payload_encoding="string",
        properties={**properties, "type": event["type"], "delivery_mode": 2},
    )
    assert sent == {"routed": True}


@when("an operator looks for messages that nobody could handle")
def looks(world: World, story: Story) -> None:
    lines = world.catalog("dlq", "list", "--json").stdout.splitlines()
    story.parked = [json.loads(line) for line in lines]


@then("the event is the only one, with the reason")
def is_the_only_one(world: World, story: Story) -> None:
    found = [(one["id"], one["consumer"], one["type"], one["reason"]) for one in story.parked]
    assert found == [(story.tokens["event"], "store", "characteristic.defined.v1", "cannot read it")]
    shown = json.loads(world.catalog("dlq", "show", story.tokens["event"]).stdout)
    assert shown == story.parked[0]
    assert world.catalog("dlq", "show", str(story.before["id"]), check=False).returncode == 1


@when("the operator hands it to the store again")
def hands_over(world: World, story: Story) -> None:
    said = world.catalog("dlq", "replay", "--consumer", "store", story.tokens["event"]).stdout
    assert said == "1 handed to store again.\n"


@then("there are none")
def there_are_none(world: World, story: Story) -> None:
    assert story.parked == []
    assert world.catalog("dlq", "list").stdout == "Nothing is parked.\n"


@given("a queue of the operator's beside that of the store")
def queue_beside(world: World) -> Iterator[None]:
    """Bound like the store's. Out of that one only its consumer gets messages, so that they stay in order."""
    arguments = {"x-queue-type": "quorum"}
    at_broker(world, "queues/catalog/beside", "PUT", durable=True, arguments=arguments)
    for binding in at_broker(world, "queues/catalog/store/bindings", "GET"):
        if binding["source"]:
            where = f"bindings/catalog/e/{binding['source']}/q/beside"
            at_broker(world, where, routing_key=binding["routing_key"])
    yield
    at_broker(world, "queues/catalog/beside", "DELETE")


@then("the store has received it, too")
def store_received(world: World, story: Story) -> None:
    eventually(lambda: kept_by_the_store(world, str(story.before["id"])), within=10)


@then("the message is in the queue")
def queue_has_message(world: World, story: Story) -> None:
    wanted: dict[str, Any] = {"count": 1000, "ackmode": "ack_requeue_true", "encoding": "auto"}

    def found() -> list[Any]:
        messages = at_broker(world, "queues/catalog/beside/get", **wanted)
        read = [(one, json.loads(one["payload"])) for one in messages]
        return [(one, said) for one, said in read if said.get("subject") == story.before["id"]]

    ((message, said),) = eventually(found, within=20)
    assert message["exchange"] == "catalog.events"
    assert message["routing_key"] == "characteristic.defined.v1"
    assert message["properties"]["message_id"] == said["id"]
    assert (said["specversion"], said["aggregateversion"]) == ("1.0", 1)
    assert said["data"] == story.before


@when("the broker is stopped")
def broker_stops(world: World) -> None:
    Processes(world.home).stop("rabbitmq")


@when("the broker is started again")
def broker_starts(world: World) -> None:
    world.catalog("up", "--random-ports")
