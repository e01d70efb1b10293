"""Help for publications that are stuck, over HTTP, on a real engine."""

import asyncio
import re
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from structlog.testing import capture_logs

from apps.offering.tests.conftest import Others, Service, found
from kernel.engine import EmbeddedEngine
from kernel.errors import RuleBroken
from kernel.process import State
from offering.domain import CANCELLED
from offering.use_cases.reject import Reject
from offering_app.process import PROCESS
from offering_app.watch import watching
from tests.contract.carriers import eventually

FAULT = RuleBroken("The book of prices is closed.")  # which is tried once


async def stuck(service: Service, others: Others) -> dict[str, Any]:
    """A publication of which the first step waits for an operator."""
    others.refuse["pricing.lock-prices"] = FAULT
    one = await service.drafted()
    publication = await service.requested(one["id"], 1)

    async def waits() -> bool:
        publication.update(found(await service.get(f"/publications/{publication['id']}")))
        return bool(publication["status"] == "STUCK")

    await eventually(waits)
    return publication


async def listed(service: Service) -> list[str]:
    """Those that lists show as stuck."""
    return [one["id"] for one in found(await service.get("/publications?status=STUCK"))["items"]]


def round_and_round(service: Service) -> AbstractAsyncContextManager[object]:
    """What the service does by itself every few seconds, but faster."""
    app = service.container
    return watching(app.note_stuck(), app.mend_lost(), app.keep_timelines(), every=0.05)


async def requested_before(service: Service, seconds: int) -> None:
    """Every publication was requested so long ago."""
    at = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()
    later = "update publication set body = body || jsonb_build_object('requestedAt', cast(:at as text))"
    await execute(service, later, at=at)


async def execute(service: Service, statement: str, **bound: Any) -> None:
    """Change what the service has, behind its back."""
    async with service.database.begin() as connection:
        await connection.execute(text(statement), bound)


async def test_what_the_engine_has_lost_is_begun_again(
    service: Service, others: Others, engine: EmbeddedEngine
) -> None:
    publication = await stuck(service, others)
    await service.container.note_stuck()()
    others.refuse.clear()
    await engine.cancel(PROCESS, publication["id"])
    await engine.tick(ahead=timedelta(days=31))
    assert await engine.look(PROCESS, publication["id"]) is None
    await requested_before(service, 31)
    async with round_and_round(service):
        assert (await service.ended(publication))["status"] == "PUBLISHED"


async def test_whose_request_was_never_heard_is_begun(
    service: Service, others: Others, engine: EmbeddedEngine
) -> None:
    others.hold["pricing.lock-prices"] = asyncio.Event()
    one = await service.drafted()
    publication = await service.requested(one["id"], 1)
    await service.delivered()
    await engine.cancel(PROCESS, publication["id"])
    await engine.tick(ahead=timedelta(days=31))
    await execute(service, 'update publication set body = body || \'{"status": "REQUESTED"}\'')
    await requested_before(service, 29)
    await service.container.mend_lost()()
    assert found(await service.get(f"/publications/{publication['id']}"))["status"] == "REQUESTED"
    others.hold["pricing.lock-prices"].set()
    await requested_before(service, 31)
    async with round_and_round(service):
        assert (await service.ended(publication))["status"] == "PUBLISHED"


async def test_what_was_ended_at_the_engine_is_given_up(
    service: Service, others: Others, engine: EmbeddedEngine
) -> None:
    others.hold["pricing.lock-prices"] = asyncio.Event()
    one = await service.drafted()
    publication = await service.requested(one["id"], 1)
    await service.delivered()
    await engine.cancel(PROCESS, publication["id"])
    others.hold["pricing.lock-prices"].set()
    shown = found(await service.get(f"/publications/{publication['id']}"))
    assert shown["status"] == "STUCK"
    assert shown["nextAction"].startswith("Its process was ended from outside")
    await requested_before(service, 31)
    with capture_logs() as lines:
        async with round_and_round(service):

            async def noted() -> bool:
                return await listed(service) == [publication["id"]]

            await eventually(noted)
            await asyncio.sleep(0.2)  # and some rounds more
            assert await listed(service) == [publication["id"]]
    said = [line for line in lines if line["event"] == "publication.stuck"]
    assert [(line["publication"], line["step"]) for line in said] == [(publication["id"], "")]
    answer = await service.post(f"/publications/{publication['id']}/cancel", role="operator")
    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    assert found(await service.get(f"/offerings/{one['id']}"))["status"] == "DRAFT"


