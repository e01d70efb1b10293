"""What an import knows: the ids of keys, and what a specification says of values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from characteristic.domain import Characteristic
from kernel.errors import Problem
from platform_app.importing.rows import Kind
from platform_app.importing.shapes import Thing
from specification import domain as specification
from specification.domain import Specification


@dataclass
class Known:
    """The ids by kind and key; None for a key that exists neither on the platform nor, by now, in the file.

    Prices and offerings may be many: of these there is nothing but the id. Characteristics and the kinds of
    products are few, and judge the values of offerings: those that are referred to are kept whole.
    """

    ids: dict[Kind, dict[str, UUID | None]] = field(default_factory=lambda: {kind: {} for kind in Kind})
    characteristics: dict[UUID, Characteristic] = field(default_factory=dict)
    specifications: dict[UUID, Specification] = field(default_factory=dict)

    def learn(self, kind: Kind, thing: Thing) -> None:
        """Remember what exists, or will."""
        if isinstance(thing, Characteristic):
            self.characteristics[thing.id] = thing
        elif isinstance(thing, Specification):
            self.specifications[thing.id] = thing
        self.ids[kind][thing.key] = thing.id

    def lacks(self, kind: Kind, key: str) -> None:
        """Remember that there is no such thing."""
        self.ids[kind].setdefault(key, None)

    def unknown(self, kind: Kind, keys: Iterable[str]) -> list[str]:
        """The keys about which nothing is known, each once."""
        return [key for key in dict.fromkeys(keys) if key not in self.ids[kind]]

    def answer(self, question: specification.Question) -> specification.Found:
        """What the characteristics say to a question of a specification."""
        found = [self.characteristics[id] for id in question.ids if id in self.characteristics]
        return specification.Found(
            items=[_understood(one) for one in found],
            missing=[id for id in question.ids if id not in self.characteristics],
            problems=[*self._problems(question)],
        )

    def _problems(self, question: specification.Question) -> Iterator[Problem]:
        for id, value in question.values.items():
            characteristic = self.characteristics.get(id)
            problem = None if characteristic is None else characteristic.check(value)
            if problem is not None:
                yield replace(problem, pointer=f"/{id}{problem.pointer}")


def _understood(one: Characteristic) -> specification.Characteristic:
    return specification.Characteristic(
        id=one.id,
        key=one.key,
        name=one.name,
        value_type=one.value_type.value,
        multiple=one.multiple,
        status=one.status.value,
        codes=tuple(value.code for value in one.allowed_values),
    )
