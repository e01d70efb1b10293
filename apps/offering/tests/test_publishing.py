"""Publishing over HTTP, and through the log, the relay, the bus and the inbox."""

import asyncio
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import pytest

from apps.offering.tests.conftest import GALAXY, SPECIFICATION, Service, found
from kernel.errors import RuleBroken
from offering.domain.timeline import FORWARD
from offering.memory import MemoryPublishProcess
from offering.use_cases.confirm import Confirm
from offering.use_cases.reject import Reject
from tests.contract.carriers import eventually


async def started(process: MemoryPublishProcess, publication: dict[str, Any]) -> None:
    """Wait until the process has begun."""

    async def begun() -> bool:
        return UUID(publication["id"]) in process.started

    await eventually(begun)


def waiting(name: str, title: str) -> dict[str, Any]:
    """A step that is to come."""
    nothing = dict.fromkeys(("startedAt", "endedAt", "problem"))
    return {"name": name, "title": title, "state": "WAITING", "attempts": 0, **nothing}


async def test_a_request_is_accepted(stalled: Service, process: MemoryPublishProcess) -> None:
    one = await stalled.drafted()
    answer = await stalled.publish(one["id"], 1)
    assert answer.status_code == 202, answer.text
    publication = answer.json()
    assert publication == {
        "id": publication["id"],
        "offeringId": one["id"],
        "offeringKey": "galaxy",
        "offeringVersion": 2,
        "status": "REQUESTED",
        "requestedAt": publication["requestedAt"],
        "requestedBy": "publisher",
        "endedAt": None,
        "cause": None,
    }
    offering = found(await stalled.get(f"/offerings/{one['id']}"))
    assert (offering["status"], offering["version"]) == ("PUBLISHING", 2)
    assert offering["publicationId"] == publication["id"]
    assert offering["modifiedAt"] == publication["requestedAt"]
    await started(process, publication)
    await stalled.delivered()
    shown = found(await stalled.get(f"/publications/{publication['id']}"))
    assert shown == {
        **publication,
        "status": "RUNNING",
        "problems": [],
        "steps": [waiting(name, title) for name, title in FORWARD.items()],
        "nextAction": "It goes on by itself.",
        "note": None,
    }


@pytest.mark.parametrize("prefix", ["", "/api", "/a/b"])
async def test_the_location_is_true_behind_any_prefix(stalled: Service, prefix: str) -> None:
    one = await stalled.drafted()
    answer = await stalled.publish(one["id"], 1)
    asked = f"https://catalog.example{prefix}/offerings/{one['id']}/publish"
    led = urljoin(asked, answer.headers["location"])
    assert led == f"https://catalog.example{prefix}/publications/{answer.json()['id']}"
    here = urljoin(str(answer.request.url), answer.headers["location"])
    assert found(await stalled.get(here))["id"] == answer.json()["id"]


async def test_a_publication_goes_live_by_itself(service: Service) -> None:
    one = await service.drafted()
    publication = await service.ended(await service.requested(one["id"], 1))
    assert (publication["status"], publication["cause"]) == ("PUBLISHED", None)
    assert publication["endedAt"] > publication["requestedAt"]
    answer = await service.get(f"/offerings/{one['id']}")
    offering = answer.json()
    assert answer.headers["etag"] == '"3"'
    assert (offering["status"], offering["draft"], offering["live"]) == ("PUBLISHED", None, GALAXY)
    assert offering["publicationId"] == publication["id"]
    assert offering["modifiedBy"] == "platform"
    await service.delivered()
    assert await service.told() == [
        ("offering.drafted.v1", 1),
        ("publication.requested.v1", 2),
        ("offering.published.v1", 3),
    ]
    (last,) = await service.rows("select payload from event_log where type = 'offering.published.v1'")
    assert last["payload"] == offering
    records = await service.rows("select what, name, old_version, new_version from audit order by id")
    assert records[1:] == [
        {"what": "publication.requested.v1", "name": "publisher", "old_version": 1, "new_version": 2},
        {"what": "offering.published.v1", "name": "platform", "old_version": 2, "new_version": 3},
    ]


async def test_the_next_publication_replaces_what_is_live(service: Service) -> None:
    one = await service.published()
    wanted = {**GALAXY, "name": "Galaxy Plus"}
    await service.put(f"/offerings/{one['id']}", wanted, 3)
    await service.ended(await service.requested(one["id"], 4))
    offering = found(await service.get(f"/offerings/{one['id']}"))
    assert (offering["version"], offering["draft"], offering["live"]) == (6, None, wanted)


