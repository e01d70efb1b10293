"""The whole run on one stack: import and publish, compare, revise, publish again, retire, compare again."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_app.calling.calls import Calls
from platform_app.calling.http import Connections
from platform_app.processes import Processes
from tests.real_input.answers import Answers
from tests.real_input.author import AT_A_TIME, Author
from tests.real_input.comparing import Ledger, compared, shown
from tests.real_input.edits import Edits
from tests.real_input.importing import imported
from tests.real_input.plain import Catalogue
from tests.real_input.usage import Step, Usage
from tests.worlds import World

SAMPLE = Path(__file__).parents[2] / "samples" / "ai-models.ndjson"
AFTER_IMPORT, AFTER_EDITS = "after the import", "after the edits"
_PATIENCE = 60.0
"""Seconds until shoppers see what was published last."""
_PAUSE = 0.25
_USER = "publisher"
_UNCHANGED = re.compile(r"^\s*all\s+0\s+0\s+([0-9,]+)\s+0\s*$", re.MULTILINE)


@dataclass
class Outcome:
    """What came of a run: what the steps took, what differed, and what went otherwise than it should.

    `doctor` is what `catalog doctor` said at the end; "" when all was well.
    """

    stack: str
    steps: list[Step] = field(default_factory=list)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    doctor: str = ""

    @property
    def clean(self) -> bool:
        """Whether everything was as it must be."""
        looked = {*self.ledgers} == {AFTER_IMPORT, AFTER_EDITS}
        return (
            looked and not (self.failures or self.doctor) and all(one.clean for one in self.ledgers.values())
        )

    def __str__(self) -> str:
        said = [f"{name}:\n{ledger}" for name, ledger in self.ledgers.items() if not ledger.clean]
        return "\n".join([*said, *self.failures, self.doctor])


@dataclass(frozen=True)
class Run:
    """A run on a stack that is up and empty."""

    world: World
    file: Path
    plain: Catalogue
    usage: Usage
    outcome: Outcome

    def __call__(self) -> None:
        """Do all of it; the edits only where the import was without a fault."""
        status, told = imported(self.world, self.file, self.usage, "import")
        if status:
            self.outcome.failures.append(f"the import has not accepted everything: {told}")
        self._with_answers(lambda answers: self._compare(answers, AFTER_IMPORT))
        if status or not self.outcome.ledgers[AFTER_IMPORT].clean:
            return  # what would be edited is not all there
        _, told = imported(self.world, self.file, self.usage, "import again")
        found = _UNCHANGED.search(told)
        if found is None or int(found[1].replace(",", "")) != self.plain.rows:
            self.outcome.failures.append(f"importing the same file again changed something: {told}")
        self._with_answers(self._edit)
        doctor = self.world.catalog("doctor", check=False)
        self.outcome.doctor = doctor.stdout + doctor.stderr if doctor.returncode else ""

    def _with_answers(self, work: Callable[[Answers], Coroutine[Any, Any, None]]) -> None:
        async def connected() -> None:
            async with Connections(self.world.gateway, AT_A_TIME) as http:
                await work(Answers(Calls(http, _USER, self.world.passwords[_USER])))

        asyncio.run(connected())

    async def _compare(self, answers: Answers, when: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if await shown(self.plain, answers):
                break
            await asyncio.sleep(_PAUSE)
        self.usage.lap(f"{when}, until shoppers see it", len(self.plain.live))
        self.outcome.ledgers[when] = ledger = await compared(self.plain, answers)
        self.usage.lap(f"{when}, compare", sum(ledger.compared.values()))

    async def _edit(self, answers: Answers) -> None:
        author, edits = Author(answers), Edits.of(self.plain)
        every, corrected = edits.revisions, edits.corrected
        await self._step("revise prices that are held: refused", every, author.refused)
        await self._step("define other prices", every, author.define)
        await self._step("revise offerings", every, author.exchange)
        await self._step("publish them again", [one.offering for one in every], author.publish)
        await self._step("until their old prices are free", [one.old["key"] for one in every], author.freed)
        await self._step("revise prices that are free", corrected, author.correct)
        await self._step("revise offerings back", corrected, author.restore)
        await self._step("publish them once more", [one.offering for one in corrected], author.publish)
        stand_ins = [one.new["key"] for one in corrected]
        await self._step("until the stand-ins are free", stand_ins, author.freed)
        await self._step("delete the stand-ins", stand_ins, author.delete)
        await self._step("retire offerings", edits.retired, author.retire)
        edits.apply(self.plain)
        await self._compare(answers, AFTER_EDITS)

    async def _step(
        self, name: str, things: list[Any], work: Callable[[list[Any]], Awaitable[list[str] | None]]
    ) -> None:
        self.outcome.failures += [f"{name}: {one}" for one in await work(things) or ()]
        self.usage.lap(name, len(things))


def run(world: World, file: Path = SAMPLE) -> Outcome:
    """Do all of it on a stack that is up and empty."""
    outcome = Outcome(world.stack)
    with Usage(pids_of(world), steps=outcome.steps) as usage:
        Run(world, file, Catalogue.read(file), usage, outcome)()
    return outcome


def pids_of(world: World) -> dict[str, int]:
    """The processes of a stack, as `catalog status` names them."""
    processes = Processes(world.home)
    found = {name: processes.find(name) for name in processes.names()}
    return {name: process.pid for name, process in found.items() if process is not None}
