"""The breaker and the deadline: what a caller waits for while the characteristic service is away or hangs."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

import tests.service
from apps.specification.tests.conftest import Service, Way, between
from kernel.errors import Unavailable
from kernel.http import client
from kernel.neighbour import Neighbour
from specification.domain import Question
from specification_app.characteristics import HttpCharacteristics
from tests.servers import RunningPostgres

NOTHING = {"specification": 0, "publication": 0, "event_log": 0, "audit": 0, "reply": 0}
THERE = "http://characteristic.test"
WAITING = """
    select pid from pg_stat_activity
    where application_name = 'specification' and state = 'idle in transaction'
"""


async def refuse(_: httpx.Request) -> httpx.Response:
    """A service that is not there."""
    raise httpx.ConnectError("nobody listens")


async def busy(_: httpx.Request) -> httpx.Response:
    """A service that says it cannot."""
    return httpx.Response(503)


async def hang(_: httpx.Request) -> httpx.Response:
    """A service that takes everything and answers nothing."""
    await asyncio.Event().wait()
    raise AssertionError


async def test_after_five_failures_it_is_not_asked_any_more(service: Service) -> None:
    wanted = await service.phone()
    service.way.fault = busy
    for _ in range(5):
        assert (await service.post("/specifications", wanted)).status_code == 503
    assert len(service.way.requests) == 5
    took = list[float]()
    for _ in range(20):
        begin = time.perf_counter()
        answer = await service.post("/specifications", wanted)
        took.append(time.perf_counter() - begin)
        assert (answer.status_code, answer.json()["code"]) == (503, "circuit_open")
        assert answer.headers["retry-after"] in ("1", "2")
    assert len(service.way.requests) == 5
    assert sorted(took)[len(took) // 2] < 0.02, took
    assert await service.counts() == NOTHING
    assert (await service.get("/specifications")).status_code == 200
    ready = (await service.http.get("/readyz")).json()
    assert (ready["status"], ready["dependencies"]["characteristic"]["status"]) == ("degraded", "down")


@pytest.fixture
async def quick(server: RunningPostgres, characteristics: tests.service.Service) -> AsyncIterator[Service]:
    """The service with a deadline of 0.3 s and a cooldown of 0.4 s."""
    way = Way(characteristics.http)
    async with client("characteristic", way) as http:
        there = Neighbour("characteristic service", http, THERE, deadline=0.3, cooldown=0.4)
        asking = HttpCharacteristics(there)
        async with between(server, characteristics, way, characteristics=asking) as service:
            yield service


async def test_it_is_asked_again_without_a_restart(quick: Service) -> None:
    wanted = await quick.phone()
    quick.way.fault = refuse
    for _ in range(5):
        assert (await quick.post("/specifications", wanted)).status_code == 503
    quick.way.fault = None
    begin, statuses = time.perf_counter(), list[int]()
    while time.perf_counter() - begin < 5 and 201 not in statuses:
        statuses.append((await quick.post("/specifications", wanted)).status_code)
        await asyncio.sleep(0.02)
    assert set(statuses[:-1]) == {503}
    assert statuses[-1] == 201
    assert time.perf_counter() - begin >= 0.35
    assert len(quick.way.requests) == 6


async def test_who_hangs_is_given_up_after_the_deadline(quick: Service) -> None:
    wanted = await quick.phone()
    quick.way.fault = hang
    for _ in range(5):
        begin = time.perf_counter()
        answer = await quick.post("/specifications", wanted)
        assert 0.29 <= time.perf_counter() - begin < 1
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await quick.post("/specifications", wanted)).json()["code"] == "circuit_open"
    await asyncio.sleep(0.45)
    # The probe ends by its own deadline, so the next ones are turned away at once again.
    assert (await quick.post("/specifications", wanted)).json()["code"] == "unavailable"
    assert (await quick.post("/specifications", wanted)).json()["code"] == "circuit_open"
    assert len(quick.way.requests) == 6
    assert await quick.counts() == NOTHING


async def test_while_it_hangs_no_transaction_waits(quick: Service) -> None:
    wanted = await quick.phone()
    one = await quick.defined(wanted)
    quick.way.fault = hang
    address = f"/specifications/{one['id']}"
    other = {**wanted, "name": "Other"}
    waiting = [
        asyncio.create_task(quick.post("/specifications", other)),
        asyncio.create_task(quick.put(address, other, 1)),
        asyncio.create_task(quick.post(f"{address}/activate", version=1)),
        asyncio.create_task(quick.post(f"{address}/check", {"values": {}})),
    ]
    await asyncio.sleep(0.15)
    assert len(quick.way.requests) == 4
    assert await quick.rows(WAITING) == []
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [503] * 4
    assert (await quick.get(address)).json() == one
    keyed = asyncio.create_task(quick.post("/specifications", other, idempotency_key="one"))
    await asyncio.sleep(0.15)
    assert len(await quick.rows(WAITING)) == 1  # whose transaction is around the route, as its docstring says
    assert (await keyed).status_code == 503


async def test_the_deadline_holds_in_the_process_of_the_other_service_too() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    async with client("characteristic", httpx.ASGITransport(app)) as http:
        asking = HttpCharacteristics(Neighbour("characteristic service", http, THERE, deadline=0.2))
        begin = time.perf_counter()
        with pytest.raises(Unavailable):
            await asking.look_up(Question(ids=(uuid4(),)), "token")
        assert 0.19 <= time.perf_counter() - begin < 1
