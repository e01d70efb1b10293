"""Turn a session into signed tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from identity_app.claims import access_claims, id_claims
from identity_app.domain import Session, User
from identity_app.keyring import Keyring, SigningKey
from identity_app.ports import Signatures
from kernel.errors import Unavailable


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What a client gets for a grant; lives are in seconds. `id_token` comes with the scope `openid` only."""

    access_token: str = field(repr=False)
    id_token: str | None = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    refresh_expires_in: int
    scope: str
    session_state: str


def signing_key(keyring: Keyring, now: datetime) -> SigningKey:
    """The key that signs now. Raises Unavailable when there is none."""
    key = keyring.signing(now)
    if key is None:
        raise Unavailable("There is no signing key yet; please try again soon.")
    return key


@dataclass(frozen=True)
class IssueTokens:
    """Sign what a session may have now; a part of the two grants, inside their transaction."""

    signatures: Signatures
    issuer: str
    audience: Sequence[str]

    def __call__(
        self, keyring: Keyring, user: User, session: Session, refresh_token: str, now: datetime
    ) -> Tokens:
        """Return the tokens. Raises Unavailable when no key may sign or can be decrypted."""
        key = signing_key(keyring, now)
        access = access_claims(self.issuer, self.audience, user, session, now)
        wants_id = "openid" in session.scope.split()
        identity = id_claims(self.issuer, user, session, now) if wants_id else None
        return Tokens(
            access_token=self.signatures.sign(key, access),
            id_token=self.signatures.sign(key, identity) if identity else None,
            refresh_token=refresh_token,
            expires_in=int((session.access_until(now) - now).total_seconds()),
            refresh_expires_in=int((session.expires_at - now).total_seconds()),
            scope=session.scope,
            session_state=str(session.id),
        )
