"""What this context understands of characteristics: what it asks about them, and what it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from kernel.errors import Problem


@dataclass(frozen=True, kw_only=True)
class Characteristic:
    """Something that can be said of products, as its own context has it now. Its key never changes.

    `codes` are those of a choice; of them some may be deprecated, and then no value has them any more.
    `value_type` and `status` are words of the other context, of which this one knows the two it needs.
    """

    id: UUID
    key: str
    name: str
    value_type: str
    multiple: bool = False
    status: str = "ACTIVE"
    codes: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Whether it may be used for something new."""
        return self.status == "ACTIVE"

    @property
    def choice(self) -> bool:
        """Whether its values are codes out of a list."""
        return self.value_type == "choice"


@dataclass(frozen=True, kw_only=True)
class Question:
    """All that one decision needs: which characteristics, and values of some of them to judge."""

    ids: tuple[UUID, ...] = ()
    values: Mapping[UUID, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Found:
    """The answer to a question: the characteristics that exist, and the ids of those that do not.

    `problems` has one for each value that its characteristic does not accept, its pointer beginning with the
    id: "/<id>", or "/<id>/2" for the third of a list.
    """

    items: Sequence[Characteristic] = ()
    missing: Sequence[UUID] = ()
    problems: Sequence[Problem] = ()

    def by_id(self) -> dict[UUID, Characteristic]:
        """The characteristics that exist."""
        return {one.id: one for one in self.items}

    def problems_of(self, id: UUID) -> list[Problem]:
        """What is wrong with the value of one characteristic: pointers into the value, "" or "/2"."""
        own = f"/{id}"
        return [
            replace(one, pointer=one.pointer.removeprefix(own))
            for one in self.problems
            if one.pointer == own or one.pointer.startswith(f"{own}/")
        ]
