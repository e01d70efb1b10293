"""One document says what the whole platform can be asked."""

import importlib
import json
from collections import Counter
from typing import Any

import pytest
from dependency_injector.providers import Object
from fastapi import FastAPI

from apps.gateway.tests.behind import Echo, asking, gateway, in_front_of, serving, settings
from gateway_app.container import Container
from gateway_app.contract import merge
from gateway_app.main import build
from gateway_app.paths import SERVICES
from gateway_app.use_cases.describe import DescribePlatform
from platform_app.tcp_ports import free_port

ISSUER = "http://issuer.invalid/realms/catalog"


def document(*paths: str, **schemas: Any) -> dict[str, Any]:
    """A small document: each path is a GET that answers with the first of the schemas."""
    answer = {"$ref": f"#/components/schemas/{next(iter(schemas))}"} if schemas else {}
    return {
        "openapi": "3.1.0",
        "info": {"title": "One", "version": "0.1.0"},
        "paths": {
            path: {
                "get": {
                    "operationId": "get" + path.replace("/", "_"),
                    "tags": [path.split("/")[1]],
                    "responses": {"200": {"content": {"application/json": {"schema": answer}}}},
                }
            }
            for path in paths
        },
        "components": {"schemas": schemas},
    }


def refers_to(whole: dict[str, Any], path: str) -> str:
    schema = whole["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return str(schema["$ref"]).removeprefix("#/components/schemas/")


def test_only_what_is_behind_the_gateway_is_in_it() -> None:
    part = document("/offerings", "/publications/{id}", "/healthz", "/openapi.json", "/prices")
    whole = merge(document("/login", "/api/whoami"), {"offering": part})
    assert list(whole["paths"]) == ["/api/offerings", "/api/publications/{id}", "/api/whoami", "/login"]
    assert whole["paths"]["/api/offerings"]["get"]["tags"] == ["offerings"]
    assert whole["info"]["title"] == "Product catalogue"


def test_what_the_gateway_answers_for_a_service_is_said() -> None:
    part = document("/offerings")
    own = {"description": "A value that is refused."}
    part["paths"]["/offerings"]["get"]["responses"]["400"] = own
    responses = merge(document("/login"), {"offering": part})["paths"]["/api/offerings"]["get"]["responses"]
    assert (list(responses), responses["400"]) == (["200", "400", "504"], own)
    assert list(responses["504"]["content"]) == ["application/problem+json"]


def test_schemas_of_one_name_are_told_apart_when_they_differ() -> None:
    text, number = {"type": "string"}, {"type": "integer"}
    page = {"type": "array", "items": {"$ref": "#/components/schemas/View"}}
    whole = merge(
        document("/login", Problem=number),
        {
            "offering": document("/offerings", Page=page, View=text, Problem=number, Same=text),
            "pricing": document("/prices", Page=page, View=number, Problem=number, Unused=text),
        },
    )
    assert list(whole["components"]["schemas"]) == [
        "OfferingPage",
        "OfferingView",
        "PricingPage",
        "PricingView",
        "Problem",
    ]
    assert refers_to(whole, "/api/offerings") == "OfferingPage"
    assert whole["components"]["schemas"]["PricingPage"]["items"] == {
        "$ref": "#/components/schemas/PricingView"
    }
    assert whole["components"]["schemas"]["PricingView"] == number


def test_it_does_not_depend_on_who_answered_first() -> None:
    parts = {"offering": document("/offerings", View={"a": 1}), "pricing": document("/prices", View={"b": 1})}
    own = document("/login")
    there, back = merge(own, parts), merge(own, dict(reversed(parts.items())))
    assert json.dumps(there) == json.dumps(back)


def test_two_operations_of_one_name_are_refused() -> None:
    twice = document("/prices")
    twice["paths"]["/prices"]["get"]["operationId"] = "get_offerings"
    with pytest.raises(ValueError, match="two operations are called get_offerings"):
        merge(document("/login"), {"offering": document("/offerings"), "pricing": twice})


def says(part: dict[str, Any]) -> Echo:
    return Echo({"/openapi.json": (200, [(b"content-type", b"application/json")], json.dumps(part).encode())})


async def test_the_gateway_asks_everybody_and_remembers() -> None:
    port, now = free_port(), [0.0]
    offering, pricing = says(document("/offerings")), says(document("/prices"))
    container = Container(
        settings=settings(
            upstreams={"offering": f"http://127.0.0.1:{port}", "pricing": f"http://127.0.0.1:{free_port()}"}
        )
    )
    async with gateway(container):
        describe = DescribePlatform(container.upstreams(), clock=lambda: now[0])
        with pytest.raises(Exception, match="The service offering cannot say"):
            await describe(document("/login"))
    async with serving(offering, port), serving(pricing) as other:
        upstreams = {"offering": f"http://127.0.0.1:{port}", "pricing": other}
        container = Container(settings=settings(upstreams=upstreams))
        async with gateway(container) as app, asking(app) as client:
            first = await client.get("/api/openapi.json")
            again = await client.get("/api/openapi.json")
    assert first.status_code == 200
    assert first.content == again.content
    assert {"/api/offerings", "/api/prices", "/login", "/api/whoami"} <= first.json()["paths"].keys()
    assert len(offering.asked) == len(pricing.asked) == 1


async def test_what_a_service_said_outlives_it() -> None:
    port, now, said = free_port(), [0.0], says(document("/offerings"))
    container = Container(settings=settings(upstreams={"offering": f"http://127.0.0.1:{port}"}))
    async with gateway(container):
        describe = DescribePlatform(container.upstreams(), clock=lambda: now[0])
        async with serving(said, port):
            first = await describe(document("/login"))
        now[0] = 1000.0
        assert await describe(document("/login")) == first
        now[0] = 2000.0
        async with serving(says(document("/offerings", "/publications")), port):
            assert b"/api/publications" in await describe(document("/login"))
    assert len(said.asked) == 1


async def test_who_was_never_heard_is_named() -> None:
    async with in_front_of({"offering": f"http://127.0.0.1:{free_port()}"}) as client:
        answer = await client.get("/api/openapi.json")
    assert (answer.status_code, answer.json()["code"]) == (503, "contract_unavailable")
    assert "offering" in answer.json()["detail"]


def real() -> dict[str, FastAPI]:
    """Every service that is in the tree, as it is built, reaching nothing."""
    apps = {}
    for name in sorted(set(SERVICES.values())):
        try:
            main = importlib.import_module(f"{name}_app.main")
        except ModuleNotFoundError as missing:
            if missing.name not in (f"{name}_app", f"{name}_app.main"):
                raise
            continue
        module = importlib.import_module(f"{name}_app.settings")
        kind = getattr(module, f"{name.capitalize()}Settings")
        told = {
            "auth_issuer": ISSUER,
            "database_url": "postgresql+asyncpg://nobody@/nowhere",
            "broker_url": "amqp://nobody:nothing@broker.invalid/",
            "engine_url": "http://nobody:nothing@engine.invalid/engine-rest",
            "client_secret": "s" * 20,
        }
        container = importlib.import_module(f"{name}_app.container").Container
        apps[name] = main.build(container(settings=kind.model_validate(told)))
    return apps


async def test_the_platforms_document_is_whole() -> None:
    services = real()
    assert "characteristic" in services
    container = Container(settings=settings(), mounted=Object(services))
    async with gateway(container) as app, asking(app) as client:
        whole = (await client.get("/api/openapi.json")).json()
    operations = [one for path in whole["paths"].values() for one in path.values()]
    assert [id for id, count in Counter(one["operationId"] for one in operations).items() if count > 1] == []
    for service in services.values():
        own = {f"/api{path}" for path in service.openapi()["paths"]}
        assert own - whole["paths"].keys() <= {"/api/healthz", "/api/readyz", "/api/metrics"}
    protected = [one for one in operations if "security" in one]
    assert protected
    assert all(one["x-role"] in ("reader", "author", "publisher", "operator") for one in protected)
    assert whole["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    text = json.dumps(whole)
    assert "HTTPValidationError" not in text
    for name in whole["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text, f"nobody refers to {name}"
    for reference in set(part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]):
        assert reference in whole["components"]["schemas"]


async def test_the_gateways_own_document_has_the_log_in() -> None:
    own = build(Container(settings=settings())).openapi()
    answers = own["paths"]["/login"]["post"]["responses"]
    assert {"200", "400", "401", "403", "408", "413", "415", "422", "429", "431", "500", "503"} == set(
        answers
    )
    assert "application/problem+json" in answers["429"]["content"]
