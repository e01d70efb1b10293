"""The bad end of a publication."""

from dataclasses import dataclass
from uuid import UUID

from kernel.auth import PLATFORM, Principal
from kernel.domain import Command
from kernel.errors import Problem
from offering.domain import Failure, Progress
from offering.ports import Begin


@dataclass(frozen=True, kw_only=True)
class Reject(Command):
    """The publication that has failed, and why: `code` for programs, `message` and `problems` for people."""

    publication_id: UUID
    code: str
    message: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class RejectPublication:
    """The publish process gives up, and the offering is where it was. Twice is as good as once."""

    begin: Begin

    async def __call__(self, wanted: Reject, by: Principal = PLATFORM) -> None:
        """Reject it, and keep the reason.

        Raises:
            NotFound: when there is no such publication.
            RuleBroken: when it was confirmed already, or is not the offering's present one.
        """
        failure = Failure.of(wanted.publication_id, wanted.code, wanted.message, wanted.problems)
        async with self.begin(by) as work:
            publication = await work.publications.take(wanted.publication_id)
            if publication.status is Progress.REJECTED:
                return  # since when the offering may be deleted
            offering = await work.offerings.get(publication.offering_id)
            offering.reject(failure)
            publication.fail(failure)
            await work.offerings.save(offering)
            await work.publications.save(publication)
