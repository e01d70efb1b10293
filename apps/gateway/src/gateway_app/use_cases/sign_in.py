"""Sign in with a name and a password."""

from dataclasses import dataclass, field

from gateway_app.attempts import Attempts
from gateway_app.ports import Identity, Tokens
from kernel.errors import Forbidden, Unauthorized, Unavailable
from kernel.logging import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True)
class Credentials:
    """What a person types; `address` is where the connection comes from."""

    username: str
    password: str = field(repr=False)
    address: str


@dataclass(frozen=True)
class SignIn:
    """A person begins a session."""

    identity: Identity
    attempts: Attempts
    enabled: bool

    async def __call__(self, given: Credentials) -> Tokens:
        """Return the session's tokens.

        Raises:
            Unauthorized: when name or password is wrong; the answer is the same for both.
            TooMany: when the account or the address has tried too often.
            Forbidden: when signing in by password is switched off.
            Unavailable: when the identity server does not answer.
        """
        if not self.enabled:
            raise Forbidden("Signing in by password is switched off here.", code="password_login_off")
        self.attempts.charge(given.username, given.address)
        try:
            tokens = await self.identity.login(given.username, given.password)
        except Unauthorized:
            _log.warning("login.failed", username=given.username, address=given.address)
            raise Unauthorized("Name or password is wrong.", code="login_failed") from None
        except Unavailable:
            self.attempts.give_back(given.username, given.address)
            raise
        self.attempts.give_back(given.username, given.address)
        _log.info("login.succeeded", username=given.username)
        return tokens
