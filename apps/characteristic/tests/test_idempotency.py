"""`Idempotency-Key`: one effect and one reply, however often a request is sent, whoever dies in between."""

import asyncio
from collections import Counter

import pytest

from apps.characteristic.tests.conftest import COLOUR, FORGE, Service
from tests.service import running


async def test_the_same_request_again_has_the_same_reply_and_no_effect(service: Service) -> None:
    first = await service.define(idempotency_key="one")
    second = await service.define(idempotency_key="one")
    assert first.status_code == second.status_code == 201
    assert second.content == first.content
    for name in ("etag", "location", "content-type"):
        assert second.headers[name] == first.headers[name]
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (
        False,
        "true",
    )
    assert await service.counts() == {
        "characteristic": 1,
        "event_log": 1,
        "audit": 1,
        "reply": 1,
    }


async def test_of_fifty_at_once_one_has_an_effect(service: Service) -> None:
    answers = await asyncio.gather(*(service.define(idempotency_key="one") for _ in range(50)))
    said = Counter(answer.status_code for answer in answers)
    assert said[201] >= 1
    assert said[201] + said[409] + said[503] == 50
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    refusals = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refusals <= {"idempotency_key_in_flight"}
    assert await service.counts() == {
        "characteristic": 1,
        "event_log": 1,
        "audit": 1,
        "reply": 1,
    }
    assert (await service.define(idempotency_key="one")).status_code == 201


async def test_the_key_of_another_request_is_refused(service: Service) -> None:
    await service.define(idempotency_key="one")
    answer = await service.define({**COLOUR, "name": "Other"}, idempotency_key="one")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    one = (await service.rows("select id from characteristic"))[0]["id"]
    answer = await service.http.post(
        f"/characteristics/{one}/deprecate",
        headers=service.headers(if_match='"1"', idempotency_key="one"),
    )
    assert answer.status_code == 422
    assert (await service.counts())["event_log"] == 1


async def test_another_version_is_another_request(service: Service) -> None:
    one = await service.defined()
    address = f"/characteristics/{one['id']}/deprecate"
    assert (await service.post(address, version=1, idempotency_key="one")).status_code == 200
    assert (await service.post(address, version=1, idempotency_key="one")).status_code == 200
    answer = await service.post(address, version=2, idempotency_key="one")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_keys_belong_to_their_users(service: Service) -> None:
    await service.define(idempotency_key="one")
    answer = await service.http.post(
        "/characteristics",
        json={**COLOUR, "name": "Other"},
        headers=service.headers(subject="somebody-else", idempotency_key="one"),
    )
    assert answer.status_code == 201
    assert (await service.counts())["characteristic"] == 2


async def test_a_refusal_is_not_kept(service: Service) -> None:
    assert (await service.define({**COLOUR, "allowedValues": []}, idempotency_key="one")).status_code == 400
    assert await service.counts() == {
        "characteristic": 0,
        "event_log": 0,
        "audit": 0,
        "reply": 0,
    }
    assert (await service.define(idempotency_key="one")).status_code == 201


async def test_the_reply_survives_the_process(service: Service, url: str) -> None:
    first = await service.define(idempotency_key="one")
    async with running("characteristic_app", url, FORGE) as another:
        second = await another.post("/characteristics", COLOUR, idempotency_key="one")
    assert (second.status_code, second.content) == (201, first.content)
    assert (await service.counts())["characteristic"] == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "schlüssel"])
async def test_a_key_that_is_none_is_refused(service: Service, key: str) -> None:
    headers = {name.encode(): value.encode() for name, value in service.headers().items()}
    answer = await service.http.post(
        "/characteristics", json=COLOUR, headers={**headers, b"idempotency-key": key.encode()}
    )
    assert answer.status_code == 400
    assert (await service.counts())["characteristic"] == 0


async def test_a_stranger_learns_nothing_with_a_key(service: Service) -> None:
    await service.define(idempotency_key="one")
    answer = await service.http.post("/characteristics", json=COLOUR, headers={"idempotency-key": "one"})
    assert answer.status_code == 401


async def test_who_may_not_any_more_gets_no_reply_either(service: Service) -> None:
    assert (await service.define(subject="somebody", idempotency_key="one")).status_code == 201
    answer = await service.define(role="reader", subject="somebody", idempotency_key="one")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    answer = await service.define(subject="somebody", idempotency_key="one")
    assert answer.status_code == 201


async def test_looking_up_keeps_no_reply(service: Service) -> None:
    answer = await service.http.post(
        "/characteristics/lookup", json={"ids": []}, headers=service.headers("reader", idempotency_key="one")
    )
    assert answer.status_code == 200
    assert (await service.counts())["reply"] == 0
