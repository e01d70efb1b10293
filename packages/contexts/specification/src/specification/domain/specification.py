"""The specification itself: how it comes to be, changes and goes, and what it says of values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kernel.domain import Aggregate, Event
from kernel.errors import Problem, RuleBroken, refuse
from kernel.texts import key_faults, key_of
from kernel.uses import Use, require_unused
from specification.domain.characteristics import Found, Question
from specification.domain.definition import MOST_USES, CharacteristicUse, Definition
from specification.domain.rules import faults
from specification.domain.values import form_faults, named, pointed, value_faults


class SpecificationDefined(Event, type="specification.defined.v1"):
    """There is a new specification, as a draft."""


class SpecificationRevised(Event, type="specification.revised.v1"):
    """What a specification says has changed."""


class SpecificationActivated(Event, type="specification.activated.v1"):
    """Offerings of this kind may be published."""


class SpecificationRetired(Event, type="specification.retired.v1"):
    """A specification is for what is published already, and for nothing new."""


class SpecificationDeleted(Event, type="specification.deleted.v1"):
    """There is no such specification any more; no offering used it."""


class Status(StrEnum):
    """Whether offerings of this kind may be published: those of an active one. It only ever moves forward."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"


_INSTEAD = {
    Status.DRAFT: "take it out of them",
    Status.ACTIVE: "retire it",
    Status.RETIRED: "leave it retired",
}
"""What can be done with a specification that is in use and cannot be deleted."""
_NOT_ACTIVE = {
    Status.DRAFT: "is a draft: activate it, then offerings of this kind can be published",
    Status.RETIRED: "is retired, and is for nothing new: choose another specification",
}
"""Why its offerings are not published, and what helps."""


