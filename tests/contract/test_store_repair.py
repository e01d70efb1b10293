"""The store on MongoDB beside event logs: made anew, verified and mended, whatever was spoiled."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from pymongo import _csot

from kernel.errors import RuleBroken
from store.domain.search import By, Search
from store.domain.sources import Copy, Hold, Kind, Source
from store.ports import Drift
from store.use_cases.rebuild import RebuildStore
from store.use_cases.repair import RepairStore
from store.use_cases.verify import VerifyStore
from store_app.mongo import refresh
from store_app.mongo.client import LONG
from store_app.mongo.documents import digest, written_copy
from store_app.mongo.edition import MongoEdition
from store_app.mongo.editions import MongoStore
from tests.contract.catalogues import NOW, characteristic, id_of, offering, price, specification

COLOUR, PHONE, FEE = characteristic("colour"), specification("phone", "colour"), price("fee")
RED, BLUE = (offering(key, values={"colour": "red"}) for key in ("fibre", "blue"))


@dataclass
class Logs:
    """Event logs in memory. `unread` are ids of what they have and cannot read; `said` is called at each
    reading of some of them, before it."""

    copies: dict[UUID, Copy]
    unread: set[UUID] = field(default_factory=set)
    said: Callable[[], Awaitable[None]] | None = None

    @classmethod
    def of_all(cls, *sources: Source) -> "Logs":
        return cls({one.id: Copy(source=one) for one in sources})

    async def newest(self, after: Mapping[str, UUID]) -> AsyncIterator[tuple[Kind, Sequence[Copy]]]:
        for kind in Kind:
            if some := [one for one in self._of(kind) if kind not in after or one.id > after[kind]]:
                yield kind, some

    async def of(self, kind: Kind, ids: Collection[UUID]) -> Sequence[Copy]:
        if self.said is not None:
            await self.said()
        return [one for one in self._of(kind) if one.id in ids]

    async def has(self, kind: Kind, ids: Collection[UUID]) -> Collection[UUID]:
        return {one.id for one in self._of(kind) if one.id in ids} | (self.unread & set(ids))

    async def count(self) -> int:
        return len(self.copies)

    def _of(self, kind: Kind) -> list[Copy]:
        found = [one for id, one in self.copies.items() if one.source.of is kind and id not in self.unread]
        return sorted(found, key=lambda one: one.id)


@pytest.fixture
def logs() -> Logs:
    return Logs.of_all(COLOUR, PHONE, FEE, RED, BLUE)


@pytest.fixture
async def edition(mongo: MongoStore, logs: Logs) -> MongoEdition:
    """The edition that is read, as the logs say."""
    edition = await mongo.present()
    await edition.keep_all([*logs.copies.values()])
    await refreshed(edition)
    return edition


async def refreshed(edition: MongoEdition) -> None:
    while (await edition.refresh(NOW)).composed:
        pass


async def spoil(edition: MongoEdition, source: Source, /, **fields: Any) -> None:
    documents = edition.entries if source.of is Kind.OFFERING else edition.copies
    await documents.update_one({"_id": str(source.id)}, {"$set": fields})


async def verified(edition: MongoEdition, logs: Logs) -> Sequence[Drift]:
    return await VerifyStore(logs, lambda: NOW, settling=0.05)(edition, quiet)


async def mended(edition: MongoEdition, logs: Logs) -> list[tuple[UUID, str]]:
    """What was found, and is gone after it was mended."""
    found = await verified(edition, logs)
    await RepairStore(logs, lambda: NOW)(edition, found)
    assert await verified(edition, logs) == []
    return [(one.id, one.what) for one in found]


def quiet(step: str, done: int, total: int) -> None:
    """Nobody listens."""


async def test_an_edition_that_lost_something_is_mended_before_it_is_read(
    mongo: MongoStore, logs: Logs
) -> None:
    """What was noted as read is not read again."""
    number, fresh, _ = await mongo.begun()
    last = max(RED.id, BLUE.id)
    await mongo.note(number, "offering", last)
    assert await RebuildStore(mongo, logs, lambda: NOW)(quiet) == 3
    assert await fresh.size() == {"entries": 2, "stale": 0}
    assert (await mongo.present()).number == number


async def test_an_edition_that_cannot_be_mended_is_given_up(
    mongo: MongoStore, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> None:
        pass

    with monkeypatch.context() as broken:
        broken.setattr(MongoEdition, "restore", nothing)
        await mongo.begun()
        await mongo.note(2, "price", FEE.id)
        with pytest.raises(RuleBroken) as refused:
            await RebuildStore(mongo, logs, lambda: NOW)(quiet)
    assert refused.value.code == "drift"
    there = await mongo.mongo.database.list_collection_names()
    assert not [name for name in there if name.endswith("__2")]
    assert await RebuildStore(mongo, logs, lambda: NOW)(quiet) == 5
    assert (await mongo.present()).number == 3
    await mongo.abandon(3)  # it is read: nothing happens
    assert (await mongo.present()).number == 3


async def test_what_cannot_be_read_keeps_no_other_from_being_composed(edition: MongoEdition) -> None:
    for one in (RED, BLUE):
        await spoil(edition, one, stale=NOW)
    await spoil(edition, RED, source="{", name="old")
    await spoil(edition, BLUE, name="old")
    assert (await edition.refresh(NOW)).composed == 1
    assert (await edition.refresh(NOW)).composed == 0
    assert await edition.size() == {"entries": 2, "stale": 1}
    (stale,) = await edition.entries.find({"stale": {"$gt": NOW}}).to_list()  # it comes last from now on
    assert stale["_id"] == str(RED.id)


async def test_a_broken_edition_keeps_no_other_from_being_refreshed(
    mongo: MongoStore, edition: MongoEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, fresh, _ = await mongo.begun()
    refresh_one, broken = MongoEdition.refresh, 0

    async def refresh_or_fail(self: MongoEdition, now: Any) -> Any:
        if self.number == broken:
            raise ValueError("broken")
        return await refresh_one(self, now)

    monkeypatch.setattr(MongoEdition, "refresh", refresh_or_fail)
    for broken, other in ((number, edition), (edition.number, fresh)):
        await mongo.keep(Copy(source=replace(RED, version=2 + broken)))
        if broken == number:
            assert [one.version for one in (await mongo.refresh(NOW)).shown] == [2 + broken]
        else:
            with pytest.raises(ValueError, match="broken"):
                await mongo.refresh(NOW)
        assert (await other.size())["stale"] == 0


async def test_an_entry_text_that_cannot_be_read_is_made_anew(edition: MongoEdition) -> None:
    await spoil(edition, RED, entry="{", stale=NOW)
    assert [one.key for one in (await edition.refresh(NOW)).shown] == ["fibre"]
    assert await edition.find("fibre") is not None


@pytest.mark.parametrize("by", [By.NAME, By.PUBLISHED, By.PRICE, By.RELEVANCE])
async def test_an_entry_text_that_cannot_be_read_is_left_out_of_answers(
    edition: MongoEdition, by: By
) -> None:
    """Pages of one: the walk goes on behind the page that has nothing."""
    more = offering("zebra", name="Zebra")
    await edition.keep(Copy(source=more))
    await refreshed(edition)
    asked = Search(by=by, currency="EUR", limit=1)
    keys = await walked(edition, asked)
    assert len(keys) == 3
    await spoil(edition, RED, entry="{")
    assert await edition.find("fibre") is None
    assert await walked(edition, asked) == [key for key in keys if key != "fibre"]


async def walked(edition: MongoEdition, asked: Search) -> list[str]:
    found = await edition.search(asked, NOW)
    keys = [one.key for one in found.items]
    while found.next is not None:
        found = await edition.search(replace(asked, after=found.next), NOW)
        keys += [one.key for one in found.items]
    return keys


async def test_an_entry_that_nobody_composes_is_drift(edition: MongoEdition, logs: Logs) -> None:
    """Its text and what is heard of it are sound; it is only waiting, for ever."""
    await spoil(edition, RED, stale=NOW, name="old")
    assert await mended(edition, logs) == [(RED.id, "changed")]


async def test_an_entry_that_waits_again_is_no_drift(edition: MongoEdition, logs: Logs) -> None:
    await spoil(edition, RED, stale=NOW)

    async def touched() -> None:
        await edition.entries.update_one({"_id": str(RED.id)}, {"$inc": {"touched": 1}})

    logs.said = touched
    assert await verified(edition, logs) == []


async def test_a_queue_that_gets_shorter_is_waited_for(
    edition: MongoEdition, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "BATCH", 1)
    monkeypatch.setattr(refresh, "_LANES", 1)
    for one in (RED, BLUE):
        await spoil(edition, one, stale=NOW)
    seen = edition.seen

    async def composing(*asked: Any) -> Any:
        found = await seen(*asked)
        await edition.refresh(NOW)
        return found

    edition.seen = composing  # type: ignore[method-assign, assignment]
    assert await verified(edition, logs) == []


async def test_what_is_late_is_waited_for_and_what_never_comes_is_not(
    edition: MongoEdition, logs: Logs
) -> None:
    """Others go on writing: by the time the log is read again it is ahead of the edition once more."""
    late = [Copy(source=replace(one, version=2)) for one in (RED, BLUE, FEE)]
    logs.copies |= {one.id: one for one in late} | {PHONE.id: Copy(source=replace(PHONE, version=2))}
    seen, looks = edition.seen, 0

    async def hearing(*asked: Any) -> Any:
        nonlocal looks
        looks += 1
        if late and looks > 4 and looks % 2:  # not in the first look, and one at a time
            heard = late.pop()
            await edition.keep(heard)
            logs.copies[heard.id] = Copy(source=replace(heard.source, version=3))
        return await seen(*asked)

    edition.seen = hearing  # type: ignore[method-assign, assignment]
    assert [(one.id, one.what) for one in await verified(edition, logs)] == [(PHONE.id, "stale")]
    assert not late


@pytest.mark.parametrize("amount", ["10", "3"])
async def test_an_entry_made_of_an_older_price_is_drift_only_if_it_shows_so(
    edition: MongoEdition, logs: Logs, amount: str
) -> None:
    """Of a price that was only held nothing is composed anew. Here a new amount was kept and not marked."""
    held = Hold(publication_id=id_of("publication"))
    logs.copies[FEE.id] = newer = Copy(source=price("fee", amount, version=2, holds=(held,)))
    document = {**written_copy(newer), "said": {"at": 2, "shown": digest(newer), "since": 1}}
    await spoil(edition, FEE, **document)
    expected = [] if amount == "10" else sorted([(RED.id, "changed"), (BLUE.id, "changed")])
    assert sorted(await mended(edition, logs)) == expected
    entry = await edition.find("fibre")
    assert entry is not None
    assert entry.from_amounts == {"EUR": int(amount)}
    assert entry.sources[FEE.id] == (1 if amount == "10" else 2)


async def test_a_price_that_is_mended_is_composed_of(edition: MongoEdition, logs: Logs) -> None:
    """Though the note beside it says that it shows what it should."""
    await spoil(edition, FEE, **written_copy(Copy(source=price("fee", "3"))))
    await spoil(edition, RED, stale=NOW)
    await spoil(edition, BLUE, stale=NOW)
    await refreshed(edition)
    assert (FEE.id, "changed") in await mended(edition, logs)
    assert [one.from_amounts["EUR"] for one in (await edition.search(Search(), NOW)).items] == [10, 10]
    await edition.keep(Copy(source=replace(FEE, version=2)))
    assert (await edition.size())["stale"] == 0


SPOILED: Sequence[tuple[Source, dict[str, Any]]] = [
    (RED, {"refs": []}),
    (RED, {"v": 7}),
    (RED, {"v": 7, "source": "{"}),
    (RED, {"v": 7, "stale": NOW}),
    (RED, {"source": "{"}),
    (RED, {"source": "{", "stale": NOW}),
    (PHONE, {"characteristics": []}),
    (FEE, {"v": 7}),
    (FEE, {"deleted": True, "v": 7}),
]


@pytest.mark.parametrize(("source", "fields"), SPOILED, ids=str)
async def test_spoiled_fields_are_found_and_mended(
    edition: MongoEdition, logs: Logs, source: Source, fields: dict[str, Any]
) -> None:
    await spoil(edition, source, **fields)
    found = await mended(edition, logs)
    assert found.count((source.id, "changed")) == 1
    assert await edition.entries.count_documents({"refs": str(FEE.id)}) == 2
    assert await edition.size() == {"entries": 2, "stale": 0}


@pytest.mark.parametrize("version", ["x", None])
async def test_what_has_no_version_is_mended(edition: MongoEdition, logs: Logs, version: object) -> None:
    await spoil(edition, RED, v=version)
    assert await mended(edition, logs) == [(RED.id, "stale")]


async def test_a_copy_of_another_kind_is_mended_and_not_removed(edition: MongoEdition, logs: Logs) -> None:
    await spoil(edition, FEE, of="specification")
    found = await mended(edition, logs)
    assert (FEE.id, "changed") in found
    assert await edition.size() == {"entries": 2, "stale": 0}


async def test_what_is_heard_before_the_log_is_read_again_is_no_drift(
    edition: MongoEdition, logs: Logs
) -> None:
    """In the first look the edition was newer, as others were writing."""
    newer = Copy(source=replace(FEE, version=2))
    await edition.keep(newer)
    await refreshed(edition)

    async def said() -> None:
        logs.copies[FEE.id] = newer

    logs.said = said
    assert await verified(edition, logs) == []


async def test_what_is_said_while_a_too_new_copy_is_mended_is_kept(edition: MongoEdition, logs: Logs) -> None:
    """Its event came before the copy was restored, and was no news then."""
    await spoil(edition, FEE, v=7)
    found = await verified(edition, logs)
    restore, newer = edition.restore, Copy(source=price("fee", "3", version=2))

    async def restore_late(copy: Copy, over: int | None = None) -> None:
        logs.copies[FEE.id] = newer
        await edition.keep(newer)
        await restore(copy, over)

    edition.restore = restore_late  # type: ignore[method-assign]
    await RepairStore(logs, lambda: NOW)(edition, found)
    assert await verified(edition, logs) == []


async def test_what_a_log_has_and_cannot_read_is_not_removed(edition: MongoEdition, logs: Logs) -> None:
    logs.unread.add(BLUE.id)
    assert await verified(edition, logs) == []
    await RepairStore(logs, lambda: NOW)(edition, [Drift(of=Kind.OFFERING, id=BLUE.id, what="extra")])
    assert await edition.find("blue") is not None


async def test_what_no_log_has_is_removed(edition: MongoEdition, logs: Logs) -> None:
    del logs.copies[BLUE.id]
    assert await mended(edition, logs) == [(BLUE.id, "extra")]
    assert await edition.ids(Kind.OFFERING, None, 9) == [id_of("fibre")]


async def test_an_index_for_a_new_currency_may_take_long(edition: MongoEdition) -> None:
    """Longer than anything else that refreshing does."""
    remaining, create = list[float](), edition.entries.create_indexes

    class Entries:
        def __getattr__(self, name: str) -> Any:
            return getattr(entries, name)

        async def create_indexes(self, made: Any) -> Any:
            remaining.append(_csot.remaining() or 0)
            return await create(made)

    entries = edition.entries
    edition.entries = Entries()  # type: ignore[assignment]
    await edition.keep_all([Copy(source=price("fee", "1", "USD", version=2))])
    await refreshed(edition)
    assert [one > LONG - 10 for one in remaining] == [True]


async def test_a_suspicion_is_forgotten_in_time(mongo: MongoStore) -> None:
    known = await mongo.mongo["suspects"].index_information()
    assert [one.get("expireAfterSeconds") for one in known.values()] == [None, 7 * 24 * 3600]
