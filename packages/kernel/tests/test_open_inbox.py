"""An inbox to which everything is new, for effects that guard themselves."""

import pytest

from kernel.domain import new_id
from kernel.inbox import OpenInbox


async def test_everything_is_new_each_time() -> None:
    inbox, event = OpenInbox(), new_id()
    for _ in range(3):
        async with inbox.once("store", event) as fresh:
            assert fresh


async def test_beginnings_without_an_end_are_counted_until_there_is_one() -> None:
    inbox, event = OpenInbox(), new_id()
    assert [await inbox.suspect("store", event) for _ in range(3)] == [0, 1, 2]
    assert await inbox.suspect("other", event) == 0
    with pytest.raises(LookupError):
        async with inbox.once("store", event):
            raise LookupError
    assert await inbox.suspect("store", event) == 3
    async with inbox.once("store", event):
        pass
    assert await inbox.suspect("store", event) == 0
    assert await inbox.suspect("other", event) == 1


async def test_a_handling_that_failed_is_no_crash() -> None:
    inbox, event = OpenInbox(), new_id()
    for _ in range(3):
        assert await inbox.suspect("store", event) == 0
        await inbox.acquit("store", event)


async def test_an_heir_s_count_is_asked_only_about_what_came_again() -> None:
    asked = list[str]()

    class Lasting(OpenInbox):
        async def acquit(self, consumer: str, event: object) -> None:
            asked.append(consumer)

    inbox, event = Lasting(), new_id()
    async with inbox.once("store", event):
        pass
    assert asked == []
    await inbox.suspect("store", event)
    async with inbox.once("store", event):
        pass
    assert asked == ["store"]
