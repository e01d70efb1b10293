"""The client credentials grant."""

from dataclasses import dataclass, field

from identity_app.claims import service_claims
from identity_app.domain import ACCESS_LIFE, Client, service_scope
from identity_app.ports import Begin, Signatures
from identity_app.use_cases.issue_tokens import signing_key
from identity_app.use_cases.rotate_keys import RotateKeys
from kernel.logging import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class ServiceToken:
    """What a service gets for its secret; its life is in seconds. When it is over, it asks again."""

    access_token: str = field(repr=False)
    expires_in: int
    scope: str


@dataclass(frozen=True)
class SignInService:
    """Let a service in that has proved to be the client it says it is.

    Nothing is kept, so a process that dies has changed nothing. Wrong secrets are not counted: a secret of
    random characters cannot be guessed, and a lock would let anybody shut a service out.
    """

    begin: Begin
    rotate: RotateKeys
    signatures: Signatures
    issuer: str

    async def __call__(self, client: Client, scope: str = "") -> ServiceToken:
        """Return a token of the client's own account, for the services of its audience.

        Raises:
            NoServiceAccount, BadRequest: for a client without one, for what it asks.
            Unavailable: when no key may sign or can be decrypted.
        """
        account = client.require_account()
        granted = service_scope(scope)
        keyring = await self.rotate()
        async with self.begin() as work:
            now = await work.now()
        claims = service_claims(self.issuer, client.id, account, granted, now)
        token = self.signatures.sign(signing_key(keyring, now), claims)
        _log.info("service.signed_in", client=client.id)
        return ServiceToken(access_token=token, expires_in=int(ACCESS_LIFE.total_seconds()), scope=granted)
