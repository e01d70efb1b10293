"""The issuer's signing keys and their turns.

        published                    signs                      published
    ----|<-- at least PUBLISHED_BEFORE -->|<---- period ---->|<-- PUBLISHED_AFTER -->|
     made_at                          signs_from      successor's signs_from       forgotten

Services keep the published keys for some minutes. So a key is shown before it signs, and stays until the last
token it signed has expired.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from identity_app.domain import ACCESS_LIFE

PUBLISHED_BEFORE = timedelta(seconds=330)
"""The time services may go on with the keys they know (300 s, `kernel.jwks.FRESH`) and the clocks' leeway."""
PUBLISHED_AFTER = ACCESS_LIFE + timedelta(seconds=60)
"""The longest life of what a key signed (access and ID tokens), twice the clocks' leeway added."""


@dataclass(frozen=True, kw_only=True)
class KeyMaterial:
    """A new RSA key: `private` is encrypted PEM, `public` its JWK, `kid` the JWK's thumbprint (RFC 7638)."""

    kid: str
    private: str = field(repr=False)
    public: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class SigningKey(KeyMaterial):
    """A key and its turn. Generations count up without gaps, and each exists once in the database."""

    generation: int
    signs_from: datetime


@dataclass(frozen=True)
class Keyring:
    """All keys that are published, oldest first."""

    keys: Sequence[SigningKey]

    def signing(self, now: datetime) -> SigningKey | None:
        """The key whose turn it is, or None before the first."""
        return next((key for key in reversed(self.keys) if key.signs_from <= now), None)

    def needs_next(self, now: datetime, period: timedelta) -> bool:
        """Whether a successor must be published by now."""
        newest = self.keys[-1] if self.keys else None
        return newest is None or newest.signs_from + period - PUBLISHED_BEFORE <= now

    def next(self, material: KeyMaterial, now: datetime, period: timedelta) -> SigningKey:
        """The turn of a new key. The first signs at once: there is nothing else, and nobody knows older ones.

        A process that has slept through its time still publishes first and signs later.
        """
        newest = self.keys[-1] if self.keys else None
        signs_from = now if newest is None else max(now + PUBLISHED_BEFORE, newest.signs_from + period)
        return SigningKey(
            kid=material.kid,
            private=material.private,
            public=material.public,
            generation=newest.generation + 1 if newest else 1,
            signs_from=signs_from,
        )

    def forgettable(self, now: datetime) -> int:
        """The newest generation whose tokens have all expired, or 0: it and the older ones may go."""
        over = [
            key.generation
            for key, successor in zip(self.keys, self.keys[1:], strict=False)
            if successor.signs_from + PUBLISHED_AFTER <= now
        ]
        return max(over, default=0)
