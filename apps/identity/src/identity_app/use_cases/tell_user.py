"""Who an access token belongs to."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from identity_app.claims import user_claims
from identity_app.ports import Begin
from identity_app.refusals import ScopeMissing, TokenRefused
from kernel.auth import Verify
from kernel.errors import Unauthorized


@dataclass(frozen=True)
class TellUser:
    """Answer from the account as it is now; the issuer alone knows whether a session goes on."""

    begin: Begin
    verify: Verify

    async def __call__(self, access_token: str) -> dict[str, Any]:
        """Return the person's claims.

        Raises:
            TokenRefused: for an invalid token, or one whose session is over.
            ScopeMissing: for a token without the scope `openid`.
        """
        try:
            caller = await self.verify(access_token)
        except Unauthorized:
            raise TokenRefused("Token verification failed") from None
        async with self.begin() as work:
            session = await work.sessions.get(UUID(caller.session))
            user = await work.users.get(session.user_id) if session else None
            now = await work.now()
        if session is None or user is None or not session.active(now):
            raise TokenRefused("User session not found or doesn't have client attached on it")
        if "openid" not in session.scope.split():
            raise ScopeMissing("Missing openid scope")
        return user_claims(user)
