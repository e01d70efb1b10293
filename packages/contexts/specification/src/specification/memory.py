"""Every port again, in memory: for tests, and held to the same contract as the real adapters."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from kernel.auth import Principal
from kernel.errors import Problem, Unavailable
from kernel.memory import MemoryDatabase, MemoryStore, MemoryUses, MemoryWorks
from specification.domain import Characteristic, Found, Publication, Question, Specification


@dataclass(frozen=True)
class MemoryPublications:
    """See `Publications`."""

    database: MemoryDatabase

    @property
    def _rows(self) -> dict[UUID, Publication]:
        return self.database.rows_of("publication")

    async def of(self, offering_id: UUID) -> Publication | None:
        """See `Publications`."""
        return copy.deepcopy(self._rows.get(offering_id))

    async def note(self, publication: Publication, /) -> None:
        """See `Publications`."""
        known = self._rows.get(publication.offering_id)
        if known is None or known.version < publication.version:
            self._rows[publication.offering_id] = copy.deepcopy(publication)


@dataclass(frozen=True)
class MemoryWork:
    """One transaction."""

    specifications: MemoryStore[Specification]
    uses: MemoryUses
    publications: MemoryPublications


@dataclass(frozen=True)
class Memory(MemoryWorks[MemoryWork]):
    """Begins works on a database in memory."""

    def work(self, by: Principal) -> MemoryWork:
        """See `MemoryWorks`."""
        specifications = MemoryStore[Specification](self.database, "specification", by)
        return MemoryWork(specifications, MemoryUses(self.database), MemoryPublications(self.database))


@dataclass(frozen=True)
class RefusedValue:
    """A value that a characteristic does not accept; the problem's pointer leads into the value."""

    id: UUID
    value: object
    problem: Problem


@dataclass
class MemoryCharacteristics:
    """The characteristics in a dictionary, and a table of the values that they refuse.

    While it is `away` it cannot be asked. `asked` are the questions it was asked, and on whose behalf.
    """

    known: dict[UUID, Characteristic] = field(default_factory=dict)
    refused: list[RefusedValue] = field(default_factory=list)
    away: bool = False
    asked: list[tuple[Question, str]] = field(default_factory=list)

    async def look_up(self, question: Question, on_behalf: str) -> Found:
        """See `Characteristics`."""
        if not question.ids:
            return Found()
        self.asked.append((question, on_behalf))
        await self.check()
        return Found(
            items=[self.known[id] for id in question.ids if id in self.known],
            missing=[id for id in question.ids if id not in self.known],
            problems=list(self._problems(question)),
        )

    async def check(self) -> None:
        """See `Characteristics`."""
        if self.away:
            raise Unavailable("Characteristics cannot be checked right now; please try again soon.")

    def _problems(self, question: Question) -> Iterator[Problem]:
        for id, value in question.values.items():
            for one in self.refused:
                if id in self.known and (one.id, one.value) == (id, value):
                    yield replace(one.problem, pointer=f"/{id}{one.problem.pointer}")


@dataclass
class MemoryCredential:
    """A credential that is the same until it is forgotten, and that cannot be had while it is `away`."""

    text: str = "the platform's token"
    away: bool = False
    forgotten: int = 0

    async def token(self) -> str:
        """See `Credential`."""
        if self.away:
            raise Unavailable("Nobody vouches for this service right now; please try again soon.")
        return self._text()

    def forget(self, token: str) -> None:
        """See `Credential`."""
        if token == self._text():
            self.forgotten += 1

    def _text(self) -> str:
        return f"{self.text} {self.forgotten}" if self.forgotten else self.text
