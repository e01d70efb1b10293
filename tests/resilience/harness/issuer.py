"""Tokens for the authors of a load."""

import time
from collections.abc import Sequence

from tests.contract.issuer import Issuer

_FRESH = 120.0  # seconds; tokens are good for five minutes, and signing one takes a millisecond


class Tokens:
    """Honest tokens of an issuer, each used for two minutes; for `audiences`, or for the issuer's own."""

    def __init__(self, issuer: Issuer, audiences: Sequence[str] = ()) -> None:
        self._issuer = issuer
        self._audiences = list(audiences) or [issuer.forge.audience]
        self._made: dict[tuple[str, str], tuple[float, str]] = {}

    def header(self, name: str, role: str = "author") -> str:
        """The header `Authorization` of an account; idempotency keys belong to its name."""
        at, token = self._made.get((name, role), (0.0, ""))
        if not token or time.monotonic() - at > _FRESH:
            forge = self._issuer.forge
            claims = forge.claims(sub=name, preferred_username=name, roles=[role], aud=self._audiences)
            token = forge.sign(claims)
            self._made[name, role] = (time.monotonic(), token)
        return f"Bearer {token}"