@dataclass(kw_only=True)
class Specification(Aggregate):
    """A kind of product. `Definition` explains the fields that an author decides about.

    `key` is what people and files call it: it is unique, and stays as it is for ever. `characteristic_keys`
    are the keys of the characteristics, in the order of the `uses`: they never change, and an offering's
    values go by them, so that values can be judged in one call to whoever knows the characteristics.
    """

    key: str
    name: str
    description: str = ""
    uses: tuple[CharacteristicUse, ...]
    characteristic_keys: tuple[str, ...]
    status: Status = Status.DRAFT

    @classmethod
    def define(cls, wanted: Definition, found: Found, key: str | None = None) -> "Specification":
        """A new specification, as a draft. Without a key it gets one made of its name.

        `found` answers `wanted.question()`.

        Raises:
            Invalid: naming everything that is wrong.
        """
        tidy = wanted.tidied()
        own = key_of(tidy.name) if key is None else key
        refuse("This specification cannot be defined like that.", [*key_faults(own), *faults(tidy, found)])
        new = cls(key=own, name=tidy.name, uses=(), characteristic_keys=())
        new._take(tidy, found)
        new.record(SpecificationDefined())
        return new

    def revise(self, wanted: Definition, found: Found) -> None:
        """Replace the whole definition; one that says the same changes nothing.

        An active specification is revised, too. Offerings that are published stay as they are, also in the
        store: the revised specification judges them on their next publication, not before.

        Raises:
            RuleBroken: when it is retired.
            Invalid: naming everything that is wrong.
        """
        if self.status is Status.RETIRED:
            raise RuleBroken(f"{self.name} is retired, so it is not revised any more.", code="retired")
        tidy, kept = wanted.tidied(), {use.characteristic_id for use in self.uses}
        refuse("This specification cannot be revised like that.", [*faults(tidy, found, kept)])
        if tidy == self.definition:
            return
        self._take(tidy, found)
        self.record(SpecificationRevised())

    def before_activation(self) -> Question:
        """What must be known to activate it; nothing when it is active already.

        Raises:
            RuleBroken: when it is retired.
        """
        if self.status is Status.RETIRED:
            said = f"{self.name} is retired, and stays so: define another specification instead."
            raise RuleBroken(said, code="retired")
        return Question() if self.status is Status.ACTIVE else self.definition.question()

    def activate(self, found: Found) -> None:
        """Let offerings of this kind be published. Doing so again changes nothing.

        The characteristics are judged again, as they may have changed since; one that is deprecated by now
        may stay. `found` answers `before_activation()`.

        Raises:
            RuleBroken: when it is retired.
            Invalid: naming everything that is wrong by now.
        """
        if not self.before_activation().ids:
            return
        kept = {use.characteristic_id for use in self.uses}
        refuse(f"{self.name} cannot be activated as it is.", [*faults(self.definition, found, kept)])
        self.status = Status.ACTIVE
        self.record(SpecificationActivated())

    def retire(self) -> None:
        """Keep it for what is published, and for nothing new. Doing so again changes nothing.

        Raises:
            RuleBroken: when it is a draft.
        """
        if self.status is Status.RETIRED:
            return
        if self.status is Status.DRAFT:
            said = f"{self.name} is a draft, which is not retired: delete it, or activate it first."
            raise RuleBroken(said, code="draft")
        self.status = Status.RETIRED
        self.record(SpecificationRetired())

    def delete(self, uses: Sequence[Use]) -> None:
        """Give it up for good.

        Raises:
            RuleBroken: when there are `uses`.
        """
        require_unused(self.name, uses, _INSTEAD[self.status])
        self.record(SpecificationDeleted())

    def unpublishable(self) -> list[Problem]:
        """Why no offering of this kind is published now, with the pointer "/specificationId"."""
        if self.status is Status.ACTIVE:
            return []
        said = f"{self.name} {_NOT_ACTIVE[self.status]}."
        return [Problem("not_active", said, "/specificationId")]

    def question_about(self, values: Mapping[str, object]) -> Question:
        """What must be known to check the values of an offering, which go by the keys of characteristics."""
        said = {
            use.characteristic_id: values[key]
            for key, use in zip(self.characteristic_keys, self.uses, strict=True)
            if key in values
        }
        return Question(
            ids=tuple(use.characteristic_id for use in self.uses),
            values={id: value for id, value in said.items() if not [*form_faults(value)]},
        )

    def check(self, values: Mapping[str, object], found: Found) -> list[Problem]:
        """All that is wrong with the values of an offering, with pointers such as "/values/colours/2".

        What is required is there, each value is accepted by its characteristic and is among the allowed
        codes, and nothing else is said. `found` answers `question_about(values)`. Codes: required, unknown,
        foreign, not_allowed, and those of the characteristics.
        """
        return [*self._value_faults(values, found), *self._foreign(values)]

    @property
    def definition(self) -> Definition:
        """What an author has decided about it."""
        return Definition(name=self.name, description=self.description, uses=self.uses)

    def _take(self, definition: Definition, found: Found) -> None:
        known = found.by_id()
        self.name = definition.name
        self.description = definition.description
        self.uses = definition.uses
        self.characteristic_keys = tuple(known[use.characteristic_id].key for use in definition.uses)

    def _value_faults(self, values: Mapping[str, object], found: Found) -> Iterator[Problem]:
        known = found.by_id()
        for key, use in zip(self.characteristic_keys, self.uses, strict=True):
            pointer, id = f"/values/{key}", use.characteristic_id
            if id not in known:
                yield Problem("unknown", f"There is no characteristic with the id {id} any more.", pointer)
            elif key in values:
                yield from value_faults(values[key], id, use.allowed_codes, found, pointer)
            elif use.required:
                yield Problem("required", f"{known[id].name} is required.", pointer)

    def _foreign(self, values: Mapping[str, object]) -> Iterator[Problem]:
        foreign = [key for key in values if key not in self.characteristic_keys]
        if len(foreign) > MOST_USES:
            said = f"At most {MOST_USES} values are accepted here, and {len(values)} were given."
            yield Problem("length", said, "/values")
            return  # each of ten thousand would be foreign
        said = f"{self.name} does not have this characteristic; it has {named(self.characteristic_keys)}."
        for key in foreign:
            yield Problem("foreign", said, f"/values/{pointed(key)}")
