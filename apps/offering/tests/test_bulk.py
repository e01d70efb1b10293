"""Publishing many at once: each is requested for itself."""

from typing import Any
from uuid import uuid4

import pytest

from apps.offering.tests.conftest import Service, found


async def ask(service: Service, *seen: tuple[str, int], **headers: str) -> Any:
    """Ask for the publication of these, each at a version."""
    body = {"offerings": [{"id": id, "version": version} for id, version in seen]}
    return await service.post("/publications", body, version=None, role="publisher", **headers)


@pytest.mark.parametrize("headers", [{}, {"idempotency_key": "one"}])
async def test_one_that_is_refused_blocks_no_other(service: Service, headers: dict[str, str]) -> None:
    a, b = await service.drafted(name="A"), await service.drafted(name="B")
    bare = await service.drafted(name="Bare", priceIds=[])
    unknown = str(uuid4())
    answer = await ask(
        service, (b["id"], 1), (bare["id"], 1), (unknown, 1), (a["id"], 9), (a["id"], 1), **headers
    )
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [(one["id"], one["status"]) for one in items] == [
        (b["id"], 202),
        (bare["id"], 409),
        (unknown, 404),
        (a["id"], 412),
        (a["id"], 202),
    ]
    assert items[0].keys() == {"id", "status", "publicationId"}
    problem = items[1]["problem"]
    assert items[1].keys() == {"id", "status", "problem"}
    assert (problem["code"], problem["status"]) == ("incomplete", 409)
    assert [one["pointer"] for one in problem["errors"]] == ["/draft/priceIds"]
    for one in (items[0], items[4]):
        assert (await service.ended({"id": one["publicationId"]}))["status"] == "PUBLISHED"
    assert found(await service.get(f"/offerings/{bare['id']}"))["status"] == "DRAFT"
    assert (await service.counts())["publication"] == 2


async def test_with_a_key_twice_is_once(service: Service) -> None:
    one, bare = await service.drafted(), await service.drafted(name="Bare", priceIds=[])
    first = await ask(service, (one["id"], 1), (bare["id"], 1), idempotency_key="one")
    second = await ask(service, (one["id"], 1), (bare["id"], 1), idempotency_key="one")
    assert (second.status_code, second.content) == (200, first.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert (await service.counts())["publication"] == 1
    other = await ask(service, (one["id"], 2), idempotency_key="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_bounds(stalled: Service) -> None:
    before = await stalled.counts()
    for number in (0, 101):
        answer = await ask(stalled, *((str(uuid4()), 1) for _ in range(number)))
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/offerings"]
    answer = await stalled.post("/publications", {"offerings": [{"id": "x"}]}, role="publisher")
    assert answer.status_code == 422
    assert (await stalled.post("/publications", {"offerings": []}, role="author")).status_code == 403
    assert await stalled.counts() == before
