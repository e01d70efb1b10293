"""What a specification says: which characteristics a kind of product has. Shapes: `rules` judges them."""

from dataclasses import dataclass
from uuid import UUID

from kernel.written import Flag
from specification.domain.characteristics import Question
from specification.domain.values import form_faults

MOST_USES = 100
"""Characteristics of one kind of product: as many as are looked up in one call."""


@dataclass(frozen=True, kw_only=True)
class CharacteristicUse:
    """A characteristic that a kind of product has.

    A product without a value is refused when it is `required`. `default` is a JSON value that is offered to
    whoever fills in a product; it does not stand in for a value that is missing. `allowed_codes` narrow a
    choice to some of its codes; None leaves it as wide as it is.
    """

    characteristic_id: UUID
    required: Flag = False
    default: object = None
    allowed_codes: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Definition:
    """All that an author decides about a specification, and may change later."""

    name: str
    description: str = ""
    uses: tuple[CharacteristicUse, ...] = ()

    def tidied(self) -> "Definition":
        """The same without white space around texts for people.

        Always a plain `Definition`, also of a command that is one, so that two can be compared.
        """
        return Definition(name=self.name.strip(), description=self.description.strip(), uses=self.uses)

    @property
    def countable(self) -> bool:
        """Whether it has as many uses as it may: only then are they looked at one by one."""
        return 1 <= len(self.uses) <= MOST_USES

    def question(self) -> Question:
        """What must be known of the characteristics to judge it; nothing when it is too many to ask about.

        Of a characteristic that is there twice, which is a fault, the first use counts.
        """
        if not self.countable:
            return Question()
        first = {use.characteristic_id: use for use in reversed(self.uses)}
        ids = tuple(dict.fromkeys(use.characteristic_id for use in self.uses))
        defaults = {id: first[id].default for id in ids if first[id].default is not None}
        return Question(
            ids=ids, values={id: value for id, value in defaults.items() if not [*form_faults(value)]}
        )
