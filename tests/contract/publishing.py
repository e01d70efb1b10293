"""What the store hears of a publication, from its request to its end, and a store that does its part."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

import pytest

from kernel.errors import Rejected, RuleBroken
from store.domain.sources import Content, Hold, Offering, Price, Source
from store.memory import MemoryStaging
from store.ports import Staging
from store.use_cases.check import Check, CheckEntry
from store.use_cases.drop import Drop, DropEntry
from store.use_cases.keep import KeepOutcome
from store.use_cases.stage import Stage, StageEntry
from store_app.mongo.editions import MongoStore
from store_app.mongo.staging import MongoStaging
from tests.contract.catalogues import NOW, characteristic, id_of, offering, price, specification
from tests.contract.shops import Shop

PUBLICATION = UUID(int=7)


def requested(key: str, *, live: Content | None = None, version: int = 2, **said: Any) -> Offering:
    """An offering whose draft is being published, beside what is live."""
    made = offering(key, version=version, **said)
    return replace(made, status="PUBLISHING", draft=made.live, live=live, publication_id=PUBLICATION)


def confirmed(asked: Offering) -> Offering:
    """The same when it has gone live."""
    return replace(asked, version=asked.version + 1, status="PUBLISHED", draft=None, live=asked.draft)


def rejected(asked: Offering) -> Offering:
    """The same when its publication has failed; its draft is told, and of no interest."""
    status = "DRAFT" if asked.live is None else "PUBLISHED"
    return replace(asked, version=asked.version + 1, status=status)


def held(key: str, amount: str = "10", *, by: UUID = PUBLICATION, version: int = 2) -> Price:
    """A price that a publication holds."""
    other = Hold(publication_id=id_of("somebody-else"))
    return price(key, amount, version=version, holds=(other, Hold(publication_id=by)))


def checked(asked: Offering) -> Check:
    """The same content, to be checked."""
    assert asked.draft is not None
    return Check(**vars(asked.draft), key=asked.key)


COLOUR, PHONE, FEE = characteristic("colour"), specification("phone", "colour"), held("fee")
ASKED = requested("fibre", values={"colour": "red"}, category="phones")
HEARD: Sequence[Source] = (COLOUR, PHONE, FEE, ASKED)
WANTED = Stage(publication_id=PUBLICATION, offering_id=ASKED.id, offering_version=2)


@dataclass(frozen=True)
class Publishing:
    """The store while something is published."""

    shop: Shop
    staging: Staging

    @classmethod
    def of(cls, shop: Shop) -> Self:
        """With what is staged beside the shop, where that is."""
        on_mongo = isinstance(shop.store, MongoStore)
        return cls(shop, MongoStaging(shop.store) if on_mongo else MemoryStaging())  # type: ignore[arg-type]

    async def stage(self, wanted: Stage = WANTED) -> None:
        await StageEntry(self.shop.store, self.staging, lambda: NOW)(wanted)

    async def drop(self) -> None:
        await DropEntry(self.staging)(Drop(publication_id=PUBLICATION))

    async def outcome(self, heard: Offering) -> None:
        await KeepOutcome(self.shop.store, lambda: None, self.staging)(heard)

    async def check(self, wanted: Check) -> list[tuple[str, str]]:
        problems = (await CheckEntry(self.shop.store, lambda: NOW)(wanted)).problems
        return [(one.code, one.pointer) for one in problems]

    async def refused(self, wanted: Stage = WANTED) -> list[tuple[str, str]]:
        """What staging is rejected for; nothing is staged then, and it may be tried again."""
        with pytest.raises(Rejected) as refused:
            await self.stage(wanted)
        assert refused.value.code == "ENTRY_REFUSED"
        await self.nothing_is_staged(ended=False)
        return [(one.code, one.pointer) for one in refused.value.problems]

    async def ended(self, wanted: Stage = WANTED) -> None:
        """Staging is refused for good."""
        with pytest.raises(RuleBroken) as refused:
            await self.stage(wanted)
        assert refused.value.code == "publication_ended"
        assert await self.staging.staged(wanted.publication_id) is None

    async def nothing_is_staged(self, *, ended: bool) -> None:
        assert await self.staging.staged(PUBLICATION) is None
        assert await self.staging.ended(PUBLICATION) is ended
