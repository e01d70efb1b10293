"""What would become of a publication, before it is requested."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.auth import Principal
from kernel.errors import Problem, Unavailable
from offering.domain import Offering
from offering.ports import Begin, Checks


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All that is in the way of a publication, with pointers such as "/draft/priceIds/0"."""

    problems: Sequence[Problem]

    @property
    def publishable(self) -> bool:
        """Whether nothing is."""
        return not self.problems


@dataclass(frozen=True)
class PreflightOffering:
    """An author asks whether the draft could be published as it is. Changes nothing.

    Everybody is asked at the same time, with what the draft has: what it lacks is told with the rest.
    """

    begin: Begin
    checks: Checks

    async def __call__(self, id: UUID, by: Principal, on_behalf: str) -> Verdict:
        """Judge the draft; `on_behalf` is the caller's access token.

        Raises:
            NotFound: when there is no such offering.
            RuleBroken: when there is no draft to publish, or it is being published.
            Unavailable: when somebody cannot be asked now, naming who.
        """
        async with self.begin(by) as work:
            offering = await work.offerings.get(id)
        found = offering.missing()
        answers = await asyncio.gather(*self._asked(offering, on_behalf), return_exceptions=True)
        refusals = [one for one in answers if isinstance(one, BaseException)]
        away = [one for one in refusals if isinstance(one, Unavailable)]
        if away and len(away) == len(refusals):
            said = " ".join(dict.fromkeys(one.message for one in away))
            raise Unavailable(said, retry_after=max(one.retry_after for one in away))
        for refusal in refusals:
            if not isinstance(refusal, Unavailable):
                raise refusal
        for answer in answers:
            if not isinstance(answer, BaseException):
                found += answer
        return Verdict(problems=list(dict.fromkeys(found)))

    def _asked(self, offering: Offering, token: str) -> list[Awaitable[Sequence[Problem]]]:
        draft = offering.content
        asked: list[Awaitable[Sequence[Problem]]] = [self.checks.entry(offering.key, draft, token)]
        if draft.price_ids:
            asked.append(self.checks.prices(offering.id, draft.price_ids, token))
        if draft.specification_id is not None:
            asked.append(self.checks.specification(draft.specification_id, draft, token))
        return asked
