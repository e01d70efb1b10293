"""One entry by its key, and reading what one has written."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from kernel.errors import Conflict, NotFound
from store.domain.sources import Content, Copy, Offering, Price, Rate, Specification
from store.memory import MemoryStore
from store.use_cases.get import GetEntry

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PHONE, FEE, OFFER = (UUID(int=number) for number in range(1, 4))


def said(id: UUID, key: str, version: int = 1) -> dict[str, Any]:
    return {"id": id, "key": key, "version": version, "modified_at": NOW}


def offering(version: int, status: str = "PUBLISHED") -> Offering:
    content = Content(name=f"Version {version}", specification_id=PHONE, price_ids=(FEE,))
    return Offering(**said(OFFER, "offer", version), status=status, live=content)


@pytest.fixture
async def store() -> MemoryStore:
    """A store in which an offering is for sale in version 3."""
    store = MemoryStore()
    price = Price(**said(FEE, "fee"), name="Fee", kind="ONE_TIME", money=Rate(amount=5, currency="EUR"))  # type: ignore[arg-type]
    for source in (Specification(**said(PHONE, "phone"), name="Phone"), price, offering(3)):
        await store.keep(Copy(source=source))
    await store.refresh(NOW)
    return store


async def test_what_is_for_sale_is_told(store: MemoryStore) -> None:
    assert (await GetEntry(store)("offer")).name == "Version 3"
    assert (await GetEntry(store)("offer", 2)).version == 3


async def test_what_is_not_for_sale_is_not_found(store: MemoryStore) -> None:
    with pytest.raises(NotFound):
        await GetEntry(store)("other")
    await store.keep(Copy(source=offering(4, "RETIRED")))
    await store.refresh(NOW)
    with pytest.raises(NotFound):
        await GetEntry(store)("offer")


async def test_who_has_written_waits_for_what_they_wrote(store: MemoryStore) -> None:
    async def written() -> None:
        await asyncio.sleep(0.05)
        await store.keep(Copy(source=offering(4)))
        await store.refresh(NOW)

    found, _ = await asyncio.gather(GetEntry(store)("offer", 4), written())
    assert found.version == 4


async def test_nobody_waits_for_ever(store: MemoryStore) -> None:
    with pytest.raises(Conflict) as refused:
        await GetEntry(store, patience=0.05)("offer", 4)
    assert refused.value.code == "behind"
