"""Whether values may be said of an offering of some kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.domain import Command
from kernel.errors import Problem
from kernel.written import Flag
from specification.ports import Begin, Characteristics
from specification.use_cases.judge import publication_problems


@dataclass(frozen=True, kw_only=True)
class Check(Command):
    """The values of an offering, by the keys of characteristics.

    `publishing` asks whether the offering can be published with them, which is more: the specification must
    be active for that.
    """

    values: Mapping[str, object]
    publishing: Flag = False


@dataclass(frozen=True, kw_only=True)
class Checked:
    """All that is wrong, with pointers such as "/values/colours/2", and "/specificationId"."""

    problems: Sequence[Problem]


@dataclass(frozen=True)
class CheckValues:
    """Somebody fills in an offering, or a program wants to know whether it can be published."""

    begin: Begin
    characteristics: Characteristics

    async def __call__(self, id: UUID, wanted: Check, by: Principal, on_behalf: str) -> Checked:
        """Judge the values by the specification as it is. Changes nothing.

        Its status matters only for publishing; then the judgement is that of the publish process.

        Raises:
            NotFound: when there is no such specification.
            Unavailable: when the characteristics cannot be asked now.
            Invalid: when the values are too much for one question; for publishing that is a problem instead.
        """
        async with self.begin(by) as work:
            specification = await work.specifications.get(id)
        if wanted.publishing:
            problems = await publication_problems(
                specification, wanted.values, self.characteristics, on_behalf
            )
            return Checked(problems=problems)
        question = specification.question_about(wanted.values)
        found = await self.characteristics.look_up(question, on_behalf)
        return Checked(problems=specification.check(wanted.values, found))
