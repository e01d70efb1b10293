"""A publication's prices: the tasks of its process, and what is heard of its offering."""

import asyncio
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.pricing.tests.conftest import MONTHLY, Service
from kernel.auth import PLATFORM
from kernel.errors import Rejected, RuleBroken
from kernel.messaging import Malformed

FIBRE = str(uuid4())


def request(*prices: dict[str, Any], version: int = 2, **more: Any) -> dict[str, Any]:
    """The variables of a process that publishes fibre by these prices."""
    return {
        "publicationId": str(uuid4()),
        "offeringId": FIBRE,
        "offeringKey": "fibre",
        "offeringVersion": version,
        "specificationId": str(uuid4()),
        "priceIds": ",".join(one["id"] for one in prices),
        "requestedBy": "publisher",
        "traceparent": "",
        "correlationId": "c",
        **more,
    }


def offering(wanted: dict[str, Any], version: int, **more: Any) -> dict[str, Any]:
    """The offering as it is told of after the publication, as if that had succeeded."""
    live = {"name": "Fibre", "priceIds": wanted["priceIds"].split(",")}
    told = {"id": FIBRE, "key": "fibre", "version": version, "draft": None, "live": live}
    return {**told, "publicationId": wanted["publicationId"], **more}


async def holds(service: Service, *prices: dict[str, Any]) -> list[list[tuple[str, bool]]]:
    """Of each price: the publications that hold it, and whether without an end."""
    shown = [(await service.get(f"/prices/{one['id']}")).json() for one in prices]
    return [[(hold["publicationId"], hold["expiresAt"] is None) for hold in one["holds"]] for one in shown]


@pytest.fixture
async def two(service: Service) -> list[dict[str, Any]]:
    """Two prices."""
    return [await service.defined(), await service.defined(MONTHLY)]


async def test_from_the_lock_to_the_sale_and_its_end(service: Service, two: list[dict[str, Any]]) -> None:
    wanted = request(*two)
    own = wanted["publicationId"]
    assert await service.do("pricing.lock-prices", **wanted) == {"lockedPrices": 2}
    shown = (await service.get(f"/prices/{two[0]['id']}")).json()
    assert (shown["locked"], shown["modifiedBy"], shown["holds"][0]["offeringKey"]) == (
        True,
        "platform",
        "fibre",
    )
    left = datetime.fromisoformat(shown["holds"][0]["expiresAt"]) - await service.now()
    assert timedelta(hours=23, minutes=59) < left < timedelta(days=1)
    await service.hear("offering.published.v1", offering(wanted, 3))
    assert await holds(service, *two) == [[(own, True)]] * 2
    answer = await service.delete(f"/prices/{two[0]['id']}", 3)
    assert (answer.status_code, answer.json()["code"]) == (409, "locked")
    await service.hear("offering.retired.v1", offering(wanted, 4))
    assert await holds(service, *two) == [[]] * 2
    answer = await service.delete(f"/prices/{two[0]['id']}", 4)
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    await service.hear("offering.published.v1", offering(wanted, 3))  # late, so it says nothing
    assert await holds(service, *two) == [[]] * 2
    assert await service.events() == [
        *["price.defined.v1"] * 2,
        *["price.locked.v1"] * 4,
        *["price.released.v1"] * 2,
    ]


async def test_an_undone_publication_leaves_nothing(service: Service, two: list[dict[str, Any]]) -> None:
    wanted = request(*two)
    await service.do("pricing.lock-prices", **wanted)
    assert await service.do("pricing.release-prices", **wanted, errorCode="PRICE_EXPIRED") == {}
    assert await holds(service, *two) == [[]] * 2
    before = await service.counts()
    with pytest.raises(RuleBroken) as refusal:
        await service.do("pricing.lock-prices", **wanted)
    assert refusal.value.code == "publication_ended"
    await service.do("pricing.release-prices", **wanted)
    await service.hear("publication.rejected.v1", offering(wanted, 3))
    assert await service.counts() == before


async def test_an_undo_that_comes_first_is_remembered(service: Service, two: list[dict[str, Any]]) -> None:
    wanted = request(*two)
    await service.do("pricing.release-prices", **wanted)
    with pytest.raises(RuleBroken):
        await service.do("pricing.lock-prices", **wanted)
    assert await holds(service, *two) == [[]] * 2
    rows = await service.rows("select * from sale")
    assert [(str(row["offering_id"]), row["requested"], row["pending"]) for row in rows] == [(FIBRE, 2, None)]


