"""Keys and signatures with PyJWT and cryptography."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import anyio.to_thread
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from jwt import PyJWK
from jwt.algorithms import RSAAlgorithm

from identity_app.keyring import KeyMaterial, SigningKey
from identity_app.use_cases.rotate_keys import RotateKeys
from kernel.errors import Unavailable

_RSA_BITS = 2048


class RsaSignatures:
    """RS256. Private keys leave the process only encrypted with `secret`; each is decrypted once."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._keys: dict[str, RSAPrivateKey] = {}

    async def make_key(self) -> KeyMaterial:
        """See `Signatures`."""
        return await anyio.to_thread.run_sync(self._make)

    def _make(self) -> KeyMaterial:
        key = generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(self._secret))
        jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        public = {"kty": "RSA", "n": str(jwk["n"]), "e": str(jwk["e"])}
        kid = _thumbprint(public)
        return KeyMaterial(
            kid=kid, private=pem.decode(), public={**public, "kid": kid, "use": "sig", "alg": "RS256"}
        )

    def sign(self, key: SigningKey, claims: Mapping[str, Any]) -> str:
        """See `Signatures`."""
        return jwt.encode(dict(claims), self._private(key), algorithm="RS256", headers={"kid": key.kid})

    def _private(self, key: SigningKey) -> RSAPrivateKey:
        if key.kid not in self._keys:
            try:
                loaded = load_pem_private_key(key.private.encode(), self._secret)
            except ValueError as error:
                raise Unavailable(
                    "The signing keys were stored under another IDENTITY_KEY_SECRET. Give that one back, or "
                    "delete the rows of the table signing_key (all access tokens end with them)."
                ) from error
            if not isinstance(loaded, RSAPrivateKey):
                raise TypeError(f"key {key.kid} is not an RSA key")
            self._keys[key.kid] = loaded
        return self._keys[key.kid]


class OwnKeys:
    """The issuer's public keys for `kernel.tokens.VerifyToken`: from the database, not over HTTP."""

    def __init__(self, rotate: RotateKeys) -> None:
        self._rotate = rotate

    async def key(self, kid: str) -> PyJWK | None:
        """The published key with this id."""
        keyring = await self._rotate()
        return next((PyJWK.from_dict(key.public) for key in keyring.keys if key.kid == kid), None)


def _thumbprint(jwk: Mapping[str, str]) -> str:
    """RFC 7638: the hash of the required members, in order and without blanks, as base64url."""
    canonical = json.dumps(dict(sorted(jwk.items())), separators=(",", ":")).encode()
    return jwt.utils.base64url_encode(hashlib.sha256(canonical).digest()).decode()
