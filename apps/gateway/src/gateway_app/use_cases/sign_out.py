"""End a session."""

from dataclasses import dataclass

from gateway_app.ports import Identity


@dataclass(frozen=True)
class SignOut:
    """A person ends a session."""

    identity: Identity

    async def __call__(self, refresh_token: str) -> None:
        """End the session; nothing happens when it has ended.

        Raises:
            Unavailable: when the identity server does not answer.
        """
        await self.identity.logout(refresh_token)
