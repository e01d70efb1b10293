"""How far publications are: their steps on a real engine, what stays of them, and lists."""

import asyncio
import time
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest

from apps.offering.tests.conftest import FORGE, PRICES, SPECIFICATION, Others, Service, found
from kernel.breaker import Breaker
from kernel.engine import EmbeddedEngine
from kernel.errors import Problem, Rejected
from kernel.process import Engine, Instance
from offering.domain.timeline import FORWARD
from offering_app.process import PROCESS, EngineProcess
from tests.contract.carriers import eventually
from tests.service import running_afresh

EXPIRED = Problem("PRICE_EXPIRED", "It was valid until yesterday.", "/priceIds/1")


async def told(service: Service, publication: dict[str, Any]) -> dict[str, Any]:
    """What is told of a publication now."""
    return found(await service.get(f"/publications/{publication['id']}"))


def states(publication: dict[str, Any]) -> list[tuple[str, str]]:
    """Each step with its state."""
    return [(step["name"], step["state"]) for step in publication["steps"]]


async def test_step_by_step_to_the_end(service: Service, others: Others) -> None:
    others.hold["specification.validate"] = asyncio.Event()
    one = await service.drafted()
    publication = await service.requested(one["id"], 1)

    async def at_the_second() -> bool:
        return ("validate", "RUNNING") in states(await told(service, publication))

    await eventually(at_the_second)
    now = await told(service, publication)
    assert (now["status"], states(now)) == (
        "RUNNING",
        [
            ("lock_prices", "DONE"),
            ("validate", "RUNNING"),
            ("stage_entry", "WAITING"),
            ("confirm", "WAITING"),
        ],
    )
    assert now["nextAction"] == "Validate spec is under way; the rest follows by itself."
    others.hold["specification.validate"].set()
    end = await service.ended(publication)
    assert (end["status"], states(end)) == ("PUBLISHED", [(name, "DONE") for name in FORWARD])
    assert [step["attempts"] for step in end["steps"]] == [1, 1, 1, 1]
    begun = [step["startedAt"] for step in end["steps"]]
    assert begun == sorted(begun)
    assert all(step["endedAt"] for step in end["steps"])
    assert (end["problems"], end["note"]) == ([], None)


async def test_what_the_steps_are_told(service: Service, others: Others) -> None:
    one = await service.drafted()
    answer = await service.publish(one["id"], 1, x_correlation_id="a-conversation")
    await service.ended(answer.json())
    topic, variables = others.done[0]
    trace = answer.headers["x-trace-id"]
    assert topic == "pricing.lock-prices"
    assert variables.pop("traceparent").split("-")[1] == trace
    assert variables == {
        "publicationId": answer.json()["id"],
        "offeringId": one["id"],
        "offeringKey": "galaxy",
        "offeringVersion": 2,
        "specificationId": SPECIFICATION,
        "priceIds": ",".join(PRICES),
        "requestedBy": "publisher",
        "correlationId": "a-conversation",
    }


async def test_what_is_refused_is_undone_and_says_why(service: Service, others: Others) -> None:
    others.refuse["store.stage-entry"] = Rejected("Too late.", code="PRICE_EXPIRED", problems=[EXPIRED])
    one = await service.drafted()
    end = await service.ended(await service.requested(one["id"], 1))
    assert end["cause"] == {"code": "PRICE_EXPIRED", "message": "Too late."}
    problem = {"code": "PRICE_EXPIRED", "message": EXPIRED.message, "pointer": "/draft/priceIds/1"}
    assert end["problems"] == [problem]
    assert states(end) == [
        ("lock_prices", "DONE"),
        ("validate", "DONE"),
        ("stage_entry", "FAILED"),
        ("confirm", "SKIPPED"),
        ("drop_entry", "DONE"),
        ("release_prices", "DONE"),
        ("reject", "DONE"),
    ]
    assert end["steps"][2]["problem"] == "Too late."
    offering = found(await service.get(f"/offerings/{one['id']}"))
    assert (offering["status"], offering["failure"]["problems"]) == ("DRAFT", [problem])
    assert offering["failure"]["publicationId"] == end["id"]


async def test_why_it_is_undone_is_told_meanwhile_and_after_it_is_given_up(
    service: Service, others: Others
) -> None:
    others.refuse["specification.validate"] = Rejected("Say the colour.", code="SPECIFICATION_INVALID")
    others.hold["store.drop-entry"] = asyncio.Event()
    one = await service.drafted()
    publication = await service.requested(one["id"], 1)

    async def undoing() -> bool:
        return ("drop_entry", "RUNNING") in states(await told(service, publication))

    await eventually(undoing)
    step = (await told(service, publication))["steps"][1]
    assert (step["state"], step["problem"]) == ("FAILED", "Say the colour.")
    answer = await service.post(f"/publications/{publication['id']}/cancel", role="operator")
    end = found(answer)
    others.hold["store.drop-entry"].set()
    assert (end["status"], end["cause"]["code"]) == ("REJECTED", "CANCELLED")
    assert end["steps"][1] == step