async def test_what_is_not_complete_is_not_published(service: Service) -> None:
    one = await service.drafted(specificationId=None, priceIds=[])
    before = await service.counts()
    answer = await service.publish(one["id"], 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "incomplete")
    assert answer.json()["detail"] == "Cannot publish without a specification and a price."
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/draft/specificationId", "/draft/priceIds"]
    await service.put(f"/offerings/{one['id']}", {"name": "Galaxy", "specificationId": SPECIFICATION}, 1)
    answer = await service.publish(one["id"], 2)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/draft/priceIds"]
    assert (await service.counts())["publication"] == before["publication"] == 0


async def test_a_request_needs_the_version_that_was_seen(service: Service) -> None:
    one = await service.drafted()
    answer = await service.post(f"/offerings/{one['id']}/publish", role="publisher")
    assert (answer.status_code, answer.json()["code"]) == (428, "version_missing")
    answer = await service.publish(one["id"], 2)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert (await service.counts())["publication"] == 0


async def test_there_is_nothing_to_publish_without_a_draft(service: Service) -> None:
    one = await service.published()
    answer = await service.publish(one["id"], 3)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert answer.json()["detail"] == (
        "Galaxy is published and has no draft, which does not allow: publish. Allowed now: revise, retire."
    )


async def test_while_it_is_published_nothing_else_is_allowed(stalled: Service) -> None:
    one = await stalled.drafted()
    await stalled.requested(one["id"], 1)
    before, address = await stalled.counts(), f"/offerings/{one['id']}"
    for answer in (
        await stalled.put(address, {**GALAXY, "name": "Other"}, 2),
        await stalled.delete(address, 2),
        await stalled.delete(f"{address}/draft", 2),
        await stalled.publish(one["id"], 2),
        await stalled.post(f"{address}/retire", version=2, role="publisher"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
        assert answer.json()["detail"].startswith("Galaxy is being published, ")
        assert answer.json()["detail"].endswith("Allowed now: confirm, reject, by the publish process alone.")
    assert await stalled.counts() == before


async def test_with_a_key_twice_is_once(service: Service) -> None:
    one = await service.drafted()
    first = await service.publish(one["id"], 1, idempotency_key="one")
    await service.ended(first.json())
    second = await service.publish(one["id"], 1, idempotency_key="one")
    assert (first.status_code, second.status_code, second.content) == (202, 202, first.content)
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["idempotency-replayed"] == "true"
    assert (await service.counts())["publication"] == 1
    assert [type for type, _ in await service.told()].count("publication.requested.v1") == 1


async def test_of_many_requests_one_wins(service: Service) -> None:
    one = await service.drafted()
    answers = await asyncio.gather(*(service.publish(one["id"], 1) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [202] + [412] * 9
    (publication,) = [answer.json() for answer in answers if answer.status_code == 202]
    assert (await service.ended(publication))["status"] == "PUBLISHED"
    assert (await service.counts())["publication"] == 1


async def test_a_rejection_is_shown(stalled: Service, process: MemoryPublishProcess) -> None:
    one = await stalled.drafted()
    publication = await stalled.requested(one["id"], 1)
    await started(process, publication)
    reject = Reject(publication_id=UUID(publication["id"]), code="PRICE_EXPIRED", message="Too late.")
    await stalled.container.reject()(reject)
    await stalled.container.reject()(reject)
    shown = found(await stalled.get(f"/publications/{publication['id']}"))
    assert (shown["status"], shown["cause"]) == (
        "REJECTED",
        {"code": "PRICE_EXPIRED", "message": "Too late."},
    )
    offering = found(await stalled.get(f"/offerings/{one['id']}"))
    assert (offering["status"], offering["version"], offering["draft"]) == ("DRAFT", 3, GALAXY)
    assert offering["failure"] == {
        "code": "PRICE_EXPIRED",
        "message": "Too late.",
        "problems": [],
        "publicationId": publication["id"],
    }
    with pytest.raises(RuleBroken):
        await stalled.container.confirm()(Confirm(publication_id=UUID(publication["id"])))
    again = await stalled.requested(one["id"], 3)
    assert found(await stalled.get(f"/offerings/{one['id']}"))["failure"] is None
    await stalled.container.confirm()(Confirm(publication_id=UUID(again["id"])))
    assert found(await stalled.get(f"/offerings/{one['id']}"))["live"] == GALAXY
    await stalled.delivered()
