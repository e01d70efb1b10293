"""The password grant."""

import secrets
from dataclasses import dataclass, field

from identity_app.domain import (
    FAILURES_REMEMBERED,
    Client,
    Grant,
    Session,
    User,
    account_name,
    digest,
    granted_scope,
)
from identity_app.keyring import Keyring
from identity_app.ports import Begin, Passwords, Work
from identity_app.refusals import SignInRefused
from identity_app.use_cases.issue_tokens import IssueTokens, Tokens
from identity_app.use_cases.rotate_keys import RotateKeys
from kernel.logging import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a person typed, and the scopes the client asks for."""

    name: str
    password: str = field(repr=False)
    scope: str = ""


@dataclass(frozen=True)
class SignIn:
    """Let a person in, or refuse without telling why.

    The password is checked outside any transaction: that takes tens of milliseconds, and an attempt waiting
    its turn would hold a connection. The outcome, a good one too, is then judged under the lock of the name's
    failures: of many guesses at once the first five count, and the others are refused unread. A process that
    dies before that has neither counted nor let in. If it dies after, the client gets no answer and signs in
    again; the session nobody knows of ends by its idle time.
    """

    begin: Begin
    passwords: Passwords
    rotate: RotateKeys
    issue: IssueTokens

    async def __call__(self, client: Client, typed: Credentials) -> Tokens:
        """Return the tokens of a new session.

        Raises:
            SignInRefused: for an unknown account, a wrong password, a locked account.
            GrantNotAllowed, BadRequest: for what the client asks.
        """
        client.require(Grant.PASSWORD)
        scope, name = granted_scope(typed.scope), account_name(typed.name)
        async with self.begin() as work:
            user = await work.users.find(name)
        fits = await self.passwords.verify(user.password_hash if user else None, typed.password)
        keyring = await self.rotate()
        async with self.begin() as work:
            tokens = None
            if await self._accepts(work, name, user if fits else None) and user is not None:
                tokens = await self._start(work, client, user, scope, keyring)
        if tokens is None:  # raised out here, so that the failure counted in there is kept
            raise SignInRefused
        return tokens

    async def _accepts(self, work: Work, name: str, user: User | None) -> bool:
        """Count the outcome; whether it opens a session. `user` is the account whose password fitted."""
        attempts = await work.attempts.of(name)
        now = await work.now()
        await work.attempts.forget(now - FAILURES_REMEMBERED)
        if attempts.locked(now):
            _log.warning("sign_in.refused", reason="locked", until=str(attempts.locked_until))
            return False
        if user is None or await work.users.find(name) != user:  # changed meanwhile: what fitted is the past
            attempts.fail(now)
            await work.attempts.save(attempts)
            _log.warning("sign_in.refused", reason="credentials", failures=attempts.failures)
            return False
        await work.attempts.reset(name)
        return True

    async def _start(self, work: Work, client: Client, user: User, scope: str, keyring: Keyring) -> Tokens:
        now = await work.now()
        refresh_token = secrets.token_urlsafe(32)
        session = Session(
            user_id=user.id,
            client_id=client.id,
            scope=scope,
            started_at=now,
            refreshed_at=now,
            refresh_digest=digest(refresh_token),
        )
        await work.sessions.add(session)
        await work.sessions.forget(now)
        _log.info("session.started", account=user.name, session=str(session.id), client=client.id)
        return self.issue(keyring, user, session, refresh_token, now)
