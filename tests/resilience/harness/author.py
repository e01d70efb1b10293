"""An author who sends single requests by hand, and notes in the ledger what became of each."""

import asyncio
import time
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx

from tests.resilience.harness.faults import CRASH_HEADER
from tests.resilience.harness.ledger import Kind, Operation
from tests.resilience.harness.stack import Stack

NAME = "by-hand"
_TIMEOUT = 10.0  # seconds for one answer


@dataclass(frozen=True)
class Author:
    """Defines and revises; whether a request is sent again is for the test to say."""

    stack: Stack

    def wishes(self, kind: Kind, aggregate: UUID | None = None, seen: int = 0) -> Operation:
        """A new wish: to define something, or to revise `aggregate`, seen at this version."""
        return self.stack.ledger.attempt(f"hand-{uuid4().hex[:12]}", kind, aggregate, seen)

    async def send(
        self, service: str, wish: Operation, *, keyed: bool = True, crash_at: str = ""
    ) -> httpx.Response | None:
        """Send its request to a service, with the id of the wish as Idempotency-Key or without one.

        None when there was no answer. `crash_at` is a point at which it shall kill the service.
        """
        headers = {"authorization": self.stack.tokens.header(NAME), CRASH_HEADER: crash_at}
        body = {"name": wish.id, "valueType": "text"}
        method, path = "POST", "/characteristics"
        if wish.kind is Kind.DEFINE:
            body["key"] = wish.id
        else:
            method, path = "PUT", f"{path}/{wish.aggregate}"
            body["description"] = wish.id
            headers["if-match"] = f'"{wish.seen}"'
        if keyed:
            headers["idempotency-key"] = wish.id
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as http:
                answer = await http.request(
                    method, self.stack.urls[service] + path, json=body, headers=headers
                )
        except httpx.TransportError as error:
            self.stack.ledger.lose_sight(wish, type(error).__name__)
            return None
        self._note(wish, answer)
        return answer

    async def gets_through(self, service: str, within: float = 10.0) -> float:
        """Send a definition until it is done; returns the seconds. Raises AssertionError after `within`."""
        began, wish = time.monotonic(), self.wishes(Kind.DEFINE)
        while (answer := await self.send(service, wish)) is None or answer.status_code != 201:
            if time.monotonic() - began > within:
                raise AssertionError(f"seed={self.stack.seed} {service} does not serve after {within:g} s")
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    def _note(self, wish: Operation, answer: httpx.Response) -> None:
        ledger, said = self.stack.ledger, f"{answer.status_code} {answer.text[:200]}"
        if answer.status_code >= 500:
            ledger.lose_sight(wish, said)
        elif answer.status_code >= 400:
            ledger.refuse(wish, said)
        else:
            ledger.acknowledge(wish, UUID(answer.json()["id"]), int(answer.json()["version"]))