async def test_what_is_stuck_is_shown_noted_and_tried_again(service: Service, others: Others) -> None:
    publication = await stuck(service, others)
    first = publication["steps"][0]
    assert (first["name"], first["state"], first["attempts"]) == ("lock_prices", "STUCK", 1)
    assert first["problem"] == "The book of prices is closed."
    assert publication["nextAction"].startswith("Lock prices waits for an operator")
    (at,) = re.findall(r"is undone by itself at (\d\d:\d\d:\d\d) UTC\.$", publication["nextAction"])
    begun = datetime.fromisoformat(first["startedAt"])
    assert at in [f"{begun + timedelta(seconds=120 + late):%H:%M:%S}" for late in (-1, 0)]
    assert await listed(service) == []
    with capture_logs() as lines:
        async with round_and_round(service):

            async def noted() -> bool:
                return await listed(service) == [publication["id"]]

            await eventually(noted)
            await asyncio.sleep(0.2)  # and some rounds more
    assert [line for line in lines if line["event"] == "publication.stuck"] == [
        {
            "event": "publication.stuck",
            "log_level": "warning",
            "publication": publication["id"],
            "offering": "galaxy",
            "step": "lock_prices",
        }
    ]
    del others.refuse["pricing.lock-prices"]
    answer = await service.post(f"/publications/{publication['id']}/retry", role="operator")
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] in ("RUNNING", "PUBLISHED")
    assert await listed(service) == []
    assert (await service.ended(publication))["status"] == "PUBLISHED"


async def test_nothing_is_retried_that_is_not_stuck(service: Service, others: Others) -> None:
    others.hold["pricing.lock-prices"] = asyncio.Event()
    one = await service.drafted()
    publication = await service.requested(one["id"], 1)
    await service.delivered()
    address = f"/publications/{publication['id']}/retry"
    answer = await service.post(address, role="operator")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_stuck")
    others.hold["pricing.lock-prices"].set()
    await service.ended(publication)
    answer = await service.post(address, role="operator")
    assert (answer.status_code, answer.json()["code"]) == (409, "publication_ended")
    answer = await service.post(f"/publications/{uuid4()}/retry", role="operator")
    assert answer.status_code == 404


async def test_a_retry_with_a_key_is_answered_again(service: Service, others: Others) -> None:
    publication = await stuck(service, others)
    del others.refuse["pricing.lock-prices"]
    address = f"/publications/{publication['id']}/retry"
    first = await service.post(address, role="operator", idempotency_key="one")
    second = await service.post(address, role="operator", idempotency_key="one")
    assert (first.status_code, second.status_code, second.content) == (200, 200, first.content)
    assert (await service.ended(publication))["status"] == "PUBLISHED"


