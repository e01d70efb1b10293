"""Every port again, in memory: for tests, and held to the same contract as a real store."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel.auth import PLATFORM, Principal
from kernel.errors import Problem, Unavailable, not_found
from kernel.memory import MemoryDatabase, MemoryStore, MemoryWorks
from kernel.origin import present_origin
from kernel.process import Instance, State
from kernel.query import Page, Query
from offering.domain import Content, Offering, Progress, Publication


@dataclass(frozen=True)
class MemoryPublications:
    """See `Publications`."""

    database: MemoryDatabase

    @property
    def _rows(self) -> dict[UUID, Publication]:
        return self.database.rows_of("publication")

    async def get(self, id: UUID) -> Publication:
        """See `Publications`."""
        if id not in self._rows:
            raise not_found("publication", id)
        return copy.deepcopy(self._rows[id])

    async def take(self, id: UUID) -> Publication:
        """See `Publications`: there is one transaction at a time."""
        return await self.get(id)

    async def page(self, query: Query) -> Page[Publication]:
        """See `Publications`."""
        return await MemoryStore[Any](self.database, "publication", PLATFORM).page(query)

    async def running(self) -> int:
        """See `Publications`."""
        return sum(one.status is Progress.RUNNING for one in self._rows.values())

    async def waiting(self, most: int) -> list[UUID]:
        """See `Publications`."""
        found = sorted((one.requested_at, one.id) for one in self._rows.values() if one.waiting)
        return [id for _, id in found[:most]]

    async def going(self, before: datetime, most: int) -> list[Publication]:
        """See `Publications`."""
        going = (Progress.REQUESTED, Progress.RUNNING)
        rows = [one for one in self._rows.values() if one.status in going and not one.waiting]
        found = sorted(
            (one for one in rows if one.requested_at < before), key=lambda one: (one.requested_at, one.id)
        )
        return copy.deepcopy(found[:most])

    async def without_steps(self, most: int) -> list[UUID]:
        """See `Publications`."""
        found = [one.id for one in self._rows.values() if one.ended and one.steps is None]
        return found[:most]

    async def save(self, publication: Publication) -> None:
        """See `Publications`."""
        self._rows[publication.id] = copy.deepcopy(publication)


@dataclass(frozen=True)
class MemoryWork:
    """One transaction."""

    offerings: MemoryStore[Offering]
    publications: MemoryPublications


@dataclass(frozen=True)
class Memory(MemoryWorks[MemoryWork]):
    """Begins works on a database in memory."""

    def work(self, by: Principal) -> MemoryWork:
        """See `MemoryWorks`."""
        offerings = MemoryStore[Offering](self.database, "offering", by)
        return MemoryWork(offerings, MemoryPublications(self.database))


@dataclass
class MemoryPublishProcess:
    """A process that remembers what it was to publish, each once, and goes no further by itself.

    `instances` are how far it is said to be. While it is `away` it does not answer.
    """

    started: dict[UUID, tuple[Publication, Content]] = field(default_factory=dict)
    instances: dict[UUID, Instance] = field(default_factory=dict)
    away: bool = False

    def context(self) -> Mapping[str, str]:
        """See `PublishProcess`."""
        return {"correlationId": present_origin().correlation_id}

    async def start(self, publication: Publication, draft: Content) -> None:
        """See `PublishProcess`."""
        self._answer()
        if publication.id not in self.started:
            self.started[publication.id] = copy.deepcopy(publication), draft
            running = Instance(
                business_key=str(publication.id), state=State.RUNNING, activities=(), incidents=()
            )
            self.instances[publication.id] = running

    async def progress(self, publication_id: UUID) -> Instance | None:
        """See `PublishProcess`."""
        self._answer()
        return self.instances.get(publication_id)

    async def stuck(self) -> Mapping[UUID, str]:
        """See `PublishProcess`."""
        self._answer()
        found = self.instances.items()
        return {id: instance.incidents[0].activity for id, instance in found if instance.incidents}

    async def retry(self, publication_id: UUID) -> int:
        """See `PublishProcess`."""
        self._answer()
        instance = self.instances.get(publication_id)
        if instance is None:
            return 0
        self.instances[publication_id] = replace(instance, incidents=())
        return len(instance.incidents)

    async def cancel(self, publication_id: UUID) -> None:
        """See `PublishProcess`."""
        self._answer()
        instance = self.instances.get(publication_id)
        if instance is not None and instance.state is State.RUNNING:
            self.instances[publication_id] = replace(instance, state=State.CANCELLED, incidents=())

    def _answer(self) -> None:
        if self.away:
            raise Unavailable("The process engine does not answer.")


@dataclass
class MemoryChecks:
    """What others say of every draft: by "prices", "specification" and "entry". `away` are silent."""

    problems: dict[str, Sequence[Problem]] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    asked: list[tuple[object, ...]] = field(default_factory=list)

    async def prices(self, id: UUID, ids: Sequence[UUID], on_behalf: str) -> Sequence[Problem]:
        """See `Checks`."""
        return self._said("prices", id, tuple(ids), on_behalf)

    async def specification(self, id: UUID, draft: Content, on_behalf: str) -> Sequence[Problem]:
        """See `Checks`."""
        return self._said("specification", id, draft, on_behalf)

    async def entry(self, key: str, draft: Content, on_behalf: str) -> Sequence[Problem]:
        """See `Checks`."""
        return self._said("entry", key, draft, on_behalf)

    def _said(self, who: str, *asked: object) -> Sequence[Problem]:
        self.asked.append((who, *asked))
        if who in self.away:
            raise Unavailable(f"The {who} cannot be checked right now.")
        return self.problems.get(who, ())
