"""Publications go on by themselves: an import asks for them, goes on, and hears at the end what came out."""

import asyncio
import time
from dataclasses import dataclass, field

from kernel.errors import Problem
from platform_app.importing.ports import MOST_KEYS, Catalogue, Document
from platform_app.importing.progress import Progress
from platform_app.importing.report import Outcome, Report
from platform_app.importing.rows import Kind, Place, Row

PATIENCE = 60.0
"""Seconds for which nothing may come out before nobody waits any longer."""
_PAUSE = 0.25  # seconds between two looks


@dataclass
class Publications:
    """Those that were asked for, by the key of the offering."""

    catalogue: Catalogue
    report: Report
    progress: Progress
    patience: float
    waiting: dict[str, tuple[Place, Outcome]] = field(default_factory=dict)
    impatient: bool = False

    def expect(self, place: Place, outcome: Outcome) -> None:
        """Remember one; `outcome` is what becomes of the row if it succeeds."""
        self.waiting[place.key] = (place, outcome)

    async def at_rest(self, row: Row, found: Document | None) -> Document | None:
        """An offering once it is not being published, as after an import that was interrupted.

        Where that takes too long, once, it is returned as it is, and so are all others.
        """
        until = time.monotonic() + self.patience
        while row.kind is Kind.OFFERING and found is not None and found["status"] == "PUBLISHING":
            if self.impatient or time.monotonic() > until:
                self.impatient = True
                break
            await asyncio.sleep(_PAUSE)
            found = next(iter(await self.catalogue.by_keys(row.kind, [row.key])), None)
        return found

    async def all_ended(self) -> None:
        """Wait for all of them, as long as any ends, and note what became of their rows."""
        if not self.waiting:
            return
        with self.progress.of("publication", len(self.waiting)):
            until = time.monotonic() + self.patience
            while self.waiting and time.monotonic() < until:
                first = [key for key, _ in zip(self.waiting, range(MOST_KEYS), strict=False)]
                documents = await self.catalogue.by_keys(Kind.OFFERING, first)
                ended = [one for one in documents if one["status"] != "PUBLISHING"]
                for gone in set(first) - {one["key"] for one in documents}:
                    self._unknown(gone, "It was deleted meanwhile.")
                for one in ended:
                    self._note(one)
                if ended:
                    until = time.monotonic() + self.patience
                else:
                    await asyncio.sleep(_PAUSE)
        for key in list(self.waiting):
            self._unknown(key, "Its publication was asked for, and has not ended yet: run the import again.")

    def leave(self) -> None:
        """Wait for none of them any longer: the import is at its end, and they go on by themselves."""
        for _, outcome in self.waiting.values():
            self.report.note(Kind.OFFERING, outcome)
        self.report.left = len(self.waiting)
        self.waiting.clear()

    def _note(self, document: Document) -> None:
        place, outcome = self.waiting.pop(str(document["key"]))
        failure = document["failure"]
        if failure is None:
            self.report.note(Kind.OFFERING, outcome)
            self.report.published += 1
        else:
            whole = Problem(failure["code"], failure["message"])
            each = [Problem(one["code"], one["message"], one["pointer"]) for one in failure["problems"]]
            self.report.reject(place, each or [whole])
        self.progress.one()

    def _unknown(self, key: str, said: str) -> None:
        place, _ = self.waiting.pop(key)
        self.report.reject(place, [Problem("not_published", said)])
