"""Every refusal becomes the problem the table says, and a fault shows nothing of its inside."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter
from pydantic import BaseModel, Field

from kernel.auth import Principal, Role
from kernel.errors import (
    CatalogError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    RuleBroken,
    TooMany,
    Unauthorized,
    Unavailable,
)
from kernel.http import allow, create_app, public
from kernel.http.limits import IN_FLIGHT
from kernel.settings import TraceSettings
from kernel.tracing import Tracing

REFUSALS: dict[str, tuple[CatalogError, int]] = {
    "invalid": (Invalid("no such unit", problems=[Problem("unit", "use a UCUM code", "/unit")]), 400),
    "unauthorized": (Unauthorized("who are you?"), 401),
    "forbidden": (Forbidden("not you"), 403),
    "not_found": (NotFound("no such price"), 404),
    "rule_broken": (RuleBroken("the price is locked"), 409),
    "conflict": (Conflict("somebody was faster"), 409),
    "too_many": (TooMany("slower, please", retry_after=12.2), 429),
    "unavailable": (Unavailable("the store is away", retry_after=0.1), 503),
}


class Size(BaseModel):
    """A body with rules."""

    width: Annotated[int, Field(ge=1)]


class Body(BaseModel):
    """A body in a body."""

    size: Size


async def _verify(token: str) -> Principal:
    if token not in list(Role):
        raise Unauthorized("unknown")
    return Principal(subject="1", name="x", roles=frozenset({Role(token)}))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    open_routes = APIRouter(dependencies=[public("a test")])
    closed = APIRouter()

    @open_routes.get("/refuse/{kind}")
    async def refuse(kind: str) -> None:
        raise REFUSALS[kind][0]

    @open_routes.get("/crash")
    async def crash() -> None:
        raise RuntimeError("the password is hunter2")

    @open_routes.post("/size")
    async def size(body: Body, limit: int = 1) -> int:
        return body.size.width

    @open_routes.post("/sizes")
    async def sizes(body: list[Size]) -> int:
        return len(body)

    @open_routes.get("/wait")
    async def wait() -> None:
        await asyncio.sleep(0.3)

    @closed.get("/authors", dependencies=[allow(Role.AUTHOR)])
    async def authors() -> str:
        return "welcome"

    app = create_app(
        "test", "A test", routers=[open_routes, closed], tracing=Tracing("t", TraceSettings()), verify=_verify
    )
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http,
    ):
        yield http


def problem(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["traceId"] == response.headers["x-trace-id"]
    assert re.fullmatch("[0-9a-f]{32}", body["traceId"])
    return body


@pytest.mark.parametrize("kind", REFUSALS)
async def test_each_kind_of_refusal_has_its_status(client: httpx.AsyncClient, kind: str) -> None:
    error, status = REFUSALS[kind]
    response = await client.get(f"/refuse/{kind}")
    body = problem(response)
    assert response.status_code == status
    assert (body["code"], body["detail"]) == (kind, error.message)
    assert body["type"] == f"urn:catalog:problem:{kind}"


async def test_problems_name_the_field_and_waiting_times_are_whole_seconds(client: httpx.AsyncClient) -> None:
    invalid = problem(await client.get("/refuse/invalid"))
    assert invalid["errors"] == [{"code": "unit", "pointer": "/unit", "message": "use a UCUM code"}]
    assert (await client.get("/refuse/too_many")).headers["retry-after"] == "13"
    assert (await client.get("/refuse/unavailable")).headers["retry-after"] == "1"


async def test_a_malformed_body_is_422_with_a_pointer_to_each_fault(client: httpx.AsyncClient) -> None:
    response = await client.post("/size?limit=many", json={"size": {"width": 0}})
    body = problem(response)
    assert response.status_code == 422
    assert [one["pointer"] for one in body["errors"]] == ["/query/limit", "/size/width"]


@pytest.mark.parametrize("text", ["{", "", "\xff", '{"size": {"width": ' + "9" * 5000 + "}}", "nul"])
async def test_text_that_is_no_json_is_refused_not_a_fault(client: httpx.AsyncClient, text: str) -> None:
    headers = {"content-type": "application/json"}
    response = await client.post("/size", content=text.encode("latin-1"), headers=headers)
    assert response.status_code in (400, 422)
    problem(response)


async def test_an_answer_names_twenty_faults_at_most(client: httpx.AsyncClient) -> None:
    response = await client.post("/sizes", json=[{"width": 0}] * 4_000)
    assert len(problem(response)["errors"]) == 20
    assert problem(response)["detail"].endswith("These are the first 20 of 4000 faults.")
    assert len(response.content) < 5_000


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-32-be"])
async def test_json_in_another_encoding_is_refused(client: httpx.AsyncClient, encoding: str) -> None:
    text = '["\u2200' + '", [' * 200 + "]" * 200 + "]"
    headers = {"content-type": "application/json"}
    response = await client.post("/size", content=text.encode(encoding), headers=headers)
    assert problem(response)["code"] == "not_utf8"


async def test_ten_thousand_values_are_enough(client: httpx.AsyncClient) -> None:
    response = await client.post("/size", json={str(number): 0 for number in range(20_000)})
    assert (response.status_code, problem(response)["code"]) == (413, "too_many_values")


async def test_a_slash_at_the_end_is_another_address(client: httpx.AsyncClient) -> None:
    response = await client.get("/healthz/", headers={"host": "evil.invalid"})
    assert problem(response)["code"] == "route_not_found"
    assert "location" not in response.headers


async def test_more_than_can_be_answered_at_a_time_is_refused_at_once(client: httpx.AsyncClient) -> None:
    waiting = [asyncio.create_task(client.get("/wait")) for _ in range(IN_FLIGHT + 20)]
    await asyncio.sleep(0.1)
    assert (await client.get("/healthz")).status_code == 200
    codes = [(await answer).status_code for answer in waiting]
    assert (codes.count(200), codes.count(503)) == (IN_FLIGHT, 20)
    assert (await client.get("/wait")).status_code == 200


async def test_a_form_is_told_to_be_json(client: httpx.AsyncClient) -> None:
    response = await client.post("/size", data={"size": "1"})
    assert (response.status_code, problem(response)["code"]) == (415, "not_json")


async def test_a_fault_of_ours_shows_nothing_but_the_trace_id(client: httpx.AsyncClient) -> None:
    response = await client.get("/crash")
    body = problem(response)
    assert response.status_code == 500
    assert body["code"] == "internal"
    assert "hunter2" not in response.text


async def test_unknown_addresses_and_methods_are_problems_too(client: httpx.AsyncClient) -> None:
    assert problem(await client.get("/nowhere"))["code"] == "route_not_found"
    response = await client.delete("/size")
    assert problem(response)["code"] == "method_not_allowed"
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], 401),
        ([("authorization", "author")], 401),
        ([("authorization", "Basic author")], 401),
        ([("authorization", "Bearer ")], 401),
        ([("authorization", "Bearer author"), ("authorization", "Bearer author")], 401),
        ([("authorization", "Bearer nobody")], 401),
        ([("authorization", "Bearer reader")], 403),
        ([("authorization", "Bearer author")], 200),
        ([("authorization", "bearer operator")], 200),
    ],
)
async def test_a_route_lets_in_who_has_the_role(
    client: httpx.AsyncClient, headers: list[tuple[str, str]], status: int
) -> None:
    response = await client.get("/authors", headers=headers)
    assert response.status_code == status
    assert ("www-authenticate" in response.headers) == (status == 401)


async def test_a_correlation_id_is_taken_over_when_it_is_harmless(client: httpx.AsyncClient) -> None:
    response = await client.get("/healthz", headers={"x-correlation-id": "order-7"})
    assert response.headers["x-correlation-id"] == "order-7"
    response = await client.get("/healthz", headers={"x-correlation-id": 'x" injected'})
    assert response.headers["x-correlation-id"] != 'x" injected'


def test_an_app_with_a_route_without_policy_cannot_be_built() -> None:
    routes = APIRouter()

    @routes.get("/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(TypeError, match="GET /forgotten declares no policy; it must declare exactly one"):
        create_app("t", "t", routers=[routes], tracing=Tracing("t", TraceSettings()), verify=_verify)


def test_an_app_with_a_route_with_two_policies_cannot_be_built() -> None:
    routes = APIRouter(dependencies=[public("a mistake")])

    @routes.get("/both", dependencies=[allow(Role.READER)])
    async def both() -> None: ...

    with pytest.raises(TypeError, match="it must declare exactly one"):
        create_app("t", "t", routers=[routes], tracing=Tracing("t", TraceSettings()), verify=_verify)


async def test_without_anybody_to_judge_tokens_nobody_is_let_in() -> None:
    routes = APIRouter()

    @routes.get("/closed", dependencies=[allow(Role.READER)])
    async def closed() -> None: ...

    app = create_app("t", "t", routers=[routes], tracing=Tracing("t", TraceSettings()), verify=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        response = await http.get("/closed", headers={"authorization": "Bearer x"})
    assert response.status_code == 503
