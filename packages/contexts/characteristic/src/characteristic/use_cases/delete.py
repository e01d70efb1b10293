"""The end of a characteristic that nothing uses."""

from dataclasses import dataclass
from uuid import UUID

from characteristic.ports import Begin
from kernel.auth import Principal


@dataclass(frozen=True)
class DeleteCharacteristic:
    """An author removes a characteristic."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, by: Principal) -> None:
        """Delete what the caller has seen at `version`.

        Raises:
            NotFound: when there is no such characteristic.
            Stale: when `version` is not the present one.
            RuleBroken: naming the users when there are any.
        """
        async with self.begin(by) as work:
            characteristic = await work.characteristics.get(id)
            characteristic.require_version(version)
            characteristic.delete(await work.uses.of(id))
            await work.characteristics.delete(characteristic)
