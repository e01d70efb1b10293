"""What an offering says, as an author writes it. Shapes: `rules` judges them."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from kernel.decimals import MOST_DIGITS
from kernel.validity import Validity


@dataclass(frozen=True, kw_only=True)
class Content:
    """All that an author decides about an offering, and may change later.

    `category` is a path such as "phones/android", or "" for none. `specification_id` is the kind of product
    it is, `price_ids` what it costs, in the order in which they are shown. `values` are what is said of this
    product, by the key of the characteristic, as JSON: the specification judges them on publication. It can
    be bought within `valid_for`. `image_url` is shown to shoppers and never fetched by us.
    """

    name: str
    description: str = ""
    category: str = ""
    specification_id: UUID | None = None
    price_ids: tuple[UUID, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    valid_for: Validity = field(default_factory=Validity)
    image_url: str | None = None

    def tidied(self) -> "Content":
        """The same without white space around texts for people, and with moments in UTC.

        Always a plain `Content`, also of a command that is one, so that two can be compared.
        """
        return Content(
            name=self.name.strip(),
            description=self.description.strip(),
            category=self.category.strip(),
            specification_id=self.specification_id,
            price_ids=self.price_ids,
            values={key: _settled(value) for key, value in self.values.items()},
            valid_for=self.valid_for.tidied(),
            image_url=None if self.image_url is None else self.image_url.strip(),
        )

    def says_the_same_as(self, other: "Content") -> bool:
        """Whether nothing differs. Python alone finds true and 1 equal; JSON does not."""
        return self == other and written(self.values) == written(other.values)


def _settled(value: object) -> object:
    """The value as it comes back from every store: there 1e20 is an integer, and 0 has no sign."""
    if isinstance(value, list | tuple):
        return [_settled(one) for one in value]
    if not isinstance(value, float) or not math.isfinite(value):
        return value
    exact = Decimal(repr(value))
    if exact == 0:
        return 0.0
    return int(exact) if "e+" in repr(value) and exact.adjusted() < MOST_DIGITS else value


def written(values: Mapping[str, object]) -> str:
    """The values as JSON text, the same for the same values."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
