"""Continue a session."""

from dataclasses import dataclass

from gateway_app.ports import Identity, Tokens
from kernel.errors import Unauthorized


@dataclass(frozen=True)
class Refresh:
    """A program continues a session before its access token ends."""

    identity: Identity

    async def __call__(self, refresh_token: str) -> Tokens:
        """Return new tokens; the old refresh token does not work any more.

        Raises:
            Unauthorized: when the session has ended.
            Unavailable: when the identity server does not answer.
        """
        try:
            return await self.identity.refresh(refresh_token)
        except Unauthorized:
            raise Unauthorized("The session has ended: sign in again.", code="session_ended") from None
