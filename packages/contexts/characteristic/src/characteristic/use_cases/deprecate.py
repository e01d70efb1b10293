"""The beginning of the end of a characteristic."""

from dataclasses import dataclass
from uuid import UUID

from characteristic.domain import Characteristic
from characteristic.ports import Begin
from kernel.auth import Principal


@dataclass(frozen=True)
class DeprecateCharacteristic:
    """An author keeps a characteristic from being used for anything new. Twice is as good as once."""

    begin: Begin

    async def __call__(self, id: UUID, version: int, by: Principal) -> Characteristic:
        """Deprecate what the caller has seen at `version`.

        Raises:
            NotFound: when there is no such characteristic.
            Stale: when `version` is not the present one.
        """
        async with self.begin(by) as work:
            characteristic = await work.characteristics.get(id)
            characteristic.require_version(version)
            characteristic.deprecate()
            await work.characteristics.save(characteristic)
        return characteristic
