"""The call to the characteristic service: what goes out, and what becomes of it when that service fails."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from apps.specification.tests.conftest import FORGE, Fault, Service

NOTHING = {"specification": 0, "publication": 0, "event_log": 0, "audit": 0, "reply": 0}


def answers(status: int, content: bytes = b"{}") -> Fault:
    """A service that answers this to everything."""

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=content)

    return answer


def fails(error: Callable[[str], Exception]) -> Fault:
    """A service that cannot be reached."""

    async def fail(_: httpx.Request) -> httpx.Response:
        raise error("of the test")

    return fail


def answered(**changed: Any) -> Fault:
    """A service that answers the question, with changes."""

    async def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        return httpx.Response(200, json={"items": [], "missing": asked["ids"], "problems": [], **changed})

    return answer


AWAY: dict[str, Fault] = {
    "refused": fails(httpx.ConnectError),
    "timed out": fails(httpx.ReadTimeout),
    "cut": fails(httpx.RemoteProtocolError),
    "no route": fails(OSError),
    "500": answers(500),
    "502": answers(502, b"<html>"),
    "503": answers(503),
    "429": answers(429),
    "404": answers(404),
    "302": answers(302),
    "not JSON": answers(200, b"<html>"),
    "not an answer": answers(200, b"[]"),
    "garbage": answers(200, b"\xff\xfe"),
    "half an answer": answers(200, b'{"items": [], "missing": []}'),
    "another answer": answered(missing=[]),
    "an item without a key": answered(items=[{"id": "00000000-0000-0000-0000-000000000001"}]),
}


@pytest.mark.parametrize("fault", AWAY.values(), ids=AWAY.keys())
async def test_while_it_is_away_nothing_is_done_and_the_caller_may_come_again(
    service: Service, fault: Fault
) -> None:
    wanted = await service.phone()
    service.way.fault = fault
    answer = await service.post("/specifications", wanted)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    said = "The characteristic service does not answer right now; please try again soon."
    assert answer.json()["detail"] == said
    assert answer.headers["retry-after"] == "2"
    assert len(service.way.requests) == 1
    assert await service.counts() == NOTHING


async def test_what_goes_out(service: Service) -> None:
    wanted = await service.phone()
    answer = await service.post("/specifications", wanted, x_correlation_id="conversation-7")
    assert answer.status_code == 201, answer.text
    (request,) = service.way.requests
    ram, colours = (use["characteristicId"] for use in wanted["uses"])
    assert (request.method, str(request.url)) == ("POST", "http://127.0.0.1:8002/characteristics/lookup")
    assert json.loads(request.content) == {"ids": [ram, colours], "values": {ram: 8, colours: ["red"]}}
    assert request.headers["x-correlation-id"] == "conversation-7"
    assert request.headers["traceparent"].split("-")[1] == answer.headers["x-trace-id"]


async def test_the_callers_own_token_is_handed_on(service: Service) -> None:
    wanted, headers = await service.phone(), service.headers("author")
    answer = await service.http.post("/specifications", json=wanted, headers=headers)
    assert answer.status_code == 201
    assert service.way.requests[0].headers.get_list("authorization") == [headers["authorization"]]


async def test_each_command_asks_once(service: Service) -> None:
    wanted = await service.phone()
    address = f"/specifications/{(await service.defined(wanted))['id']}"
    other = {**wanted, "name": "Other"}
    asking: list[tuple[str, str, Any, int | None]] = [
        ("POST", "/specifications", other, None),
        ("PUT", address, {**other, "name": "Another"}, 1),
        ("POST", f"{address}/activate", None, 2),
        ("POST", f"{address}/check", {"values": {"ram": 8}}, None),
    ]
    for method, path, body, version in asking:
        answer = await service.send(method, path, body, version=version)
        assert answer.status_code in (200, 201), answer.text
        assert len(service.way.requests) == 1
        service.way.requests.clear()
    silent: list[tuple[str, str, int | None]] = [
        ("GET", address, None),
        ("GET", "/specifications", None),
        ("POST", f"{address}/retire", 3),
        ("DELETE", address, 4),
    ]
    for method, path, version in silent:
        answer = await service.send(method, path, version=version)
        assert answer.status_code in (200, 204), answer.text
    assert service.way.requests == []


async def test_a_repeated_request_does_not_ask_again(service: Service) -> None:
    wanted = await service.phone()
    service.way.fault = answers(503)
    answer = await service.post("/specifications", wanted, idempotency_key="one")
    assert answer.status_code == 503
    assert await service.counts() == NOTHING
    service.way.fault = None
    first = await service.post("/specifications", wanted, idempotency_key="one")
    second = await service.post("/specifications", wanted, idempotency_key="one")
    assert (first.status_code, second.status_code, second.content) == (201, 201, first.content)
    assert len(service.way.requests) == 2
    assert await service.counts() == {**NOTHING, "specification": 1, "event_log": 1, "audit": 1, "reply": 1}


async def test_a_token_that_is_not_for_characteristics_is_refused(service: Service) -> None:
    wanted = await service.phone()
    token = FORGE.sign(FORGE.claims(aud=["specification"]))
    for _ in range(6):  # it is an answer, so it keeps nobody else from asking
        answer = await service.http.post(
            "/specifications", json=wanted, headers={"authorization": f"Bearer {token}"}
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert await service.counts() == NOTHING
    assert (await service.post("/specifications", wanted)).status_code == 201


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, (401, "unauthorized")),
        (403, (403, "forbidden")),
        (400, (400, "too_many_values")),
        (413, (400, "too_many_values")),
        (422, (400, "too_many_values")),
    ],
)
async def test_a_refusal_is_an_answer(service: Service, status: int, expected: tuple[int, str]) -> None:
    wanted = await service.phone()
    service.way.fault = answers(status)
    for _ in range(21):
        answer = await service.post("/specifications", wanted)
        assert (answer.status_code, answer.json()["code"]) == expected
    assert len(service.way.requests) == 21
    service.way.fault = None
    assert (await service.post("/specifications", wanted)).status_code == 201


async def test_too_many_values_for_one_question_keep_nobody_from_asking(service: Service) -> None:
    address = f"/specifications/{(await service.defined())['id']}/check"
    many = {"values": {"ram": 8, "colours": ["red"] * 9995}}  # 9,999 values, and 10,002 with the ids
    for _ in range(6):
        answer = await service.post(address, many, role="reader")
        assert (answer.status_code, answer.json()["code"]) == (400, "too_many_values")
    answer = await service.post(address, {"values": {"ram": 8}}, role="reader")
    assert (answer.status_code, answer.json()) == (200, {"problems": []})
