"""One characteristic."""

from dataclasses import dataclass
from uuid import UUID

from characteristic.domain import Characteristic
from characteristic.ports import Begin
from kernel.auth import Principal


@dataclass(frozen=True)
class GetCharacteristic:
    """Somebody looks at a characteristic."""

    begin: Begin

    async def __call__(self, id: UUID, by: Principal) -> Characteristic:
        """The characteristic with this id. Raises NotFound."""
        async with self.begin(by) as work:
            return await work.characteristics.get(id)
