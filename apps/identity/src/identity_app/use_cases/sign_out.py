"""The end of a session."""

from dataclasses import dataclass

from identity_app.domain import Client, digest
from identity_app.ports import Begin
from identity_app.refusals import RefreshRefused
from kernel.logging import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True)
class SignOut:
    """End the session of a refresh token, a spent one too: whoever holds it wants the session to end.

    Twice is as good as once. Access tokens live on until they expire, five minutes at most.
    """

    begin: Begin

    async def __call__(self, client: Client, refresh_token: str) -> None:
        """End it.

        Raises:
            RefreshRefused: for an unknown token, or another client's.
        """
        async with self.begin() as work:
            session = await work.sessions.of_refresh_token(digest(refresh_token))
            if session is None or session.client_id != client.id:
                raise RefreshRefused("Invalid refresh token")
            session.end(await work.now())
            await work.sessions.save(session)
        _log.info("session.ended", session=str(session.id))
