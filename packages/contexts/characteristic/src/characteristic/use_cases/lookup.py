"""Many characteristics at once, by their ids, and whether values may be said of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from characteristic.domain import Characteristic
from characteristic.ports import Begin
from kernel.auth import Principal
from kernel.domain import Command
from kernel.errors import Invalid, Problem

MOST_IDS = 100
"""As many as a page of a list has: one of them may be half a megabyte."""


@dataclass(frozen=True, kw_only=True)
class Lookup(Command):
    """The ids that are asked for, and values of some of them to judge."""

    ids: tuple[UUID, ...]
    values: Mapping[UUID, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Found:
    """The characteristics that exist, and the ids of those that do not; each once, in the order asked for.

    `problems` has one for each value that may not be said, its pointer beginning with the id: "/<id>", or
    "/<id>/2" for the third of a list.
    """

    items: Sequence[Characteristic]
    missing: Sequence[UUID]
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class LookupCharacteristics:
    """A program resolves the characteristics that something refers to, and has values judged."""

    begin: Begin

    async def __call__(self, wanted: Lookup, by: Principal) -> Found:
        """Look them up.

        Raises:
            Invalid: for more than `MOST_IDS` ids, and for a value of a characteristic that is not asked for.
        """
        if len(wanted.ids) > MOST_IDS:
            said = f"At most {MOST_IDS} ids are looked up at once, and {len(wanted.ids)} were given."
            raise Invalid(said, problems=[Problem("length", said, "/ids")])
        if foreign := wanted.values.keys() - set(wanted.ids):
            said = "Values are judged of the characteristics that are asked for."
            raise Invalid(
                said, problems=[Problem("foreign", said, f"/values/{id}") for id in sorted(foreign)]
            )
        ids = list(dict.fromkeys(wanted.ids))
        async with self.begin(by) as work:
            found = {one.id: one for one in await work.characteristics.many(ids)}
        return Found(
            items=[found[id] for id in ids if id in found],
            missing=[id for id in ids if id not in found],
            problems=list(_problems(found, wanted.values)),
        )


def _problems(found: Mapping[UUID, Characteristic], values: Mapping[UUID, object]) -> Iterator[Problem]:
    for id, value in values.items():
        if id in found and (problem := found[id].check(value)) is not None:
            yield replace(problem, pointer=f"/{id}{problem.pointer}")
