"""The import itself: kind by kind, so that what is referred to is there, and many rows at a time."""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from kernel.errors import CatalogError, Conflict, NotFound
from platform_app.importing.judge import Judge, Plan, Write
from platform_app.importing.known import Known
from platform_app.importing.ports import MOST_KEYS, Catalogue, Document
from platform_app.importing.progress import Progress
from platform_app.importing.publications import PATIENCE, Publications
from platform_app.importing.references import referred
from platform_app.importing.report import Outcome, Report, problems_of
from platform_app.importing.rows import Index, Kind, Row
from platform_app.importing.shapes import Thing, thing

AT_A_TIME = 16
"""Rows under way. More gain nothing: it is the platform that is busy."""
_TRIES = 3
"""Of a row that somebody else changes at the same time."""

T = TypeVar("T")


@dataclass
class Import:
    """Brings the platform to what a file says. With `dry` it only judges; `publish` is for all offerings.

    `patience` is the seconds for which no publication may end before nobody waits for the others.
    """

    catalogue: Catalogue
    report: Report
    progress: Progress
    dry: bool = False
    publish: bool = False
    patience: float = PATIENCE
    known: Known = field(default_factory=Known)

    async def __call__(self, index: Index) -> None:
        """Deal with every row.

        Raises:
            Away: when the platform answers nothing any more. What was done is in the report.
        """
        publications = Publications(self.catalogue, self.report, self.progress, self.patience)
        judge = Judge(self.known, self.publish)
        try:
            for kind in Kind:
                if index.count(kind):
                    with self.progress.of(kind, index.count(kind)):
                        await self._all(_Rows(kind, index, judge, publications))
            await publications.all_ended()
        finally:
            publications.leave()

    async def _all(self, rows: "_Rows") -> None:
        """All rows of a kind. Whoever reads them waits for those that are under way, and so holds few."""
        room = asyncio.Semaphore(AT_A_TIME)

        async def one(row: Row, found: Document | None) -> None:
            try:
                await self._one(rows, row, found)
            finally:
                room.release()

        try:
            async with asyncio.TaskGroup() as group:
                for batch in batched(rows.index.rows(rows.kind), MOST_KEYS):
                    await self._look_up(batch)
                    found = await self._by_keys(rows.kind, [row.key for row in batch])
                    for row in batch:
                        await room.acquire()
                        group.create_task(one(row, found.get(row.key)))
        except BaseExceptionGroup as error:  # one is as good as all: they end for the same reason
            raise _first(error) from None

    async def _one(self, rows: "_Rows", row: Row, found: Document | None) -> None:
        try:
            if not self.dry:
                found = await rows.publications.at_rest(row, found)
            plan, made = await self._done(rows, row, found)
        except CatalogError as error:
            self.report.reject(row.place, problems_of(error))
            if found is None:
                self.known.lacks(row.kind, row.key)
            else:  # the change was refused, and what there was is there still
                self.known.learn(row.kind, thing(row.kind, found))
        else:
            self.known.learn(row.kind, made)
            if plan.publish and not self.dry:
                rows.publications.expect(row.place, plan.outcome)
            else:
                self.report.note(row.kind, plan.outcome)
                self.report.published += plan.publish
        self.progress.one()

    async def _done(self, rows: "_Rows", row: Row, found: Document | None) -> tuple[Plan, Thing]:
        """Plan a row and carry that out; anew, when somebody else has changed the same thing meanwhile."""
        for left in reversed(range(_TRIES)):
            plan = rows.judge(row, None if found is None else thing(row.kind, found))
            if self.dry or plan.outcome is Outcome.UNCHANGED:
                return plan, plan.thing
            try:
                return plan, await self._carry_out(row.kind, plan)
            except (Conflict, NotFound):
                before = found
                found = (await self._by_keys(row.kind, [row.key])).get(row.key)
                if not left or found == before:  # it was not that, so looking again does not help
                    raise
        raise AssertionError("the last try has raised or returned")

    async def _carry_out(self, kind: Kind, plan: Plan) -> Thing:
        there: Any = plan.thing
        if plan.write is Write.CREATE:
            there = thing(kind, await self.catalogue.create(kind, plan.body))
        elif plan.write is Write.REVISE:
            there = thing(kind, await self.catalogue.revise(kind, there.id, there.version, plan.body))
        if plan.activate:
            there = thing(kind, await self.catalogue.activate(there.id, there.version))
        if plan.publish:
            await self.catalogue.publish(there.id, there.version)
        return there  # type: ignore[no-any-return]  # each kind is one

    async def _look_up(self, rows: Collection[Row]) -> None:
        """Know all that these rows refer to, as far as it exists."""
        for kind in Kind:
            keys = [key for row in rows for key in referred(row).get(kind, ())]
            for batch in batched(self.known.unknown(kind, keys), MOST_KEYS):
                found = await self._by_keys(kind, batch)
                for key in batch:
                    if key in found:
                        self.known.learn(kind, thing(kind, found[key]))
                    else:
                        self.known.lacks(kind, key)
        await self._look_into_specifications()

    async def _look_into_specifications(self) -> None:
        """Know the characteristics of the specifications that are known."""
        used = (use.characteristic_id for one in self.known.specifications.values() for use in one.uses)
        missing = [id for id in dict.fromkeys(used) if id not in self.known.characteristics]
        for batch in batched(missing, MOST_KEYS):
            for document in await self.catalogue.characteristics(batch):
                self.known.learn(Kind.CHARACTERISTIC, thing(Kind.CHARACTERISTIC, document))

    async def _by_keys(self, kind: Kind, keys: Collection[str]) -> dict[str, Document]:
        return {str(one["key"]): one for one in await self.catalogue.by_keys(kind, keys)}


@dataclass(frozen=True)
class _Rows:
    """The rows of one kind, and who deals with them."""

    kind: Kind
    index: Index
    judge: Judge
    publications: Publications


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of `size`, the last of which may be shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _first(error: BaseExceptionGroup[BaseException]) -> BaseException:
    one: BaseException = error
    while isinstance(one, BaseExceptionGroup):
        one = one.exceptions[0]
    return one