async def test_a_rejection_that_is_heard_releases(service: Service, two: list[dict[str, Any]]) -> None:
    wanted = request(*two)
    await service.do("pricing.lock-prices", **wanted)
    await service.hear("publication.rejected.v1", offering(wanted, 3))
    assert await holds(service, *two) == [[]] * 2


async def test_a_price_that_is_missing_is_told_to_the_process(
    service: Service, two: list[dict[str, Any]]
) -> None:
    nobody = {"id": str(uuid4())}
    before = await service.counts()
    with pytest.raises(Rejected) as refusal:
        await service.do("pricing.lock-prices", **request(two[0], nobody, two[1]))
    assert refusal.value.code == "PRICE_MISSING"
    assert [one.pointer for one in refusal.value.problems] == ["/priceIds/1"]
    assert await service.counts() == before
    assert await service.rows("select * from sale") == []


async def test_a_price_that_has_expired_is_told_to_the_process(
    service: Service, two: list[dict[str, Any]]
) -> None:
    over = await service.defined(name="Over", validFor={"from": None, "to": "2026-01-31T00:00:00Z"})
    with pytest.raises(Rejected) as refusal:
        await service.do("pricing.lock-prices", **request(*two, over))
    assert refusal.value.code == "PRICE_EXPIRED"
    assert [one.pointer for one in refusal.value.problems] == ["/priceIds/2"]
    assert await holds(service, *two) == [[]] * 2


async def test_a_price_that_too_many_hold_is_told_to_the_process_and_before(
    service: Service, two: list[dict[str, Any]]
) -> None:
    """But who is sold by it can be published again."""
    wanted = request(*two)
    await service.do("pricing.lock-prices", **wanted)
    await service.hear("offering.published.v1", offering(wanted, 3))
    async with service.container.begin()(PLATFORM) as work:
        full, now = await work.prices.get(UUID(two[1]["id"])), await work.now()
        for _ in range(999):
            full.pull_event()
            full.hold(offering_id=uuid4(), offering_key=None, publication_id=uuid4(), seconds=60, now=now)
        await work.prices.save(full)
    before = await service.counts()
    other = {**request(*two), "offeringId": str(uuid4())}
    with pytest.raises(Rejected) as refusal:
        await service.do("pricing.lock-prices", **other)
    said = "The price monthly-fee is held 1000 times, and 1000 is the most"
    message = f"{said}: define a price of its own for this offering."
    problem = {"code": "PRICE_CROWDED", "message": message, "pointer": "/priceIds/1"}
    assert (refusal.value.code, refusal.value.message) == ("PRICE_CROWDED", message)
    assert [asdict(one) for one in refusal.value.problems] == [problem]
    ids = [one["id"] for one in two]
    for asked, problems in (
        ({}, [problem]),
        ({"offeringId": other["offeringId"]}, [problem]),
        ({"offeringId": FIBRE}, []),
    ):
        answer = await service.post("/prices/check", {"ids": ids, **asked}, role="reader")
        assert (answer.status_code, answer.json()) == (200, {"problems": problems})
    assert await service.counts() == before
    again = request(*two, version=4)
    assert await service.do("pricing.lock-prices", **again) == {"lockedPrices": 2}
    await service.hear("offering.published.v1", offering(again, 5))
    held = await holds(service, *two)
    assert held[0] == [(again["publicationId"], True)]
    assert len(held[1]) == 1000


async def test_variables_that_were_not_agreed_on_are_malformed(service: Service) -> None:
    with pytest.raises(Malformed, match="priceIds"):
        await service.do("pricing.lock-prices", **request({"id": "fee"}))
    assert await service.rows("select * from sale") == []


async def test_a_price_that_is_gone_does_not_keep_the_others_from_being_held(
    service: Service, two: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = request(*two)
    assert (await service.delete(f"/prices/{two[0]['id']}", 1)).status_code == 204
    await service.hear("offering.published.v1", offering(wanted, 3))
    assert await holds(service, two[1]) == [[(wanted["publicationId"], True)]]
    assert "price.gone" in capsys.readouterr().out


async def test_an_event_and_a_step_at_once(service: Service, two: list[dict[str, Any]]) -> None:
    """Another worker does the first step again while the offering is live already."""
    for version in range(2, 22, 2):
        wanted = request(*two, version=version)
        await service.do("pricing.lock-prices", **wanted)
        await asyncio.gather(
            service.hear("offering.published.v1", offering(wanted, version + 1)),
            service.do("pricing.lock-prices", **wanted),
        )
        assert await holds(service, *two) == [[(wanted["publicationId"], True)]] * 2
