"""Questions with a deadline, to the apps of a stack."""

import asyncio
import json
from collections.abc import Awaitable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from kernel.errors import CatalogError
from platform_app.calling.http import Answer, Asked, Http, Lost
from platform_app.doctor.facts import Unseen
from platform_app.trouble import Trouble

T = TypeVar("T")

DEADLINE = 2.5
"""Seconds for each question."""
HEALTH = 4.5
"""Seconds for /readyz: an app waits two for what it needs, and that may take as long to be given up."""
SIGN_IN = 2.0
"""Seconds for the sign-in, which some of the questions wait for: so all is known after four and a half."""
CLOSING = 0.5
"""Seconds for a goodbye."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


async def seen(work: Awaitable[T], deadline: float = DEADLINE) -> T | Unseen:
    """What `work` finds out, or why it does not: nothing that is wrong with a part ends the whole."""
    try:
        async with asyncio.timeout(deadline):
            return await work
    except TimeoutError:
        return Unseen(f"no answer within {deadline:g} s")
    except Lost as error:
        return Unseen(f"no answer ({error})")
    except (CatalogError, Trouble) as error:
        return Unseen(str(error).rstrip("."))
    except (KeyError, TypeError, ValueError):
        return Unseen("it answers what nobody here understands")
    except Exception as error:  # of a library, whose texts may hold what is secret
        return Unseen(f"it went wrong ({type(error).__name__})")


class Apps:
    """The apps of a stack by name, of which one is the gateway, and an operator who signs in there.

    Nothing is asked twice: what does not answer now is what a person wants to know.
    """

    def __init__(self, ways: Mapping[str, Http], username: str, password: str) -> None:
        self.ways = ways
        self._given = {"username": username, "password": password}
        self._signing_in: asyncio.Task[str | Unseen] | None = None

    async def signed_in(self) -> str | Unseen:
        """The operator's token. However many wait for it, it is asked for once."""
        if self._signing_in is None:
            self._signing_in = asyncio.create_task(seen(self._sign_in(), SIGN_IN))
        return await self._signing_in

    async def as_operator(self, work: Awaitable[T]) -> T | Unseen:
        """What `work` finds out once the operator has signed in; its deadline begins then."""
        token = await self.signed_in()
        if isinstance(token, Unseen):
            if asyncio.iscoroutine(work):
                work.close()
            return Unseen("nobody can sign in")
        return await seen(work)

    async def look(self, app: str, path: str) -> Answer:
        """What an app answers to a stranger. Raises Lost."""
        return await self.ways[app].ask(Asked("GET", path, _NOTHING, _NOTHING))

    async def ask(self, app: str, path: str, query: Mapping[str, str] = _NOTHING) -> Answer:
        """What an app answers to the operator. Raises Lost."""
        token = await self.signed_in()
        headers = {} if isinstance(token, Unseen) else {"Authorization": f"Bearer {token}"}
        return await self.ways[app].ask(Asked("GET", path, query, headers))

    async def get(self, path: str, query: Mapping[str, str] = _NOTHING) -> Any:
        """The JSON of what the gateway answers to the operator. Raises Lost, or Trouble for a refusal."""
        return _content(await self.ask("gateway", path, query))

    async def _sign_in(self) -> str:
        headers = {"Content-Type": "application/json"}
        asked = Asked("POST", "/login", _NOTHING, headers, json.dumps(self._given).encode())
        return str(_content(await self.ways["gateway"].ask(asked))["accessToken"])


def _content(answer: Answer) -> Any:
    body = json.loads(answer.content or b"{}")
    if not answer.good:
        raise Trouble(str(body.get("detail", f"it answers with status {answer.status}")))
    return body
