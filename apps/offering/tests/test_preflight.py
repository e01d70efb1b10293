"""What would become of a publication: those who judge are asked over HTTP."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from apps.offering.tests.conftest import FORGE, GALAXY, PRICES, SPECIFICATION, Service
from offering.memory import MemoryPublishProcess
from tests.service import Idle, running_afresh

NOTHING: dict[str, Any] = {"problems": []}
MISSING = {"code": "PRICE_MISSING", "message": "There is no such price.", "pointer": "/priceIds/1"}
FOREIGN = {"code": "foreign", "message": "Nobody asks for this.", "pointer": "/values/weight"}
RETIRED = {"code": "retired", "message": "It is sold no more.", "pointer": "/specificationId"}
LONG = {"code": "length", "message": "Too long to be shown.", "pointer": "/description"}


@dataclass
class Neighbours(httpx.AsyncBaseTransport):
    """All who judge, on one network: what they answer at a path, with 200 unless it is a response."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx."""
        self.asked.append(request)
        answer = self.answers.get(request.url.path, NOTHING)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = NOTHING
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def said(self) -> dict[str, Any]:
        """What each was asked, by its address."""
        return {str(one.url): json.loads(one.content) for one in self.asked}


PRICING = "/prices/check"
SPECIFICATIONS = f"/specifications/{SPECIFICATION}/check"
STORE = "/store/check"


@pytest.fixture
def neighbours() -> Neighbours:
    return Neighbours()


@pytest.fixture
async def service(url: str, neighbours: Neighbours) -> AsyncIterator[Service]:
    """The service among them; nothing is published."""
    ways = dict.fromkeys(("to_pricing", "to_specification", "to_store"), neighbours)
    bound = {"process": MemoryPublishProcess(), "engine": Idle(), **ways}
    async with running_afresh("offering_app", url, FORGE, **bound) as service:
        yield Service(**vars(service))


async def ask(service: Service, id: str, **headers: str) -> httpx.Response:
    """Ask what would become of it."""
    return await service.post(f"/offerings/{id}/preflight", version=None, **headers)


async def test_nothing_is_in_the_way(service: Service, neighbours: Neighbours) -> None:
    one = await service.drafted()
    before = await service.counts()
    answer = await ask(service, one["id"], x_correlation_id="a-conversation")
    assert (answer.status_code, answer.json()) == (200, {"publishable": True, "problems": []})
    assert neighbours.said() == {
        f"http://127.0.0.1:8004{PRICING}": {"ids": PRICES, "offeringId": one["id"]},
        f"http://127.0.0.1:8003{SPECIFICATIONS}": {"values": GALAXY["values"], "publishing": True},
        f"http://127.0.0.1:8006{STORE}": {**GALAXY, "key": "galaxy"},
    }
    for request in neighbours.asked:
        assert request.headers["authorization"].startswith("Bearer ey")
        assert request.headers["x-correlation-id"] == "a-conversation"
        assert request.headers["traceparent"].split("-")[1] == answer.headers["x-trace-id"]
    assert await service.counts() == before


async def test_all_that_is_wrong_leads_into_the_draft(service: Service, neighbours: Neighbours) -> None:
    led = {**MISSING, "pointer": "/draft/priceIds/0"}
    neighbours.answers = {
        PRICING: {"problems": [MISSING, led]},
        SPECIFICATIONS: {"problems": [FOREIGN, RETIRED]},
        STORE: {"problems": [LONG, {**LONG, "pointer": "/draft/name"}], "more": 1},
    }
    one = await service.drafted()
    answer = await ask(service, one["id"])
    assert answer.json()["publishable"] is False
    assert [(problem["code"], problem["pointer"]) for problem in answer.json()["problems"]] == [
        ("length", "/draft/description"),
        ("length", "/draft/name"),
        ("PRICE_MISSING", "/draft/priceIds/1"),
        ("PRICE_MISSING", "/draft/priceIds/0"),
        ("foreign", "/draft/values/weight"),
        ("retired", "/draft/specificationId"),
    ]


async def test_what_it_lacks_is_told_too(service: Service, neighbours: Neighbours) -> None:
    one = await service.drafted(specificationId=None, priceIds=[])
    answer = await ask(service, one["id"])
    assert [problem["pointer"] for problem in answer.json()["problems"]] == [
        "/draft/specificationId",
        "/draft/priceIds",
    ]
    assert [request.url.path for request in neighbours.asked] == [STORE]


async def test_a_specification_that_nobody_knows(service: Service, neighbours: Neighbours) -> None:
    neighbours.answers[SPECIFICATIONS] = httpx.Response(404, json={})
    one = await service.drafted()
    (problem,) = (await ask(service, one["id"])).json()["problems"]
    assert (problem["code"], problem["pointer"]) == ("SPECIFICATION_MISSING", "/draft/specificationId")
    assert SPECIFICATION in problem["message"]


async def test_a_question_that_is_refused_is_a_problem_of_the_draft(
    service: Service, neighbours: Neighbours
) -> None:
    one = await service.drafted()
    for _ in range(12):  # it closes nothing to others
        neighbours.answers[PRICING] = httpx.Response(400, json={})
        (problem,) = (await ask(service, one["id"])).json()["problems"]
        assert (problem["code"], problem["pointer"]) == ("refused", "/draft/priceIds")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("nobody"),
        httpx.Response(500),
        httpx.Response(503),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"problems": [{"code": 1}]}),
        httpx.Response(302, headers={"location": "http://elsewhere"}),
    ],
)
async def test_who_is_away_is_named(service: Service, neighbours: Neighbours, answer: Any) -> None:
    neighbours.answers[PRICING] = answer
    one = await service.drafted()
    said = await ask(service, one["id"])
    assert (said.status_code, said.json()["code"]) == (503, "unavailable")
    assert said.json()["detail"] == "The pricing service does not answer right now; please try again soon."
    assert said.headers["retry-after"] == "2"


@pytest.mark.parametrize("status", [401, 403])
async def test_who_may_not_ask_is_told(service: Service, neighbours: Neighbours, status: int) -> None:
    neighbours.answers[STORE] = httpx.Response(status)
    one = await service.drafted()
    assert (await ask(service, one["id"])).status_code == status


async def test_they_are_asked_at_the_same_time_within_a_deadline_and_then_no_more(
    service: Service, neighbours: Neighbours
) -> None:
    neighbours.answers = dict.fromkeys((PRICING, STORE), asyncio.Event())
    one = await service.drafted()
    begin = time.monotonic()
    answers = await asyncio.gather(*(ask(service, one["id"]) for _ in range(5)))
    assert 1.9 < time.monotonic() - begin < 3.9  # one after the other they would take four
    assert {answer.status_code for answer in answers} == {503}
    said = answers[0].json()["detail"]
    assert said.startswith("The store does not answer")
    assert "The pricing service does not answer" in said
    asked = len(neighbours.asked)
    begin = time.monotonic()
    assert (await ask(service, one["id"])).status_code == 503
    assert time.monotonic() - begin < 1.9
    assert [request.url.path for request in neighbours.asked[asked:]] == [SPECIFICATIONS]


async def test_what_cannot_be_published_now_is_not_judged(service: Service, neighbours: Neighbours) -> None:
    assert (await ask(service, str(uuid4()))).status_code == 404
    one = await service.drafted()
    await service.requested(one["id"], 1)
    answer = await ask(service, one["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    answer = await service.post(f"/offerings/{one['id']}/preflight", role="reader")
    assert answer.status_code == 403
    assert neighbours.asked == []
