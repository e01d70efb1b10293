"""The end of a price that nothing uses."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from pricing.ports import Begin


@dataclass(frozen=True)
class DeletePrice:
    """An author removes a price."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, by: Principal) -> None:
        """Delete what the caller has seen at `version`.

        Raises:
            NotFound: when there is no such price.
            Stale: when `version` is not the present one.
            RuleBroken: naming who holds it, or else who uses it, when anybody does.
        """
        async with self.begin(by) as work:
            price = await work.prices.get(id)
            price.require_version(version)
            price.delete(await work.uses.of(id), await work.now())
            await work.prices.delete(price)
