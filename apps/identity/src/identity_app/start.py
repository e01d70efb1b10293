"""What happens before the first request."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Self

from identity_app.ports import Signatures
from identity_app.use_cases.rotate_keys import RotateKeys
from identity_app.use_cases.seed_users import Account, SeedUsers
from kernel.logging import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True)
class Start(AbstractAsyncContextManager["Start"]):
    """Makes the accounts and the first key, and says what this is. Entered after the database."""

    seed: SeedUsers
    rotate: RotateKeys
    signatures: Signatures
    accounts: Sequence[Account]
    issuer: str

    async def __aenter__(self) -> Self:
        await self.seed(self.accounts)
        for key in (await self.rotate()).keys:
            self.signatures.sign(key, {})  # a wrong IDENTITY_KEY_SECRET ends the start, not the first sign-in
        _log.warning(
            "issuer.started",
            issuer=self.issuer,
            notice="FOR DEVELOPMENT ONLY: this embedded issuer stands in for Keycloak on machines without it",
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        return None
