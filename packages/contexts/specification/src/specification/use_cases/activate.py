"""The moment from which on offerings of a kind may be published."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from specification.domain import Specification
from specification.ports import Begin, Characteristics


@dataclass(frozen=True)
class ActivateSpecification:
    """An author releases a draft. Twice is as good as once.

    Which characteristics to ask about is in the specification, so it is read in a work of its own before they
    are asked: none is open meanwhile. The version makes sure that it is still the same afterwards.
    """

    begin: Begin
    characteristics: Characteristics

    async def __call__(self, id: UUID, version: int, by: Principal, on_behalf: str) -> Specification:
        """Activate what the caller has seen at `version`.

        Raises:
            NotFound: when there is no such specification.
            Stale: when `version` is not the present one.
            Invalid: naming everything that its characteristics do not allow any more.
            RuleBroken: when it is retired.
            Unavailable: when the characteristics cannot be checked now.
        """
        async with self.begin(by) as work:
            seen = await work.specifications.get(id)
        seen.require_version(version)
        found = await self.characteristics.look_up(seen.before_activation(), on_behalf)
        async with self.begin(by) as work:
            specification = await work.specifications.get(id)
            specification.require_version(version)
            specification.activate(found)
            await work.specifications.save(specification)
        return specification
