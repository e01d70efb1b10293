"""What this context knows of publications: which draft is to be judged, and whether that still matters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from kernel.domain import Aggregate


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an offering is going to say, as far as its specification has a say in it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = Aggregate.__pydantic_config__

    specification_id: UUID | None = None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Publication:
    """The last publication of an offering, as of a version of the offering.

    `draft` is what is to go live; None as soon as the publication has ended, however it did.
    """

    id: UUID
    offering_id: UUID
    version: int
    draft: Draft | None = None
