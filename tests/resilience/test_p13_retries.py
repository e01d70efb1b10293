"""P13: HTTP retries are safe. A request with an Idempotency-Key is done once, however often it is sent.

Each way is shown on the service itself, and through the gateway. The gateway has two instances behind it, and
may send a request with a key again by itself; one without a key it never does.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from tests.resilience.harness.crowd import Answer, Crowd, tally, together
from tests.resilience.harness.door import Door, open_door
from tests.resilience.harness.faults import CRASH_HEADER
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.upstream import Upstream, answering, hanging_up
from tests.servers import RunningPostgres, postgres

pytestmark = pytest.mark.real

AT_ONCE = 50
COMMIT = 0.3  # seconds that each commit takes, so that a key is in flight for a while
PATH = "/characteristics"
WAYS = ("directly", "through the gateway")

_TRACES = """
    select
    (select count(*) from characteristic where body->>'name' = $1) as state,
    (select count(*) from event_log where payload->>'name' = $1) as event,
    (select count(*) from audit where changes->'name'->>1 = $1) as audit,
    (select count(*) from reply where key = $1) as reply
"""


@pytest.fixture(scope="module")
def server() -> Iterator[RunningPostgres]:
    with postgres("characteristic") as running:
        yield running


@pytest.fixture(scope="module")
def door(server: RunningPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Two instances of the service, and the gateway before them."""
    with open_door(tmp_path_factory.mktemp("door")) as door:
        url, late = server.url("characteristic"), f"1:{COMMIT}"
        first = door.service("characteristic", url, name="first", LATE_COMMITS=late)
        door.ready()  # it makes the tables
        second = door.service("characteristic", url, name="second", LATE_COMMITS=late)
        door.urls["the gateway"] = door.gateway({"characteristic": [first, second]})
        door.ready()
        yield door


def crowd(door: Door, way: str) -> Crowd:
    return Crowd(door.urls["first" if way == "directly" else "the gateway"])


def wish(name: str, **changed: str) -> Mapping[str, str]:
    """A definition that is named after the key of its request."""
    return {"key": name, "name": name, "valueType": "text", **changed}


async def traces(server: RunningPostgres, key: str) -> tuple[int, ...]:
    """How many states, events, audit records and replies there are of the request with this key."""
    connection = await asyncpg.connect(server.url("characteristic").replace("+asyncpg", ""))
    try:
        return tuple(await connection.fetchrow(_TRACES, key))
    finally:
        await connection.close()


def reply(answer: Answer) -> Sequence[object]:
    """What must be the same each time."""
    return answer.status, answer.body, *(answer.headers[one] for one in ("etag", "location", "content-type"))


async def settled(clients: Crowd, key: str, headers: Mapping[str, str]) -> Answer:
    """Send the request until it is answered, as a good client does."""
    for _ in range(50):
        answer = await clients.ask("POST", PATH, wish(key), headers)
        if answer.status not in (0, 409, 503):
            return answer
        await asyncio.sleep(0.1)
    raise AssertionError(answer)


@pytest.mark.parametrize("way", WAYS)
async def test_of_fifty_at_once_with_one_key_one_has_an_effect_and_all_get_its_reply(
    door: Door, server: RunningPostgres, way: str
) -> None:
    refused = dict[str, int]()
    for _ in range(sized(1)):
        key = f"k-{uuid4().hex[:12]}"
        headers = door.headers(idempotency_key=key)
        async with crowd(door, way) as clients:
            answers = await together(AT_ONCE, lambda _: clients.ask("POST", PATH, wish(key), headers))  # noqa: B023  # awaited here
            refused = tally(answers)
            assert refused.keys() <= {"201", "409 idempotency_key_in_flight", "503 unavailable"}, refused
            again = await together(AT_ONCE, lambda _: settled(clients, key, headers))  # noqa: B023
        done = [one for one in answers if one.status == 201]
        assert sum("idempotency-replayed" not in one.headers for one in done) == 1, refused
        assert all(one.headers["idempotency-replayed"] == "true" for one in again)
        assert {reply(one) for one in (*done, *again)} == {reply(done[0])}
        assert await traces(server, key) == (1, 1, 1, 1)
    print(f"{way}: 1 effect of {AT_ONCE} at once ({refused}), then {AT_ONCE} times the same reply")  # noqa: T201


@pytest.mark.parametrize("way", WAYS)
async def test_while_the_first_is_in_flight_the_second_is_told_so(
    door: Door, server: RunningPostgres, way: str
) -> None:
    key = f"k-{uuid4().hex[:12]}"
    async with crowd(door, way) as clients:
        first = asyncio.create_task(clients.ask("POST", PATH, wish(key), door.headers(idempotency_key=key)))
        await asyncio.sleep(COMMIT / 2)
        second = await clients.ask("POST", PATH, wish(key), door.headers(idempotency_key=key))
        assert (second.status, second.code) == (409, "idempotency_key_in_flight")
        assert (await first).status == 201
    assert await traces(server, key) == (1, 1, 1, 1)