async def test_what_is_stuck_is_given_up(service: Service, others: Others, engine: EmbeddedEngine) -> None:
    publication = await stuck(service, others)
    await service.container.note_stuck()()
    address = f"/publications/{publication['id']}/cancel"
    answer = await service.post(address, role="operator", idempotency_key="one")
    assert answer.status_code == 200, answer.text
    end = answer.json()
    said = "operator has given this publication up; the offering is as it was before."
    assert (end["status"], end["cause"]) == ("REJECTED", {"code": "CANCELLED", "message": said})
    assert [step["state"] for step in end["steps"]] == ["CANCELLED", "SKIPPED", "SKIPPED", "SKIPPED"]
    assert end["nextAction"] == (
        "What was prepared is undone by itself; the draft can be changed, and published again."
    )
    instance = await engine.look(PROCESS, publication["id"])
    assert instance is not None
    assert (instance.state, list(instance.incidents)) == (State.CANCELLED, [])
    await service.delivered()
    assert (await service.told())[-1] == ("publication.rejected.v1", 3)
    offering = found(await service.get(f"/offerings/{publication['offeringId']}"))
    assert (offering["status"], offering["failure"]["code"]) == ("DRAFT", "CANCELLED")
    before = await service.counts()
    again = await service.post(address, role="operator")
    assert (again.status_code, again.json()) == (200, end)
    assert await service.counts() == before
    others.refuse.clear()
    assert (await service.ended(await service.requested(publication["offeringId"], 3)))[
        "status"
    ] == "PUBLISHED"


async def test_what_is_done_too_late_after_that_changes_nothing(service: Service, others: Others) -> None:
    others.hold["store.stage-entry"] = asyncio.Event()
    one = await service.drafted()
    publication = await service.requested(one["id"], 1)

    async def at_the_last_step() -> bool:
        return "store.stage-entry" in others.topics()

    await eventually(at_the_last_step)
    answer = await service.post(f"/publications/{publication['id']}/cancel", role="operator")
    end = answer.json()
    assert end["status"] == "REJECTED"
    others.hold["store.stage-entry"].set()
    await service.delivered()
    assert found(await service.get(f"/publications/{publication['id']}")) == end
    assert found(await service.get(f"/offerings/{one['id']}"))["status"] == "DRAFT"


async def test_a_confirmation_after_it_was_given_up_waits_and_is_ended(
    service: Service, others: Others, engine: EmbeddedEngine
) -> None:
    """Who gave it up died before the process was ended: the next step is refused, and the watcher ends it."""
    others.hold["store.stage-entry"] = asyncio.Event()
    one = await service.drafted()
    publication = await service.requested(one["id"], 1)

    async def at_the_last_step() -> bool:
        return "store.stage-entry" in others.topics()

    await eventually(at_the_last_step)
    id = UUID(publication["id"])
    given_up = Reject(publication_id=id, code=CANCELLED, message="Given up.")
    await service.container.reject()(given_up)
    others.hold["store.stage-entry"].set()

    async def refused() -> bool:
        instance = await engine.look(PROCESS, publication["id"])
        return instance is not None and [one.activity for one in instance.incidents] == ["confirm"]

    await eventually(refused)
    assert found(await service.get(f"/offerings/{one['id']}"))["status"] == "DRAFT"
    await service.container.note_stuck()()
    instance = await engine.look(PROCESS, publication["id"])
    assert instance is not None
    assert instance.state is State.CANCELLED
    end = found(await service.get(f"/publications/{publication['id']}"))
    assert (end["status"], end["steps"][3]["state"]) == ("REJECTED", "CANCELLED")


async def test_what_has_ended_is_not_given_up(service: Service) -> None:
    one = await service.drafted()
    publication = await service.ended(await service.requested(one["id"], 1))
    before = await service.counts()
    answer = await service.post(f"/publications/{publication['id']}/cancel", role="operator")
    assert (answer.status_code, answer.json()["code"]) == (409, "publication_ended")
    assert answer.json()["detail"] == "This publication of galaxy has succeeded already."
    assert await service.counts() == before
    assert (await service.post(f"/publications/{uuid4()}/cancel", role="operator")).status_code == 404


async def test_only_operators_help(stalled: Service) -> None:
    one = await stalled.drafted()
    publication = await stalled.requested(one["id"], 1)
    for action in ("retry", "cancel"):
        answer = await stalled.post(f"/publications/{publication['id']}/{action}", role="publisher")
        assert answer.status_code == 403
