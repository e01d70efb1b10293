"""Verify access tokens. Every service does so itself; none believes a gateway.

The tokens are those of Keycloak and of the embedded issuer (see the identity section of ARCHITECTURE.md):

| claim | meaning |
|---|---|
| `iss` | the issuer, compared exactly |
| `sub` | the user's stable id |
| `aud` | the services the token is for; must hold this one |
| `exp`, `iat`, `nbf` | seconds since the epoch |
| `typ` | `Bearer` for access tokens, `ID` and `Refresh` for the others |
| `azp` | the client that asked for the token |
| `sid` | the login session |
| `preferred_username` | the account's name |
| `roles` | a list of `reader`, `author`, `publisher`, `operator` |
"""

import base64
import binascii
import hashlib
import json
import re
import time
from dataclasses import dataclass
from typing import Any, Protocol

import jwt
from jwt import PyJWK

from kernel.auth import Principal, Role, Verify
from kernel.errors import Unauthorized
from kernel.logging import get_logger

ALGORITHMS = {"RS256": "RSA", "ES256": "EC"}
"""The signatures believed, with the key type each needs (RFC 8725, section 3.1)."""
LEEWAY = 30
"""Seconds by which clocks may differ."""

_LONGEST = 8 * 1024
_KID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_REFUSED_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "crit", "b64", "zip", "cty"})
_log = get_logger(__name__)


class Keys(Protocol):
    """The signing keys of the issuer: `kernel.jwks.Jwks`, or the issuer's own."""

    async def key(self, kid: str) -> PyJWK | None:
        """The key with this id, or None. Raises Unavailable when nobody can tell."""


@dataclass(frozen=True)
class VerifyToken:
    """Tell who the caller is from an access token, or refuse. `audience` is the name of this service."""

    keys: Keys
    issuer: str
    audience: str

    async def __call__(self, token: str) -> Principal:
        """Return the verified caller.

        Raises:
            Unauthorized: for any fault of the token. The reason goes to the log only: it would help a forger.
            Unavailable: when the issuer's keys cannot be read.
        """
        try:
            return await self._verify(token)
        except (jwt.PyJWTError, _Refused) as error:
            _log.warning("token.refused", reason=str(error) or type(error).__name__)
            raise Unauthorized(
                "The access token is not valid here, or not any more.", code="token_invalid"
            ) from None

    async def _verify(self, token: str) -> Principal:
        kid, algorithm = _read_header(token)
        key = await self.keys.key(kid)
        if key is None:
            raise _Refused("unknown key")
        if key.key_type != ALGORITHMS[algorithm]:
            raise _Refused(f"{algorithm} with a key of type {key.key_type}")
        return _principal(self._claims(token, key, algorithm))

    def _claims(self, token: str, key: PyJWK, algorithm: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[algorithm],
            audience=self.audience,
            issuer=self.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
        # The library has read the payload leniently; a name that occurs twice may mean one thing to us,
        # another elsewhere.
        _strict_json(token.split(".")[1], "payload")
        return claims


REMEMBERED = 30.0
"""Seconds for which a token that was believed is believed unread."""
MOST_REMEMBERED = 1000


class RememberTokens:
    """Verifies a token once in half a minute: people and programs send the same one with every request.

    Nothing becomes valid by that which was not: a token is known by the whole of its text, and only until it
    expires. A key that the issuer withdraws counts for half a minute longer.
    """

    def __init__(self, verify: Verify) -> None:
        self._verify = verify
        self._known: dict[bytes, tuple[float, Principal]] = {}

    async def __call__(self, token: str) -> Principal:
        """See `Verify`."""
        digest = hashlib.sha256(token.encode()).digest()
        until, principal = self._known.get(digest, (0.0, None))
        if principal is not None and time.monotonic() < until and time.time() < principal.expires:
            return principal
        principal = await self._verify(token)
        self._known.pop(digest, None)
        self._known[digest] = time.monotonic() + REMEMBERED, principal
        if len(self._known) > MOST_REMEMBERED:
            del self._known[next(iter(self._known))]  # the oldest
        return principal


class _Refused(Exception):
    """Why a token is not believed; for the log."""


def _read_header(token: str) -> tuple[str, str]:
    """Key id and algorithm of a token's header, having refused whatever could steer the verification."""
    if len(token) > _LONGEST:
        raise _Refused(f"longer than {_LONGEST} characters")
    if not token.isascii() or token.count(".") != 2:
        raise _Refused("not three parts")
    header = _strict_json(token.split(".")[0], "header")
    if named := sorted(_REFUSED_HEADERS & header.keys()):
        raise _Refused(f"header names {', '.join(named)}")
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise _Refused("algorithm not allowed")
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise _Refused("key id missing or malformed")
    if not isinstance(kind, str) or kind.lower() not in ("jwt", "at+jwt"):
        raise _Refused("not an access token by its header")
    return kid, algorithm


def _principal(claims: dict[str, Any]) -> Principal:
    if claims.get("typ") != "Bearer":
        raise _Refused("not an access token")
    subject, roles = claims["sub"], claims.get("roles", [])
    if not isinstance(subject, str) or not subject:
        raise _Refused("no subject")
    if not isinstance(roles, list):
        raise _Refused("roles are not a list")
    known = {role.value: role for role in Role}
    return Principal(
        subject=subject,
        name=_text(claims, "preferred_username"),
        roles=frozenset(known[role] for role in roles if isinstance(role, str) and role in known),
        client=_text(claims, "azp"),
        session=_text(claims, "sid"),
        expires=float(claims["exp"]),
    )


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str):
        raise _Refused(f"{name} is not text")
    return value


def _strict_json(part: str, what: str) -> dict[str, Any]:
    """Decode one base64url part as a JSON object without repeated names and without NaN."""
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        document = json.loads(raw, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _Refused(f"{what} is not strict JSON") from error
    if not isinstance(document, dict):
        raise _Refused(f"{what} is not an object")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name occurs twice")
    return document


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
