"""A new specification."""

from dataclasses import dataclass

from kernel.auth import Principal
from kernel.domain import Command
from specification.domain import Definition, Specification
from specification.ports import Begin, Characteristics


@dataclass(frozen=True, kw_only=True)
class Define(Command, Definition):
    """The definition that is wanted. Without a key, one is made of the name."""

    key: str | None = None


@dataclass(frozen=True)
class DefineSpecification:
    """An author describes a kind of product, as a draft."""

    begin: Begin
    characteristics: Characteristics

    async def __call__(self, wanted: Define, by: Principal, on_behalf: str) -> Specification:
        """Define it. The characteristics are asked before the work is opened.

        Raises:
            Invalid: naming everything that is wrong with the definition.
            Conflict: when another specification has the key.
            Unavailable: when the characteristics cannot be checked now.
        """
        found = await self.characteristics.look_up(wanted.question(), on_behalf)
        specification = Specification.define(wanted, found, key=wanted.key)
        async with self.begin(by) as work:
            await work.specifications.save(specification)
        return specification