async def test_the_timer_has_a_cause_of_its_own(
    service: Service, others: Others, engine: EmbeddedEngine
) -> None:
    others.hold["pricing.lock-prices"] = asyncio.Event()
    one = await service.drafted()
    publication = await service.requested(one["id"], 1)
    await service.delivered()
    assert await engine.tick(ahead=timedelta(minutes=2)) == 1
    end = await service.ended(publication)
    others.hold["pricing.lock-prices"].set()
    assert end["cause"] == {
        "code": "TIMED_OUT",
        "message": "It took longer than two minutes, so it was given up; nothing was changed.",
    }
    assert states(end)[0] == ("lock_prices", "TIMED_OUT")


async def test_what_has_ended_outlives_the_engine(service: Service, engine: EmbeddedEngine) -> None:
    one = await service.drafted()
    end = await service.ended(await service.requested(one["id"], 1))
    await engine.tick(ahead=timedelta(days=31))
    assert await engine.look(PROCESS, end["id"]) is None
    assert await told(service, end) == end


async def test_steps_are_kept_though_nobody_looks(service: Service) -> None:
    one = await service.drafted()
    await service.requested(one["id"], 1)

    async def over() -> bool:
        return await service.rows("select status from publication") == [{"status": "PUBLISHED"}]

    await eventually(over)
    assert await service.rows("select without_steps from publication") == [{"without_steps": True}]
    assert await service.container.keep_timelines()() == 1
    (row,) = await service.rows("select body, without_steps from publication")
    assert row["without_steps"] is False
    assert [step["state"] for step in row["body"]["steps"]] == ["DONE"] * 4
    assert await service.container.keep_timelines()() == 0


class Silent:
    """An engine that begins everything and tells nothing."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self.start = engine.start

    async def look(self, process: str, business_key: str) -> Instance | None:
        """See `Engine`."""
        await asyncio.Event().wait()
        return None


async def test_without_the_engine_a_publication_is_answered_within_a_second(
    url: str, engine: EmbeddedEngine
) -> None:
    silent = EngineProcess(cast(Engine, Silent(engine)), Breaker("process engine", failures=2, cooldown=60))
    async with running_afresh("offering_app", url, FORGE, engine=engine, process=silent) as plain:
        service = Service(**vars(plain))
        one = await service.drafted()
        publication = await service.requested(one["id"], 1)
        await service.delivered()
        took = list[float]()
        for _ in range(3):
            begin = time.monotonic()
            shown = await told(service, publication)
            took.append(time.monotonic() - begin)
            assert (shown["status"], shown["steps"]) == ("RUNNING", None)
            assert (
                shown["note"] == "The process engine does not answer right now, so the steps are not known."
            )
        assert 0.7 < min(took[:2]) < 1.0
        assert took[2] < 0.7  # nobody is asked any more
        assert await engine.look(PROCESS, publication["id"]) is not None


async def test_lists(stalled: Service) -> None:
    some = list[dict[str, Any]]()
    for number in range(3):
        one = await stalled.drafted(name=f"Galaxy {number}")
        some.append(await stalled.requested(one["id"], 1))
    await stalled.delivered()
    all_of_them = found(await stalled.get("/publications?size=2"))
    assert [one["id"] for one in all_of_them["items"]] == [some[2]["id"], some[1]["id"]]
    assert (all_of_them["total"], all_of_them["next"]) == (3, 2)
    assert all_of_them["items"][0] == {**some[2], "status": "RUNNING"}
    for query, numbers in {
        "sort=requestedAt": [0, 1, 2],
        "sort=-offeringKey": [2, 1, 0],
        "status=RUNNING&size=1": [2],
        "status=STUCK": [],
        "offeringKey=galaxy-1": [1],
        "offeringKey=galaxy-0,galaxy-2": [2, 0],
        "offeringKey=~GALAXY-": [2, 1, 0],
        f"offeringId={some[1]['offeringId']}": [1],
        f"offeringId={uuid4()}": [],
    }.items():
        items = found(await stalled.get(f"/publications?{query}"))["items"]
        assert [one["id"] for one in items] == [some[number]["id"] for number in numbers], query
    of_one = found(await stalled.get(f"/offerings/{some[1]['offeringId']}/publications"))
    assert [one["id"] for one in of_one["items"]] == [some[1]["id"]]
    assert found(await stalled.get(f"/offerings/{uuid4()}/publications"))["items"] == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("status=running", "/query/status"),
        ("offeringId=x", "/query/offeringId"),
        ("sort=steps", "/query/sort"),
        ("offeringName=x", "/query/offeringName"),
    ],
)
async def test_a_list_that_cannot_be_is_refused(stalled: Service, query: str, pointer: str) -> None:
    answer = await stalled.get(f"/publications?{query}")
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
