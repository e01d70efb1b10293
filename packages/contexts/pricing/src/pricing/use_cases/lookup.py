"""Many prices at once, by their ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import Command
from kernel.errors import Invalid, Problem
from pricing.domain import Price
from pricing.ports import Begin

MOST_IDS = 100
"""As many as a page of a list has: one of them may be a quarter of a megabyte."""


@dataclass(frozen=True, kw_only=True)
class Lookup(Command):
    """The ids that are asked for."""

    ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """The prices that exist, and the ids of those that do not; each once, in the order asked for."""

    items: Sequence[Price]
    missing: Sequence[UUID]


@dataclass(frozen=True)
class LookupPrices:
    """A program resolves the prices that something refers to."""

    begin: Begin

    async def __call__(self, wanted: Lookup, by: Principal) -> Found:
        """Look them up. Raises Invalid for more than `MOST_IDS` ids."""
        require_few(wanted.ids)
        ids = list(dict.fromkeys(wanted.ids))
        async with self.begin(by) as work:
            found = {one.id: one for one in await work.prices.many(ids)}
        return Found(
            items=[found[id] for id in ids if id in found], missing=[id for id in ids if id not in found]
        )


def require_few(ids: Sequence[UUID]) -> None:
    """Refuse to look at more than `MOST_IDS` prices at once. Raises Invalid."""
    if len(ids) > MOST_IDS:
        said = f"At most {MOST_IDS} ids are looked up at once, and {len(ids)} were given."
        raise Invalid(said, problems=[Problem("length", said, "/ids")])
