"""The characteristic itself: how it comes to be, changes and goes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from characteristic.domain.check import check
from characteristic.domain.definition import AllowedValue, Constraints, Definition, ValueType
from characteristic.domain.rules import faults
from kernel.domain import Aggregate, Event
from kernel.errors import Problem, RuleBroken, refuse
from kernel.texts import key_faults, key_of
from kernel.uses import Use, require_unused, used_by


class CharacteristicDefined(Event, type="characteristic.defined.v1"):
    """There is a new characteristic."""


class CharacteristicRevised(Event, type="characteristic.revised.v1"):
    """What a characteristic says has changed."""


class CharacteristicDeprecated(Event, type="characteristic.deprecated.v1"):
    """A characteristic is for what uses it already, and for nothing new."""


class CharacteristicDeleted(Event, type="characteristic.deleted.v1"):
    """There is no such characteristic any more; nothing used it."""


class Status(StrEnum):
    """Whether new specifications may use a characteristic."""

    ACTIVE = "ACTIVE"
    DEPRECATED = "DEPRECATED"


@dataclass(kw_only=True)
class Characteristic(Aggregate):
    """What can be said of a product, and which values may be said. `Definition` explains the fields.

    `key` is what people and files call it: it is unique, and stays as it is for ever.
    """

    key: str
    name: str
    description: str = ""
    value_type: ValueType
    unit: str | None = None
    constraints: Constraints = field(default_factory=Constraints)
    allowed_values: tuple[AllowedValue, ...] = ()
    multiple: bool = False
    status: Status = Status.ACTIVE

    @classmethod
    def define(cls, wanted: Definition, key: str | None = None) -> "Characteristic":
        """A new characteristic. Without a key it gets one made of its name.

        Raises:
            Invalid: naming everything that is wrong.
        """
        tidy = wanted.tidied()
        found = key_of(tidy.name) if key is None else key
        refuse("This characteristic cannot be defined like that.", [*key_faults(found), *faults(tidy)])
        new = cls(key=found, name=tidy.name, value_type=tidy.value_type)
        new._take(tidy)
        new.record(CharacteristicDefined())
        return new

    def revise(self, wanted: Definition, uses: Sequence[Use]) -> None:
        """Replace the whole definition; one that says the same changes nothing.

        Values that products have already stay as they are, and are judged again when they are published.

        Raises:
            RuleBroken: when it is deprecated, or when `uses` rely on what would change.
            Invalid: naming everything that is wrong.
        """
        if self.status is Status.DEPRECATED:
            raise RuleBroken(f"{self.name} is deprecated, so it is not revised any more.", code="deprecated")
        tidy = wanted.tidied()
        refuse("This characteristic cannot be revised like that.", [*faults(tidy)])
        if tidy == self.definition:
            return
        if uses and (relied_on := self._relied_on(tidy)):
            changes = " and ".join(relied_on)
            raise RuleBroken(f"{used_by(self.name, uses)}, so {changes} cannot change.", code="in_use")
        self._take(tidy)
        self.record(CharacteristicRevised())

    def deprecate(self) -> None:
        """Keep it for what uses it, and for nothing new. Doing so again changes nothing."""
        if self.status is Status.DEPRECATED:
            return
        self.status = Status.DEPRECATED
        self.record(CharacteristicDeprecated())

    def delete(self, uses: Sequence[Use]) -> None:
        """Give it up for good.

        Raises:
            RuleBroken: when there are `uses`.
        """
        require_unused(self.name, uses, "deprecate it")
        self.record(CharacteristicDeleted())

    def check(self, value: object) -> Problem | None:
        """The first rule that a JSON value breaks; None for one that may be said. See `check.check`."""
        return check(value, self.definition)

    @property
    def definition(self) -> Definition:
        """What an author has decided about it."""
        return Definition(
            name=self.name,
            description=self.description,
            value_type=self.value_type,
            unit=self.unit,
            constraints=self.constraints,
            allowed_values=self.allowed_values,
            multiple=self.multiple,
        )

    def _take(self, definition: Definition) -> None:
        self.name = definition.name
        self.description = definition.description
        self.value_type = definition.value_type
        self.unit = definition.unit
        self.constraints = definition.constraints
        self.allowed_values = definition.allowed_values
        self.multiple = definition.multiple

    def _relied_on(self, wanted: Definition) -> list[str]:
        """What would change of that which every value of every product relies on."""
        found = []
        if wanted.value_type is not self.value_type:
            found.append("its type")
        if wanted.unit != self.unit:
            found.append("its unit")
        if self.multiple and not wanted.multiple:
            found.append("that it has several values")
        return found
