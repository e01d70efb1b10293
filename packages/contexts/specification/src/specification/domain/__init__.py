"""The rules of specifications: what they refer to, their life, and the check of an offering's values."""

from specification.domain.characteristics import Characteristic, Found, Question
from specification.domain.definition import MOST_USES, CharacteristicUse, Definition
from specification.domain.publication import Draft, Publication
from specification.domain.specification import (
    Specification,
    SpecificationActivated,
    SpecificationDefined,
    SpecificationDeleted,
    SpecificationRetired,
    SpecificationRevised,
    Status,
)

__all__ = [
    "MOST_USES",
    "Characteristic",
    "CharacteristicUse",
    "Definition",
    "Draft",
    "Found",
    "Publication",
    "Question",
    "Specification",
    "SpecificationActivated",
    "SpecificationDefined",
    "SpecificationDeleted",
    "SpecificationRetired",
    "SpecificationRevised",
    "Status",
]
