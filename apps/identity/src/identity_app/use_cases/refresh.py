"""The refresh grant."""

import secrets
from dataclasses import dataclass

from identity_app.domain import Client, Grant, digest
from identity_app.ports import Begin
from identity_app.refusals import RefreshRefused
from identity_app.use_cases.issue_tokens import IssueTokens, Tokens
from identity_app.use_cases.rotate_keys import RotateKeys
from kernel.logging import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True)
class Refresh:
    """Exchange a refresh token for new tokens; each works once.

    Of several exchanges of one token at the same time, the first to lock the session's row succeeds and the
    next ends the session, the first one's new tokens included, as Keycloak does with reuse 0. A client must
    therefore refresh one at a time, and must sign in again when an answer was lost: a token whose successor
    exists is spent, whether or not the successor arrived. A process that dies before the commit has spent
    nothing.
    """

    begin: Begin
    rotate: RotateKeys
    issue: IssueTokens

    async def __call__(self, client: Client, refresh_token: str) -> Tokens:
        """Return the next tokens of the session.

        Raises:
            RefreshRefused: for a token that is unknown, spent, or of a session that is over.
            GrantNotAllowed: for a client without this grant.
        """
        client.require(Grant.REFRESH)
        keyring = await self.rotate()
        presented, successor = digest(refresh_token), secrets.token_urlsafe(32)
        refused: RefreshRefused | None = None
        async with self.begin() as work:
            session = await work.sessions.of_refresh_token(presented)
            user = await work.users.get(session.user_id) if session else None
            if session is None or user is None:
                raise RefreshRefused("Invalid refresh token")
            now = await work.now()
            try:
                session.refresh(presented, digest(successor), client.id, now)
                tokens = self.issue(keyring, user, session, successor, now)
            except RefreshRefused as error:
                refused = error
            await work.sessions.save(session)
        if refused is not None:  # raised out here, so that the end of a reused session is kept
            _log.warning("refresh.refused", session=str(session.id), reason=refused.message)
            raise refused
        return tokens
