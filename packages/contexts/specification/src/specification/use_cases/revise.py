"""A change of what a specification says."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import Command
from specification.domain import Definition, Specification
from specification.ports import Begin, Characteristics


@dataclass(frozen=True, kw_only=True)
class Revise(Command, Definition):
    """The whole definition as it shall be. What is left out becomes what it is by default."""


@dataclass(frozen=True)
class ReviseSpecification:
    """An author corrects or extends a specification."""

    begin: Begin
    characteristics: Characteristics

    async def __call__(
        self, id: UUID, version: int, wanted: Revise, by: Principal, on_behalf: str
    ) -> Specification:
        """Replace the definition that the caller has seen at `version`; an equal one changes nothing.

        The characteristics are asked before the work is opened, and so before anything else is judged.

        Raises:
            NotFound: when there is no such specification.
            Stale: when `version` is not the present one.
            Invalid: naming everything that is wrong with the definition.
            RuleBroken: when it is retired.
            Unavailable: when the characteristics cannot be checked now.
        """
        found = await self.characteristics.look_up(wanted.question(), on_behalf)
        async with self.begin(by) as work:
            specification = await work.specifications.get(id)
            specification.require_version(version)
            specification.revise(wanted, found)
            await work.specifications.save(specification)
        return specification
