"""Services in the gateway's own process: dispatched before its chassis, with theirs."""

from typing import Any

import pytest
from dependency_injector.providers import Object
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from apps.gateway.tests.behind import asking, gateway, settings
from gateway_app.container import Container
from kernel.http import create_app, public
from kernel.settings import TraceSettings
from kernel.tracing import Tracing


def service() -> Any:
    routes = APIRouter(dependencies=[public("a test asks")])

    @routes.get("/offerings/{id}")
    async def get_offering(id: str, request: Request) -> JSONResponse:
        return JSONResponse({"id": id, "headers": dict(request.headers), "path": request.url.path})

    return create_app(
        "offering", "Offering", routers=[routes], tracing=Tracing("offering", TraceSettings()), verify=None
    )


@pytest.fixture
def container() -> Container:
    return Container(settings=settings(), mounted=Object({"offering": service()}))


async def test_a_request_passes_one_chassis(container: Container) -> None:
    forged = {"traceparent": f"00-{'1' * 32}-{'2' * 16}-01", "X-User-Id": "root", "X-Correlation-Id": "c-1"}
    with capture_logs() as lines:
        async with gateway(container) as app, asking(app) as client:
            answer = await client.get("/api/offerings/7", headers=forged)
    assert answer.status_code == 200
    assert answer.json()["path"] == "/offerings/7"
    assert answer.json()["headers"].keys().isdisjoint({"traceparent", "x-user-id"})
    assert answer.headers["x-trace-id"] != "1" * 32
    assert answer.headers.get_list("x-correlation-id") == ["c-1"]
    assert len(answer.headers.get_list("x-trace-id")) == 1
    assert [line["path"] for line in lines if line["event"] == "request.answered"] == ["/offerings/7"]


async def test_everything_else_is_the_gateways(container: Container) -> None:
    async with gateway(container) as app, asking(app) as client:
        assert (await client.get("/api/whoami")).status_code == 401
        assert (await client.get("/healthz")).status_code == 200
        for path, status, code in (
            ("/api/prices/1", 404, "route_not_found"),
            ("/offerings/1", 404, "route_not_found"),
            ("/api/offerings/%2e%2e/healthz", 400, "bad_address"),
            ("/api/offerings", 404, "route_not_found"),
        ):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_services_own_addresses_are_not_behind_the_gateway() -> None:
    seen: list[str] = []

    async def spy(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["path"])

    container = Container(settings=settings(), mounted=Object({"offering": spy}))
    async with gateway(container) as app, asking(app) as client:
        for path in ("/api/healthz", "/api/readyz", "/api/realms/x", "/openapi.json/offerings"):
            assert (await client.get(path)).status_code == 404
    assert seen == []
