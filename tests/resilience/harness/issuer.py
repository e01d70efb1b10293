"""Tokens for the authors of a load."""

import time

from tests.contract.issuer import Issuer

_FRESH = 120.0  # seconds; tokens are good for five minutes, and signing one takes a millisecond


class Tokens:
    """Honest tokens of an issuer, each used for two minutes."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._made: dict[str, tuple[float, str]] = {}

    def header(self, name: str, role: str = "author") -> str:
        """The header `Authorization` of an account; idempotency keys belong to its name."""
        at, token = self._made.get(name, (0.0, ""))
        if not token or time.monotonic() - at > _FRESH:
            forge = self._issuer.forge
            token = forge.sign(forge.claims(sub=name, preferred_username=name, roles=[role]))
            self._made[name] = (time.monotonic(), token)
        return f"Bearer {token}"
