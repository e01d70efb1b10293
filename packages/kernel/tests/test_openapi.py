"""An app's document names every refusal that a route can really answer."""

import re
from typing import Annotated, Any
from uuid import UUID

import httpx
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from kernel.http import (
    AggregateView,
    Author,
    GuardedRoute,
    IdempotentRoute,
    ListQuery,
    Reader,
    SeenVersion,
    create_app,
    public,
)
from kernel.http.listing import SPEAKABLE
from kernel.http.preconditions import ETAG
from kernel.settings import TraceSettings
from kernel.tracing import Tracing

ALWAYS = {"431", "500", "503"}


class Wanted(BaseModel):
    name: str


class ThingList(ListQuery):
    sortable = ("name", "made_at")

    name: str | None = None


class ThingView(AggregateView):
    name: str


def app() -> Any:
    things = APIRouter(prefix="/things", tags=["thing"], route_class=IdempotentRoute)

    @things.post("", status_code=201, response_model=ThingView)
    async def make_thing(by: Author, wanted: Wanted, response: Response) -> Any: ...

    @things.get("", response_model=list[ThingView])
    async def list_things(by: Reader, wanted: Annotated[ThingList, Query()]) -> Any: ...

    @things.put("/{id}", response_model=ThingView)
    async def revise_thing(by: Author, id: UUID, version: SeenVersion, wanted: Wanted) -> Any: ...

    @things.delete("/{id}", status_code=204)
    async def delete_thing(by: Author, id: UUID, version: SeenVersion) -> None: ...

    @things.get("/{id}/plain", responses={410: {}})
    async def plain_thing(by: Reader, id: str) -> Any: ...

    looks = APIRouter(prefix="/things", route_class=GuardedRoute)

    @looks.post("/lookup")
    async def lookup_things(by: Reader, wanted: Wanted) -> Any: ...

    open_ = APIRouter(dependencies=[public("a test asks")])

    @open_.get("/open")
    async def open_door() -> Any: ...

    return create_app(
        "thing", "Things", routers=[things, looks, open_], tracing=Tracing("t", TraceSettings()), verify=None
    )


DOCUMENT: dict[str, Any] = app().openapi()


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]
    return found


def refusals(method: str, path: str) -> set[str]:
    return {status for status in operation(method, path)["responses"] if status >= "400"} - ALWAYS


def test_refusals_follow_from_what_a_route_declares() -> None:
    body, version, caller = {"400", "408", "413", "415", "422"}, {"400", "412", "428"}, {"401", "403"}
    assert refusals("get", "/open") == set()
    assert refusals("get", "/things") == caller | {"422"}
    assert refusals("post", "/things") == caller | body | {"409"}
    assert refusals("put", "/things/{id}") == caller | body | version | {"404", "409"}
    assert refusals("delete", "/things/{id}") == caller | version | {"404", "409", "422"}
    assert refusals("get", "/things/{id}/plain") == caller | {"404", "410", "422"}
    assert refusals("post", "/things/lookup") == caller | body | {"409"}
    for path in DOCUMENT["paths"].values():
        for one in path.values():
            assert one["responses"].keys() >= ALWAYS


def test_a_refusal_is_a_problem() -> None:
    for path in ("/things", "/open"):
        for status, answer in operation("get", path)["responses"].items():
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"]
                assert answer["description"]
    assert "HTTPValidationError" not in str(DOCUMENT)
    assert DOCUMENT["components"]["schemas"]["Problem"]["required"][0] == "type"


def test_versions_and_addresses_are_in_headers() -> None:
    assert operation("post", "/things")["responses"]["201"]["headers"].keys() == {"ETag", "Location"}
    assert operation("put", "/things/{id}")["responses"]["200"]["headers"].keys() == {"ETag"}
    assert "headers" not in operation("get", "/things")["responses"]["200"]
    assert operation("get", "/open")["responses"]["503"]["headers"].keys() == {"Retry-After"}


def test_a_key_may_be_sent_where_it_is_honoured() -> None:
    def takes_key(method: str, path: str) -> bool:
        return any(one["name"] == "Idempotency-Key" for one in operation(method, path).get("parameters", ()))

    assert takes_key("post", "/things")
    assert not takes_key("post", "/things/lookup")
    assert not takes_key("put", "/things/{id}")


def test_who_may_call_is_said() -> None:
    assert DOCUMENT["components"]["securitySchemes"]["bearer"]["bearerFormat"] == "JWT"
    assert operation("get", "/things")["security"] == [{"bearer": []}]
    assert operation("get", "/things")["x-role"] == "reader"
    assert "security" not in operation("get", "/open")
    assert operation("get", "/things")["operationId"] == "list_things"


def parameter(method: str, path: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in operation(method, path)["parameters"] if one["name"] == name]
    return dict(found)


def test_what_is_accepted_of_a_parameter_is_said() -> None:
    version = parameter("put", "/things/{id}", "if-match")
    assert (version["required"], version["schema"]) == (True, {"type": "string", "pattern": ETAG})
    sort = parameter("get", "/things", "sort")["schema"]["pattern"]
    for said, accepted in {
        "": True,
        "-name,madeAt": True,
        "made_at": False,
        "name,": False,
        "x": False,
    }.items():
        assert bool(re.search(sort, said)) is accepted, said
    name = parameter("get", "/things", "name")["schema"]["anyOf"]
    assert {"type": "string", "pattern": SPEAKABLE} in name
    assert not re.search(SPEAKABLE, "a\x00")


async def test_everybody_may_read_it_and_there_are_no_pages() -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app()), base_url="http://thing") as client:
        answer = await client.get("/openapi.json")
        assert answer.status_code == 200
        assert answer.json() == DOCUMENT
        assert (await client.get("/openapi.json")).content == answer.content
        for page in ("/docs", "/redoc"):
            assert (await client.get(page)).status_code == 404


async def test_a_method_that_is_not_known_hears_of_all_that_are() -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app()), base_url="http://thing") as client:
        answer = await client.patch("/things/7")
        assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, PUT")
        assert (await client.patch("/things")).headers["allow"] == "GET, POST"