@pytest.mark.parametrize("way", WAYS)
async def test_the_same_key_with_another_body_is_refused_and_changes_nothing(
    door: Door, server: RunningPostgres, way: str
) -> None:
    key, other = f"k-{uuid4().hex[:12]}", f"k-{uuid4().hex[:12]}"
    headers = door.headers(idempotency_key=key)
    async with crowd(door, way) as clients:
        first = await clients.ask("POST", PATH, wish(key), headers)
        for document in (wish(other), wish(key, description="more")):
            answer = await clients.ask("POST", PATH, document, headers)
            assert (answer.status, answer.code) == (422, "idempotency_key_reused")
        assert reply(await clients.ask("POST", PATH, wish(key), headers)) == reply(first)
    assert await traces(server, key) == (1, 1, 1, 1)
    assert await traces(server, other) == (0, 0, 0, 0)


@pytest.mark.parametrize("way", WAYS)
async def test_a_key_belongs_to_the_subject_that_uses_it(
    door: Door, server: RunningPostgres, way: str
) -> None:
    key = f"k-{uuid4().hex[:12]}"
    names = ("ada", "grace", "barbara")
    async with crowd(door, way) as clients:
        answers = [
            await clients.ask(
                "POST", PATH, wish(key, key=f"{key}-{name}"), door.headers(name, idempotency_key=key)
            )
            for name in names
        ]
    assert [one.status for one in answers] == [201] * 3
    assert [one.json()["createdBy"] for one in answers] == list(names)
    assert await traces(server, key) == (3, 3, 3, 3)


async def test_killed_between_commit_and_reply_the_retry_gets_the_reply(
    door: Door, server: RunningPostgres
) -> None:
    key = f"k-{uuid4().hex[:12]}"
    headers = door.headers(idempotency_key=key)
    async with crowd(door, "directly") as clients:
        lost = await clients.ask("POST", PATH, wish(key), {**headers, CRASH_HEADER: "before-reply"})
        assert lost.status == 0
        assert await asyncio.to_thread(door.children["first"].died) == -9
        assert await traces(server, key) == (1, 1, 1, 1)
        await asyncio.to_thread(door.children["first"].start)
        answers = [await clients.ask("POST", PATH, wish(key), headers) for _ in range(2)]
    assert [(one.status, one.headers["idempotency-replayed"]) for one in answers] == [(201, "true")] * 2
    assert reply(answers[0]) == reply(answers[1])
    assert await traces(server, key) == (1, 1, 1, 1)


async def until_killed(door: Door, *, keyed: bool) -> Mapping[str, Answer]:
    """Let one of the instances die at the next reply to a POST, and write through the gateway until it has.

    Returns what was answered to each wish, by its name.
    """
    first, answers = door.children["first"], dict[str, Answer]()
    first.kill()
    await asyncio.to_thread(first.start, CRASH_AT="before-reply")
    async with crowd(door, "through the gateway") as clients:
        while first.pid is not None:  # the gateway takes a moment to see that it serves again
            assert len(answers) < 20
            name = f"k-{uuid4().hex[:12]}"
            headers = door.headers(idempotency_key=name) if keyed else door.headers()
            answers[name] = await clients.ask("POST", PATH, wish(name), headers)
    assert await asyncio.to_thread(first.died) == -9
    await asyncio.to_thread(first.start)
    return answers


async def test_through_the_gateway_who_has_a_key_never_notices_the_kill(
    door: Door, server: RunningPostgres
) -> None:
    for _ in range(sized(1)):
        answers = await until_killed(door, keyed=True)
        assert tally(list(answers.values())) == {"201": len(answers)}
        replayed = ["idempotency-replayed" in one.headers for one in answers.values()]
        assert replayed == [False] * (len(answers) - 1) + [True]
        for name in answers:
            assert await traces(server, name) == (1, 1, 1, 1)
    print(f"with a key: {len(answers)} times 201, the last by the other instance")  # noqa: T201


async def test_through_the_gateway_who_has_no_key_is_told_to_look_first(
    door: Door, server: RunningPostgres
) -> None:
    answers = await until_killed(door, keyed=False)
    *others, (name, last) = answers.items()
    assert {one.status for _, one in others} <= {201}
    assert (last.status, last.code) == (503, "upstream_lost")
    # It was done, and once: the gateway has not sent it a second time.
    assert await traces(server, name) == (1, 1, 1, 0)
    async with crowd(door, "through the gateway") as clients:
        again = await clients.ask("POST", PATH, wish(name), door.headers())
    assert (again.status, again.code) == (409, "key_taken")


async def test_the_gateway_sends_again_what_has_a_key_or_only_reads(tmp_path: Path) -> None:
    sent = {
        "POST without a key": ("POST", {}, 1),
        "POST with a key": ("POST", {"idempotency_key": "one"}, 2),
        "PUT": ("PUT", {}, 1),
        "DELETE": ("DELETE", {}, 1),
        "GET": ("GET", {}, 2),
    }
    arrived = dict[str, int]()
    with Upstream() as upstream, open_door(tmp_path) as door:
        url = door.gateway({"characteristic": upstream.url}, UPSTREAM_COOLDOWN="0.1")
        door.ready()
        async with Crowd(url, fresh=True) as clients:
            for name, (method, more, _) in sent.items():
                assert (await clients.ask("GET", PATH, headers=door.headers())).status == 200
                upstream.behave, before = hanging_up, upstream.count
                answer = await clients.ask(method, PATH, None, door.headers(**more))
                assert (answer.status, answer.code) == (503, "upstream_lost")
                arrived[name] = upstream.count - before
                upstream.behave = answering(200, {})
    assert arrived == {name: times for name, (_, _, times) in sent.items()}
    print(f"sent by the gateway when the connection is lost: {json.dumps(arrived)}")  # noqa: T201
