"""A change of what a characteristic says."""

from dataclasses import dataclass
from uuid import UUID

from characteristic.domain import Characteristic, Definition
from characteristic.ports import Begin
from kernel.auth import Principal
from kernel.domain import Command


@dataclass(frozen=True, kw_only=True)
class Revise(Command, Definition):
    """The whole definition as it shall be. What is left out becomes what it is by default."""


@dataclass(frozen=True)
class ReviseCharacteristic:
    """An author corrects or extends a characteristic."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, wanted: Revise, by: Principal) -> Characteristic:
        """Replace the definition that the caller has seen at `version`; an equal one changes nothing.

        Raises:
            NotFound: when there is no such characteristic.
            Stale: when `version` is not the present one.
            Invalid: naming everything that is wrong with the definition.
            RuleBroken: when it is deprecated, or is used and the change would break its users.
        """
        async with self.begin(by) as work:
            characteristic = await work.characteristics.get(id)
            characteristic.require_version(version)
            characteristic.revise(wanted, await work.uses.of(id))
            await work.characteristics.save(characteristic)
        return characteristic
