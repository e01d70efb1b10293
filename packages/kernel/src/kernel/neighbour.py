"""Another service of the platform that is asked on behalf of a caller: one call, a deadline, a breaker."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx
from pydantic import AnyHttpUrl
from pydantic_core import to_json

from kernel.breaker import Breaker
from kernel.errors import Forbidden, Invalid, NotFound, Unauthorized, Unavailable
from kernel.logging import get_logger
from kernel.origin import present_origin

DEADLINE = 2.0
"""Seconds for all of a call: to connect, to send, to wait, to read."""
COOLDOWN = 2.0
"""Seconds for which nobody asks a service that has failed, and what a caller is told to wait."""

_REFUSES = frozenset({400, 413, 422})
"""How a service refuses what is in a question, as opposed to who asks it."""

T = TypeVar("T")
_log = get_logger(__name__)


class Neighbour:
    """Another service: `name` is what people call it ("pricing service"), `url` where it is, without a path.

    The deadline is our own: a client's time-outs are for each step of a call, and there are none at all where
    the other service is in this process. A probe of the breaker ends by it, too, which is a failure.
    """

    def __init__(
        self,
        name: str,
        client: httpx.AsyncClient,
        url: AnyHttpUrl | str,
        *,
        deadline: float = DEADLINE,
        cooldown: float = COOLDOWN,
    ) -> None:
        self.name = name
        self.breaker = Breaker(name, cooldown=cooldown, probe=deadline + 1)
        self._client = client
        self._url = str(url).rstrip("/")
        self._deadline = deadline
        self._cooldown = cooldown

    async def ask(self, path: str, question: Any, on_behalf: str, read: Callable[[bytes], T]) -> T:
        """What `read` makes of the answer to a question, which is posted as JSON.

        `on_behalf` is the caller's access token. `read` raises ValueError of what is no answer: whoever says
        that is away. Refusals are answers, which the breaker does not count: a question of one caller must
        not keep all others from asking.

        Raises:
            NotFound: when the service does not know what is asked about.
            Invalid: when it refuses what is in the question.
            Unauthorized, Forbidden: when it does not let the caller ask.
            Unavailable: when it does not answer in time, or is not asked because it has not lately.
        """
        return await self.breaker.call(lambda: self._ask(path, question, on_behalf, read))

    async def check(self) -> Mapping[str, Any]:
        """Readiness: what the last calls have shown, nobody is asked for it.

        Raises:
            Unavailable: while nobody is asked because the last calls have failed.
        """
        found = self.breaker.snapshot()
        if found.state != "closed":
            raise Unavailable(f"The {self.name} has not answered lately.")
        return {"breaker": found.state, "calls": found.calls, "failed": found.failed}

    def away(self, reason: str) -> Unavailable:
        """That it cannot be asked now; the log says for which reason."""
        _log.warning("neighbour.away", neighbour=self.name, reason=reason)
        said = f"The {self.name} does not answer right now; please try again soon."
        return Unavailable(said, retry_after=self._cooldown)

    async def _ask(self, path: str, question: Any, token: str, read: Callable[[bytes], T]) -> T:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if correlation := present_origin().correlation_id:
            headers["X-Correlation-Id"] = correlation
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._client.post(
                    f"{self._url}{path}", content=to_json(question), headers=headers
                )
        except (httpx.RequestError, TimeoutError, OSError) as error:
            raise self.away(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise self._refusal(answer.status_code)
        try:
            return read(answer.content)
        except ValueError as error:
            raise self.away("unintelligible") from error

    def _refusal(self, status: int) -> Exception:
        if status == httpx.codes.UNAUTHORIZED:
            return Unauthorized(f"Sign in again: this sign-in does not let you ask the {self.name}.")
        if status == httpx.codes.FORBIDDEN:
            return Forbidden(f"This needs the {self.name}, which your account may not use.")
        if status == httpx.codes.NOT_FOUND:
            return NotFound(f"The {self.name} does not know this.")
        if status in _REFUSES:
            _log.warning("neighbour.refused", neighbour=self.name, status=status)
            return Invalid(f"The {self.name} does not accept this question.")
        return self.away(f"status {status}")
