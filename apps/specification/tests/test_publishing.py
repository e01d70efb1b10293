"""The step of the publish process over Postgres, with the real characteristic service, and its preflight."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from apps.specification.tests.conftest import SECRET, Service
from apps.specification.tests.test_outages import WAITING, hang
from kernel.errors import NotHeard, Rejected, RuleBroken, Unavailable
from kernel.messaging import Malformed
from kernel.process import ExternalTask, Variables
from kernel.workers import MOST_LATE_TRIES, next_try
from specification_app.tasks import tasks

GOOD: dict[str, Any] = {"ram": 16, "colours": ["blue"]}
BAD: dict[str, Any] = {"ram": 0.5, "colours": ["red", "green", "pink"], "weight": 3}
FAULTS = [
    ("type", "/values/ram"),
    ("not_allowed", "/values/colours/2"),
    ("not_allowed", "/values/colours/1"),
    ("foreign", "/values/weight"),
]


def requested(specification: str, values: Any, **changed: Any) -> dict[str, Any]:
    """An offering of which a publication was requested."""
    draft = {"name": "X", "specificationId": specification, "priceIds": [], "values": values}
    return {
        **{"id": str(uuid4()), "key": "phone-x", "version": 2, "status": "PUBLISHING", "draft": draft},
        **{"live": None, "publicationId": str(uuid4()), **changed},
    }


def task(offering: dict[str, Any], **changed: Any) -> ExternalTask:
    """What the engine hands out for it."""
    variables = {
        **{
            "publicationId": offering["publicationId"],
            "offeringId": offering["id"],
            "offeringKey": "phone-x",
        },
        **{"offeringVersion": offering["version"], "priceIds": "", "requestedBy": "ann", **changed},
    }
    return ExternalTask(
        id="1",
        topic="specification.validate",
        activity="validate",
        business_key=offering["publicationId"],
        variables=variables,
    )


async def do(service: Service, offering: dict[str, Any], **changed: Any) -> Variables:
    """Do the step."""
    return await tasks(service.container).do(task(offering, **changed))


def faults(problems: Any) -> list[tuple[str, str]]:
    """Code and place of each."""
    return [(one.code, one.pointer) for one in problems]


async def preflight(service: Service, id: str, values: Any) -> list[tuple[str, str]]:
    """What somebody is told who asks before publishing."""
    wanted = {"values": values, "publishing": True}
    answer = await service.post(f"/specifications/{id}/check", wanted, role="reader")
    assert answer.status_code == 200, answer.text
    return [(one["code"], one["pointer"]) for one in answer.json()["problems"]]


async def test_a_draft_that_fits_passes_and_nothing_is_written(service: Service) -> None:
    one = await service.activated()
    offering = requested(one["id"], GOOD)
    await service.hear("publication.requested.v1", offering)
    before = await service.counts()
    assert before["publication"] == 1
    for _ in range(2):
        assert await do(service, offering) == {"specificationVersion": 2}
    assert await service.counts() == before
    assert await preflight(service, one["id"], GOOD) == []


async def test_many_deliveries_at_a_time_are_as_good_as_one(service: Service) -> None:
    offering = requested((await service.activated())["id"], GOOD)
    await service.hear("publication.requested.v1", offering)
    told = await asyncio.gather(*(do(service, offering) for _ in range(8)))
    assert told == [{"specificationVersion": 2}] * 8
    assert len(service.issuer.forms) == 1


async def test_it_asks_with_a_token_of_its_own(service: Service) -> None:
    offering = requested((await service.activated())["id"], GOOD)
    await service.hear("publication.requested.v1", offering)
    await do(service, offering)
    await do(service, offering)
    form = {"grant_type": ["client_credentials"], "client_id": ["specification"], "client_secret": [SECRET]}
    assert service.issuer.forms == [form]
    own = {request.headers["authorization"] for request in service.way.requests}
    assert len(service.way.requests) == 2
    assert own == {f"Bearer {await service.container.credential().token()}"}


async def test_all_problems_are_reported_at_once(service: Service) -> None:
    one = await service.activated()
    offering = requested(one["id"], BAD)
    await service.hear("publication.requested.v1", offering)
    before = await service.counts()
    with pytest.raises(Rejected) as rejected:
        await do(service, offering)
    assert (rejected.value.code, faults(rejected.value.problems)) == ("SPECIFICATION_INVALID", FAULTS)
    assert rejected.value.message.startswith("The offering cannot be published, for 4 reasons, of which")
    assert await service.counts() == before
    assert await preflight(service, one["id"], BAD) == FAULTS


async def test_only_with_an_active_specification(service: Service) -> None:
    one = await service.defined()
    offering, inactive = requested(one["id"], GOOD), [("not_active", "/specificationId")]
    address = f"/specifications/{one['id']}"
    await service.hear("publication.requested.v1", offering)
    for version, status, move in ((1, "DRAFT", "activate"), (2, "ACTIVE", "retire"), (3, "RETIRED", None)):
        expected = [] if status == "ACTIVE" else inactive
        assert await preflight(service, one["id"], GOOD) == expected
        assert await preflight(service, one["id"], BAD) == [*expected, *FAULTS]
        if expected:
            with pytest.raises(Rejected) as rejected:
                await do(service, offering)
            assert faults(rejected.value.problems) == expected
        else:
            assert await do(service, offering) == {"specificationVersion": version}
        answer = await service.post(f"{address}/check", {"values": GOOD}, role="reader")
        assert answer.json() == {"problems": []}, "whatever its status"
        if move is not None:
            assert (await service.post(f"{address}/{move}", version=version)).status_code == 200


async def test_a_specification_that_is_gone(service: Service) -> None:
    one = await service.defined()
    assert (await service.delete(f"/specifications/{one['id']}", 1)).status_code == 204
    offering = requested(one["id"], GOOD)
    await service.hear("publication.requested.v1", offering)
    with pytest.raises(Rejected) as rejected:
        await do(service, offering)
    assert faults(rejected.value.problems) == [("unknown", "/specificationId")]
    wanted = {"values": GOOD, "publishing": True}
    answer = await service.post(f"/specifications/{one['id']}/check", wanted, role="reader")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_too_many_values_for_one_question_are_a_problem(service: Service) -> None:
    one = await service.activated()
    many = {"ram": 8, "colours": ["red"] * 9995}
    offering = requested(one["id"], many)
    await service.hear("publication.requested.v1", offering)
    with pytest.raises(Rejected) as rejected:
        await do(service, offering)
    assert faults(rejected.value.problems) == [("too_many_values", "/values")]
    assert await preflight(service, one["id"], many) == [("too_many_values", "/values")]


async def test_values_are_judged_as_they_were_told(service: Service) -> None:
    ram = await service.characteristic(
        {
            "name": "Weight",
            "valueType": "decimal",
            "constraints": {"scale": 3, "max": "100000000000000000000"},
        }
    )
    one = await service.defined({"name": "Phone", "uses": [{"characteristicId": ram}]})
    await service.post(f"/specifications/{one['id']}/activate", version=1)
    for value in (0.1, 1.0, 12.125, 10**20, 12.1255, 10**20 + 1, "1.250", "1,25", True, [1], None, "a\x00b"):
        offering = requested(one["id"], {"weight": value})
        await service.hear("publication.requested.v1", offering)
        before = await preflight(service, one["id"], {"weight": value})
        try:
            await do(service, offering)
        except Rejected as error:
            after = faults(error.problems)
        else:
            after = []
        assert after == before, value


async def test_what_was_not_heard_yet_is_tried_again(service: Service) -> None:
    offering = requested((await service.activated())["id"], GOOD)
    with pytest.raises(NotHeard) as refused:
        await do(service, offering)
    assert next_try(refused.value, None)[0] == MOST_LATE_TRIES - 1
    assert (service.way.requests, service.issuer.forms) == ([], [])
    await service.hear("publication.requested.v1", offering)
    assert await do(service, offering) == {"specificationVersion": 2}


@pytest.mark.parametrize(
    ("type", "status"),
    [
        ("publication.rejected.v1", "DRAFT"),
        ("offering.published.v1", "PUBLISHED"),
        ("offering.deleted.v1", "DRAFT"),
    ],
)
async def test_what_has_ended_is_forgotten_and_not_judged(service: Service, type: str, status: str) -> None:
    one = await service.activated()
    offering = requested(one["id"], GOOD)
    ended = {**offering, "version": 3, "status": status}
    await service.hear("publication.requested.v1", offering)
    await service.hear(type, ended)
    await service.hear(type, ended)  # told once more, as another message
    await service.hear("publication.requested.v1", offering)  # late
    (row,) = await service.rows("select * from publication")
    assert str(row.pop("offering_id")) == offering["id"]
    assert str(row.pop("publication_id")) == offering["publicationId"]
    assert row == {"version": 3, "draft": None}
    with pytest.raises(RuleBroken) as refused:
        await do(service, offering)
    assert refused.value.code == "publication_ended"
    assert service.way.requests == []
    users = await service.rows("select user_key, used from usage")
    used = [] if type == "offering.deleted.v1" else [one["id"]]
    assert [(row["user_key"], [str(id) for id in row["used"]]) for row in users] == [("phone-x", used)]


async def test_ten_publications_of_an_offering_are_one_row(service: Service) -> None:
    one, id = await service.activated(), str(uuid4())
    for version in range(2, 22, 2):
        offering = requested(one["id"], {**GOOD, "ram": version}, id=id, version=version)
        await service.hear("publication.requested.v1", offering)
        assert await do(service, offering) == {"specificationVersion": 2}
        ended = {**offering, "version": version + 1, "status": "DRAFT"}
        await service.hear("publication.rejected.v1", ended)
    assert (await service.counts())["publication"] == 1


DISBELIEVED = "The platform's own sign-in was not believed; it is tried again with a new one."
FORBIDDEN = "The platform's own account may not ask for characteristics: an operator has to allow it."


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"aud": ["specification"]}, DISBELIEVED),
        ({"aud": ["characteristic"], "roles": []}, FORBIDDEN),
    ],
)
async def test_that_the_platform_may_not_ask_is_no_fault_of_the_offering(
    service: Service, claims: dict[str, Any], said: str
) -> None:
    offering = requested((await service.activated())["id"], BAD)
    await service.hear("publication.requested.v1", offering)
    allowed, service.issuer.claims = service.issuer.claims, claims
    with pytest.raises(Unavailable) as away:
        await do(service, offering)
    assert away.value.message == said
    assert len(service.way.requests) == 1
    service.issuer.claims = allowed
    await asyncio.sleep(1.0)  # for so long the issuer is not asked again
    with pytest.raises(Unavailable):
        await do(service, offering)
    with pytest.raises(Rejected):  # by a new token, long before the life of the last is over
        await do(service, offering)
    assert len(service.issuer.forms) == 2


async def busy(_: httpx.Request) -> httpx.Response:
    """A service that says it cannot."""
    return httpx.Response(503)


async def test_while_others_are_away_nothing_is_judged(service: Service) -> None:
    offering = requested((await service.activated())["id"], BAD)
    await service.hear("publication.requested.v1", offering)
    service.issuer.away = True
    with pytest.raises(Unavailable, match="cannot prove themselves"):
        await do(service, offering)
    assert service.way.requests == []
    service.issuer.away, service.way.fault = False, busy
    await asyncio.sleep(1.0)  # for so long the issuer is not asked again
    with pytest.raises(Unavailable, match="characteristic service does not answer"):
        await do(service, offering)


async def test_while_it_hangs_no_transaction_waits(service: Service) -> None:
    offering = requested((await service.activated())["id"], GOOD)
    await service.hear("publication.requested.v1", offering)
    service.way.fault = hang
    doing = asyncio.create_task(do(service, offering))
    while not service.way.requests:  # noqa: ASYNC110  # the way does not tell when it changes
        await asyncio.sleep(0.01)
    assert await service.rows(WAITING) == []
    with pytest.raises(Unavailable):
        await doing


async def test_variables_that_were_not_agreed_on_are_told_by_name(service: Service) -> None:
    offering = requested((await service.activated())["id"], GOOD)
    with pytest.raises(Malformed, match="offeringVersion"):
        await do(service, offering, offeringVersion="two")
    assert tasks(service.container).topics == {"specification.validate": {"SPECIFICATION_INVALID"}}
