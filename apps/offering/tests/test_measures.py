"""What the service measures of publications, of its outbox, and of those whom it asks."""

from typing import Any
from uuid import UUID

import pytest

from apps.offering.tests.conftest import Others, Service
from apps.offering.tests.test_publishing import started
from kernel.auth import PLATFORM
from kernel.errors import Rejected
from offering.memory import MemoryPublishProcess
from offering.use_cases.confirm import Confirm
from offering.use_cases.reject import Reject
from offering_app.tasks import TIMED_OUT
from tests.contract.carriers import eventually
from tests.measured import labelled, measured

COUNT = "catalog_publication_duration_seconds_count"


async def told(service: Service) -> str:
    """What a scraper is told."""
    answer = await service.get("/metrics")
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_a_publication_is_measured_once_however_often_its_end_is_told(
    stalled: Service, process: MemoryPublishProcess
) -> None:
    ids: dict[str, UUID] = {}
    for key in ("one", "two", "three"):
        offering = await stalled.drafted(name=key)
        publication = await stalled.requested(offering["id"], 1)
        await started(process, publication)
        ids[key] = UUID(publication["id"])
    for _ in range(2):
        await stalled.container.confirm()(Confirm(publication_id=ids["one"]))
        await stalled.container.reject()(
            Reject(publication_id=ids["two"], code=TIMED_OUT, message="Too long.")
        )
        cancelled = await stalled.post(f"/publications/{ids['three']}/cancel", role="operator")
        assert cancelled.status_code == 200, cancelled.text
        await stalled.get(f"/publications/{ids['one']}")  # whose steps are kept then: it is saved again
    text = await told(stalled)
    assert labelled(text, COUNT, "outcome") == {"published": 1, "rejected": 1, "cancelled": 1}
    assert labelled(text, COUNT, "code") == {"": 1, TIMED_OUT: 1, "CANCELLED": 1}
    (published,) = await stalled.rows(
        "select extract(epoch from ended_at - requested_at)::float8 as took from publication "
        "where status = 'PUBLISHED'"
    )
    seconds = measured(text, "catalog_publication_duration_seconds_sum", outcome="published")
    assert [round(one, 3) for one in seconds] == [round(published["took"], 3)]


async def test_an_end_that_is_not_committed_is_not_measured(
    stalled: Service, process: MemoryPublishProcess
) -> None:
    offering = await stalled.drafted()
    publication = await stalled.requested(offering["id"], 1)
    await started(process, publication)

    async def succeed() -> None:
        async with stalled.container.begin()(PLATFORM) as work:
            taken = await work.publications.take(UUID(publication["id"]))
            taken.succeed()
            await work.publications.save(taken)
            raise RuntimeError("planned")

    with pytest.raises(RuntimeError, match="planned"):
        await succeed()
    assert measured(await told(stalled), COUNT) == []
    await stalled.container.confirm()(Confirm(publication_id=UUID(publication["id"])))
    assert measured(await told(stalled), COUNT) == [1]


async def test_what_goes_on_is_counted(stalled: Service, process: MemoryPublishProcess) -> None:
    for key in ("one", "two"):
        offering = await stalled.drafted(name=key)
        await started(process, await stalled.requested(offering["id"], 1))
    await stalled.delivered()
    await eventually(lambda: _are(stalled, requested=0, waiting=0, running=2, stuck=0))


async def test_a_rejection_by_a_step_is_measured_with_its_code(service: Service, others: Others) -> None:
    others.refuse["pricing.lock-prices"] = Rejected("It is gone.", code="PRICE_MISSING")
    offering = await service.drafted()
    await service.ended(await service.requested(offering["id"], 1))
    text = await told(service)
    assert measured(text, COUNT, outcome="rejected", code="PRICE_MISSING") == [1]
    tasks = "catalog_task_duration_seconds_count"
    assert measured(text, tasks, topic="offering.reject", outcome="completed") == [1]


async def test_events_and_neighbours_are_measured(service: Service) -> None:
    await service.published()
    await service.delivered()

    async def all_told() -> bool:
        found = measured(await told(service), "catalog_outbox_pending", service_name="offering")
        return found == [0]

    await eventually(all_told)
    text = await told(service)
    handled = "messaging_process_duration_seconds_count"
    heard: dict[str, Any] = {"cloudevents_event_type": "publication.requested.v1", "outcome": "handled"}
    assert measured(text, handled, **heard) == [1]
    assert labelled(text, "catalog_consumer_messages", "state") == {"retry": 0}
    assert sum(labelled(text, "catalog_relay_mode", "mode").values()) == 1
    assert measured(text, "catalog_outbox_failing") == measured(text, "catalog_outbox_oldest_age_seconds")
    breakers = {"pricing service", "specification service", "store", "process engine"}
    closed = {
        name: measured(text, "catalog_breaker_state", breaker=name, state="closed") for name in breakers
    }
    assert closed == {name: [1] for name in breakers}
    assert measured(text, "catalog_breaker_state", state="open") == [0] * 4
    published = {"http_request_method": "POST", "http_route": "/offerings/{id}/publish"}
    assert measured(text, "http_server_request_duration_seconds_count", **published) == [1]


async def _are(service: Service, **going: int) -> bool:
    return labelled(await told(service), "catalog_publications", "state") == going
