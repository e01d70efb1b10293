"""P2: state, event and audit record are one atom, and so is the reply to a request with an Idempotency-Key.

The process kills itself at each point of the way of a command, is started again, and gets the same request
again. Between death and second try the database has all of them or none.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from tests.resilience.harness.author import Author
from tests.resilience.harness.faults import POINTS
from tests.resilience.harness.ledger import Kind, Operation
from tests.resilience.harness.servers import SERVICE, Servers
from tests.resilience.harness.sizes import sized
from tests.resilience.harness.stack import Stack, harness

pytestmark = pytest.mark.real

RUNS = sized(1)
"""How often each point is tried, with a key and without one."""
COMMITTED = ("before-bell", "before-reply")
"""The points that come after the commit."""

# The id of a wish is the key of what it defines, or the description of what it revises.
_TRACES = """
    select
    (select count(*) from characteristic where body->>$2 = $1) as state,
    (select count(*) from event_log where type = $3 and payload->>$2 = $1) as event,
    (select count(*) from audit where what = $3 and changes->$2->>1 = $1) as audit,
    (select count(*) from reply where key = $1) as reply
"""
_REFUSING = """
    create function planned() returns trigger language plpgsql as $$ begin raise exception 'planned'; end $$;
    create constraint trigger planned after insert or update on characteristic
    deferrable initially deferred for each row execute function planned()
"""
_CUT_OFF = """
    select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = current_database() and state = 'idle in transaction'
"""


async def asked(stack: Stack, query: str, *values: object) -> asyncpg.Record | None:
    """The first row that a query on the service's database gives."""
    connection = await asyncpg.connect(stack.servers.database(SERVICE))
    try:
        return await connection.fetchrow(query, *values) if values else await connection.execute(query)
    finally:
        await connection.close()


async def traces(stack: Stack, wish: Operation) -> Mapping[str, int]:
    """How many states, events, audit records and replies a wish has left in the database."""
    field = "key" if wish.kind is Kind.DEFINE else "description"
    row = await asked(stack, _TRACES, wish.id, field, wish.kind.value)
    assert row is not None
    return dict(row)


def left(count: int, *, reply: int) -> Mapping[str, int]:
    """What a wish has left when it was done so often."""
    return {"state": count, "event": count, "audit": count, "reply": reply}


async def dies(stack: Stack, service: str, point: str, wish: Operation, *, keyed: bool) -> None:
    """Let the service die at a point of the way of a wish; all of it is there then, or nothing."""
    answer = await Author(stack).send(service, wish, keyed=keyed, crash_at=point)
    assert answer is None, f"it has outlived {point}"
    assert await asyncio.to_thread(stack.children[service].died) == -9
    done = int(point in COMMITTED)
    assert await traces(stack, wish) == left(done, reply=done * keyed), (stack.seed, point)
    await stack.start(service)


async def with_key(stack: Stack, service: str, point: str) -> None:
    """The same request again gives what the first one would have given, and so does a third."""
    author = Author(stack)
    wish = author.wishes(Kind.DEFINE)
    await dies(stack, service, point, wish, keyed=True)
    second, third = [await author.send(service, wish) for _ in range(2)]
    assert second is not None
    assert third is not None
    assert (second.status_code, third.status_code) == (201, 201), (stack.seed, point, second.text)
    assert second.headers.get("idempotency-replayed") == ("true" if point in COMMITTED else None)
    assert third.headers["idempotency-replayed"] == "true"
    assert second.content == third.content
    for name in ("etag", "location", "content-type"):
        assert second.headers[name] == third.headers[name]
    assert (second.json()["key"], second.json()["version"]) == (wish.id, 1)
    assert await traces(stack, wish) == left(1, reply=1), (stack.seed, point)


async def without_key(stack: Stack, service: str, point: str, kind: Kind, head: tuple[UUID, int]) -> None:
    """The same request again is done if the first was not, and refused if it was: by key, or by version."""
    author = Author(stack)
    wish = author.wishes(kind) if kind is Kind.DEFINE else author.wishes(kind, *head)
    await dies(stack, service, point, wish, keyed=False)
    answer = await author.send(service, wish, keyed=False)
    assert answer is not None
    done, refused = (201, 409) if kind is Kind.DEFINE else (200, 412)
    assert answer.status_code == (refused if point in COMMITTED else done), (stack.seed, point, answer.text)
    assert await traces(stack, wish) == left(1, reply=0), (stack.seed, point)


async def all_with_key(stack: Stack) -> None:
    for _ in range(RUNS):
        for point in POINTS:
            await with_key(stack, "service-1", point)


async def all_without_key(stack: Stack) -> None:
    defined = await Author(stack).send("service-2", Author(stack).wishes(Kind.DEFINE))
    assert defined is not None
    head = UUID(defined.json()["id"]), 1
    for run in range(RUNS):
        for place, point in enumerate(POINTS):
            kind = (Kind.DEFINE, Kind.REVISE)[(run + place) % 2]
            await without_key(stack, "service-2", point, kind, head)
            head = head[0], head[1] + (kind is Kind.REVISE)


async def test_a_crash_leaves_all_of_a_command_or_nothing(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=2) as stack:
        # Each on a service of its own, side by side: most of the time is spent with starting them.
        async with asyncio.TaskGroup() as both:
            both.create_task(all_with_key(stack))
            both.create_task(all_without_key(stack))
        await stack.check()


async def test_a_transaction_that_is_rolled_back_leaves_nothing(servers: Servers, tmp_path: Path) -> None:
    with harness(servers, tmp_path, services=1, service_env={"LATE_COMMITS": "1:0.5"}) as stack:
        author = Author(stack)
        for _ in range(RUNS):
            refused, cut_off = author.wishes(Kind.DEFINE), author.wishes(Kind.DEFINE)
            await asked(stack, _REFUSING)  # the statement is good; the commit is not
            answer = await author.send("service-1", refused)
            await asked(stack, "drop function planned cascade")
            assert answer is not None
            assert answer.status_code == 500
            sending = asyncio.create_task(author.send("service-1", cut_off))
            await asyncio.sleep(0.25)  # in the middle between statement and commit
            await asked(stack, _CUT_OFF)
            answer = await sending
            assert answer is not None
            assert answer.status_code == 503
            for wish in (refused, cut_off):
                assert await traces(stack, wish) == left(0, reply=0)
                answer = await author.send("service-1", wish)
                assert answer is not None
                assert (answer.status_code, "idempotency-replayed" in answer.headers) == (201, False)
                assert await traces(stack, wish) == left(1, reply=1)
        await stack.check()
