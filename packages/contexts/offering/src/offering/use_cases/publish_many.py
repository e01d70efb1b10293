"""The request that many drafts go live."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import Command
from kernel.errors import CatalogError, Invalid, Problem
from kernel.written import Whole
from offering.domain import Publication
from offering.use_cases.publish import PublishOffering

MOST_AT_ONCE = 100
"""Offerings of one request: as many as a page of a list has."""


@dataclass(frozen=True, kw_only=True)
class Seen(Command):
    """An offering that was seen at this version."""

    id: UUID
    version: Whole


@dataclass(frozen=True, kw_only=True)
class PublishMany(Command):
    """The offerings that shall be published."""

    offerings: tuple[Seen, ...]


@dataclass(frozen=True)
class PublishOfferings:
    """A publisher wants shoppers to see many drafts. Each is requested for itself, in a work of its own.

    They are taken in the order of their ids: where the works are one after all (a key of the request makes
    them so), two requests for the same offerings wait for each other once, and not in a circle.
    """

    publish: PublishOffering

    async def __call__(self, wanted: PublishMany, by: Principal) -> Sequence[Publication | CatalogError]:
        """Request them; returns for each, in the order given, its publication or why it was refused.

        Raises:
            Invalid: for none, and for more than `MOST_AT_ONCE`.
        """
        given = len(wanted.offerings)
        if not 1 <= given <= MOST_AT_ONCE:
            said = f"1 to {MOST_AT_ONCE} offerings are published at once, and {given} were given."
            raise Invalid(said, problems=[Problem("length", said, "/offerings")])
        found = dict[int, Publication | CatalogError]()
        for index, one in sorted(enumerate(wanted.offerings), key=lambda pair: pair[1].id):
            try:
                found[index] = await self.publish(one.id, one.version, by)
            except CatalogError as error:
                found[index] = error
        return [found[index] for index in range(len(wanted.offerings))]
