"""The port `Identity` in memory: for tests, and the plainest statement of what it promises."""

from dataclasses import dataclass, field
from uuid import uuid4

from gateway_app.ports import Tokens
from kernel.errors import Unauthorized, Unavailable


@dataclass
class MemoryIdentity:
    """Accounts by name with their passwords; `away` makes every call fail like a dead server."""

    accounts: dict[str, str]
    away: bool = False
    _current: dict[str, str] = field(default_factory=dict)  # session -> its one valid refresh token
    _session: dict[str, str] = field(default_factory=dict)  # every refresh token ever given -> session

    async def login(self, username: str, password: str) -> Tokens:
        """See `Identity.login`."""
        await self.check()
        if self.accounts.get(username) != password:
            raise Unauthorized("Name or password is wrong, or the session has ended.")
        return self._give(str(uuid4()))

    async def refresh(self, refresh_token: str) -> Tokens:
        """See `Identity.refresh`."""
        await self.check()
        session = self._session.get(refresh_token, "")
        if self._current.pop(session, None) != refresh_token:
            raise Unauthorized("Name or password is wrong, or the session has ended.")
        return self._give(session)

    async def logout(self, refresh_token: str) -> None:
        """See `Identity.logout`."""
        await self.check()
        self._current.pop(self._session.get(refresh_token, ""), None)

    async def check(self) -> None:
        """See `Identity.check`."""
        if self.away:
            raise Unavailable("Sign-in does not answer right now; please try again soon.")

    def _give(self, session: str) -> Tokens:
        token = str(uuid4())
        self._current[session] = token
        self._session[token] = session
        return Tokens(access_token=str(uuid4()), refresh_token=token, expires_in=300, refresh_expires_in=1800)
