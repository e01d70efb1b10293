"""The rules of characteristics: their definitions, their life, and the validator of values."""

from characteristic.domain.characteristic import (
    Characteristic,
    CharacteristicDefined,
    CharacteristicDeleted,
    CharacteristicDeprecated,
    CharacteristicRevised,
    Status,
)
from characteristic.domain.definition import AllowedValue, Constraints, Definition, ValueType

__all__ = [
    "AllowedValue",
    "Characteristic",
    "CharacteristicDefined",
    "CharacteristicDeleted",
    "CharacteristicDeprecated",
    "CharacteristicRevised",
    "Constraints",
    "Definition",
    "Status",
    "ValueType",
]
