"""Who uses what: one suite, on memory and on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import pytest
from sqlalchemy import text

from characteristic.memory import Memory
from characteristic_app.postgres import Postgres
from kernel.auth import PLATFORM, Principal
from kernel.domain import new_id
from kernel.sql import Bell, Database
from kernel.uses import Use, Uses

PHONE, LAPTOP = (Use(kind="specification", id=new_id(), key=key) for key in ("phone", "laptop"))
COLOUR, RAM, WEIGHT = new_id(), new_id(), new_id()


class Work(Protocol):
    """A work that has uses."""

    @property
    def uses(self) -> Uses: ...


class Begin(Protocol):
    """Opens one."""

    def __call__(self, by: Principal, /) -> AbstractAsyncContextManager[Work]: ...


@dataclass(frozen=True)
class Known:
    """What is known, each time in a work of its own."""

    begin: Begin

    async def note(self, user: Use, version: int, *used: UUID) -> None:
        async with self.begin(PLATFORM) as work:
            await work.uses.note(user, version, used)

    async def users(self, id: UUID) -> list[Use]:
        async with self.begin(PLATFORM) as work:
            return sorted(await work.uses.of(id), key=lambda use: use.key)


@pytest.fixture
async def known(place: str) -> AsyncIterator[Known]:
    if not place:
        yield Known(Memory())
        return
    async with Database(place, service="tests") as database:
        async with Postgres(database, Bell(database)) as begin:
            yield Known(begin)
        async with database.begin() as connection:
            await connection.execute(text("truncate usage"))


async def test_each_thing_has_its_users(known: Known) -> None:
    await known.note(PHONE, 1, COLOUR, RAM)
    await known.note(LAPTOP, 1, RAM)
    assert await known.users(COLOUR) == [PHONE]
    assert await known.users(RAM) == [LAPTOP, PHONE]
    assert await known.users(WEIGHT) == []


async def test_a_later_version_replaces_and_an_earlier_or_equal_one_says_nothing(known: Known) -> None:
    await known.note(PHONE, 2, COLOUR)
    await known.note(PHONE, 1, RAM)
    await known.note(PHONE, 2, WEIGHT)
    assert [await known.users(id) for id in (COLOUR, RAM, WEIGHT)] == [[PHONE], [], []]
    renamed = Use(kind=PHONE.kind, id=PHONE.id, key="smartphone")
    await known.note(renamed, 5, RAM, WEIGHT)
    assert [await known.users(id) for id in (COLOUR, RAM, WEIGHT)] == [[], [renamed], [renamed]]


async def test_who_uses_nothing_any_more_is_remembered(known: Known) -> None:
    await known.note(PHONE, 3)
    await known.note(PHONE, 2, COLOUR)
    assert await known.users(COLOUR) == []


async def test_users_of_different_kinds_may_have_one_id(known: Known) -> None:
    offering = Use(kind="offering", id=PHONE.id, key="an-offering")
    await known.note(PHONE, 1, COLOUR)
    await known.note(offering, 1, COLOUR)
    assert await known.users(COLOUR) == [offering, PHONE]


async def test_a_work_that_raises_has_noted_nothing(known: Known) -> None:
    async def fail() -> None:
        async with known.begin(PLATFORM) as work:
            await work.uses.note(PHONE, 1, [COLOUR])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await known.users(COLOUR) == []
