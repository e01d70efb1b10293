"""Lists, and who may see and do what."""

from uuid import uuid4

import pytest

from apps.specification.tests.conftest import Service


async def test_lists_are_filtered_sorted_and_paged(service: Service) -> None:
    wanted = await service.phone()
    for number in range(4):
        await service.defined({**wanted, "name": f"Phone {number}"})
    laptop = await service.defined({**wanted, "name": "Laptop"})
    await service.post(f"/specifications/{laptop['id']}/activate", version=1)
    answer = await service.get("/specifications?status=DRAFT&sort=-name&size=2&page=1")
    assert answer.status_code == 200, answer.text
    assert [one["name"] for one in answer.json()["items"]] == ["Phone 3", "Phone 2"]
    assert (answer.json()["total"], answer.json()["next"]) == (4, 2)
    for query, names in {
        "name=~LAP": ["Laptop"],
        "name=Laptop": ["Laptop"],
        "key=phone-2": ["Phone 2"],
        "status=ACTIVE": ["Laptop"],
        "sort=status,-key": ["Laptop", "Phone 3", "Phone 2", "Phone 1", "Phone 0"],
        "sort=-modifiedAt&size=1": ["Laptop"],
        "sort=createdAt&size=1": ["Phone 0"],
    }.items():
        found = (await service.get(f"/specifications?{query}")).json()
        assert [one["name"] for one in found["items"]] == names, query


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("size=101", "/query/size"),
        ("sort=uses", "/query/sort"),
        ("nam=Phone", "/query/nam"),
        ("status=active", "/query/status"),
        ("name=%00", "/query/name"),
    ],
)
async def test_a_list_that_cannot_be_is_refused(service: Service, query: str, pointer: str) -> None:
    answer = await service.get(f"/specifications?{query}")
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_readers_only_read(service: Service) -> None:
    wanted = await service.phone()
    one = await service.defined(wanted)
    before, address = await service.counts(), f"/specifications/{one['id']}"
    for answer in (
        await service.post("/specifications", wanted, role="reader"),
        await service.put(address, wanted, 1, role="reader"),
        await service.post(f"{address}/activate", version=1, role="reader"),
        await service.post(f"{address}/retire", version=1, role="reader"),
        await service.delete(address, 1, role="reader"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await service.http.get(address)).status_code == 401
    assert service.way.requests == []
    assert await service.counts() == before


async def test_without_a_token_nothing_is_said(service: Service) -> None:
    headers = {"content-type": "application/json", "idempotency-key": "no key", "if-match": "no version"}
    for path in ("", f"/{uuid4()}", "/x/activate", "/x/retire", "/x/check"):
        for method in ("GET", "POST", "PUT", "DELETE"):
            answer = await service.http.request(
                method, f"/specifications{path}?page=x", content=b"{", headers=headers
            )
            assert answer.status_code in (401, 405), (method, path)
    assert service.way.requests == []


async def test_an_unknown_one_is_not_found(service: Service) -> None:
    wanted, address = await service.phone(), f"/specifications/{uuid4()}"
    for answer in (
        await service.get(address),
        await service.put(address, wanted, 1),
        await service.post(f"{address}/activate", version=1),
        await service.post(f"{address}/retire", version=1),
        await service.delete(address, 1),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await service.get("/specifications/phone")).status_code == 422
