"""A new characteristic."""

from dataclasses import dataclass

from characteristic.domain import Characteristic, Definition
from characteristic.ports import Begin
from kernel.auth import Principal
from kernel.domain import Command


@dataclass(frozen=True, kw_only=True)
class Define(Command, Definition):
    """The definition that is wanted. Without a key, one is made of the name."""

    key: str | None = None


@dataclass(frozen=True)
class DefineCharacteristic:
    """An author describes something that can be said of products."""

    begin: Begin

    async def __call__(self, wanted: Define, by: Principal) -> Characteristic:
        """Define it.

        Raises:
            Invalid: naming everything that is wrong with the definition.
            Conflict: when another characteristic has the key.
        """
        characteristic = Characteristic.define(wanted, key=wanted.key)
        async with self.begin(by) as work:
            await work.characteristics.save(characteristic)
        return characteristic
