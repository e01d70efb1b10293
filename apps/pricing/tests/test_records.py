"""What was written down of a price besides itself: its history, and who uses it."""

from uuid import UUID, uuid4

from apps.pricing.tests.conftest import FEE, Service
from kernel.auth import PLATFORM
from kernel.uses import Use


async def test_the_history_tells_what_has_changed_the_latest_first(service: Service) -> None:
    fee = await service.defined()
    await service.revise(fee["id"], {**FEE, "name": "Fee", "taxIncluded": True}, 1, "publisher")
    answer = await service.get(f"/prices/{fee['id']}/history")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["total"], found["next"]) == (2, None)
    revised, defined = found["items"]
    assert (revised["version"], revised["by"], revised["what"]) == (2, "publisher", "price.revised.v1")
    assert revised["changes"] == {"name": ["Set-up fee", "Fee"], "taxIncluded": [False, True]}
    assert (defined["version"], defined["by"], defined["what"]) == (1, "author", "price.defined.v1")
    assert defined["changes"]["name"] == [None, "Set-up fee"]
    assert revised["at"] > defined["at"]


async def test_the_history_comes_in_pages_and_outlives_the_price(service: Service) -> None:
    fee = await service.defined()
    await service.delete(f"/prices/{fee['id']}", 1)
    pages = [
        (await service.get(f"/prices/{fee['id']}/history?size=1&page={page}")).json() for page in (1, 2, 3)
    ]
    assert [[one["what"] for one in page["items"]] for page in pages] == [
        ["price.deleted.v1"],
        ["price.defined.v1"],
        [],
    ]
    assert [(page["total"], page["next"]) for page in pages] == [(2, 2), (2, None), (2, None)]


async def test_of_what_never_was_there_is_no_history(service: Service) -> None:
    answer = await service.get(f"/prices/{uuid4()}/history")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_users_are_told_by_kind_and_key(service: Service) -> None:
    fee = await service.defined()
    users = [Use(kind="offering", id=uuid4(), key=key) for key in ("mobile-s", "fibre")]
    async with service.container.begin()(PLATFORM) as work:
        for user in users:
            await work.uses.note(user, 1, [UUID(fee["id"])])
    answer = await service.get(f"/prices/{fee['id']}/users")
    assert answer.json() == {
        "items": [{"kind": "offering", "id": str(one.id), "key": one.key} for one in (users[1], users[0])]
    }
    assert (await service.get(f"/prices/{uuid4()}/users")).json() == {"items": []}


async def test_strangers_are_told_nothing(service: Service) -> None:
    for what in ("history", "users"):
        assert (await service.http.get(f"/prices/{uuid4()}/{what}")).status_code == 401
