"""Lists of offerings over HTTP: filters, orders, pages, and what is refused."""

import pytest

from apps.offering.tests.conftest import GALAXY, Service


async def test_lists_are_filtered_sorted_and_paged(service: Service) -> None:
    for number in range(5):
        await service.drafted(name=f"Galaxy {number}")
    sold = await service.published(name="Weight", category="tools")
    await service.put(f"/offerings/{sold['id']}", {**GALAXY, "name": "Scales", "category": ""}, 3)
    answer = await service.get("/offerings?status=DRAFT&sort=-name&size=2&page=2")
    assert answer.status_code == 200, answer.text
    assert [one["key"] for one in answer.json()["items"]] == ["galaxy-2", "galaxy-1"]
    assert (answer.json()["total"], answer.json()["next"]) == (5, 3)
    for query, keys in {
        "name=~SCALE": ["weight"],
        "name=Weight": [],
        "key=galaxy-3": ["galaxy-3"],
        "key=weight,none,galaxy-3&sort=key": ["galaxy-3", "weight"],
        "status=PUBLISHED": ["weight"],
        "category=tools": [],
        "category=": ["weight"],
        "category=~phones&name=~1": ["galaxy-1"],
        "sort=category,-key&size=3": ["weight", "galaxy-4", "galaxy-3"],
        "sort=-status,key&size=2": ["weight", "galaxy-0"],
        "sort=-createdAt&size=1": ["weight"],
        "sort=-modifiedAt&size=1": ["weight"],
    }.items():
        items = (await service.get(f"/offerings?{query}")).json()["items"]
        assert [one["key"] for one in items] == keys, query


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("size=101", "/query/size"),
        ("sort=draft", "/query/sort"),
        ("publicationId=x", "/query/publicationId"),
        ("status=published", "/query/status"),
        ("category=%00", "/query/category"),
    ],
)
async def test_a_list_that_cannot_be_is_refused(service: Service, query: str, pointer: str) -> None:
    answer = await service.get(f"/offerings?{query}")
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
