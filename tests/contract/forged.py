"""Fifty ways to forge an access token, each of which every service must refuse (after RFC 8725).

A `Forge` holds what an attacker may know or make: the issuer's public key, keys of their own, and honest
tokens of the wrong sort. Where a forgery needs the issuer's own signature (wrong audience, expired, an ID
token), the tests use an issuer of their own whose private key they hold.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Forge:
    """Makes tokens; `key` is what the issuer publishes under `kid`, with its private half.

    `like` are claims of a living session, for a server that looks it up.
    """

    issuer: str
    audience: str
    kid: str = "the-key"
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    like: dict[str, Any] = field(default_factory=dict)
    stranger: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def claims(self, **changed: Any) -> dict[str, Any]:
        """The claims of an honest access token, with changes; a change to None leaves the claim out."""
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "sub": "7a0d2f0e-1c53-4a9f-8a52-0d6e4f1b9c11",
            "aud": [self.audience],
            "exp": now + 300,
            "iat": now,
            "typ": "Bearer",
            "azp": "gateway",
            "sid": "5b7f",
            "preferred_username": "operator",
            "roles": ["operator"],
            **self.like,
        }
        return {name: value for name, value in {**honest, **changed}.items() if value is not None}

    def sign(
        self, claims: dict[str, Any], *, key: Any = None, algorithm: str = "RS256", **header: Any
    ) -> str:
        """Sign claims as the issuer does, or with another key, algorithm or header."""
        headers = {"kid": self.kid, **header}
        return jwt.encode(claims, key or self.key, algorithm=algorithm, headers=headers)

    def raw(self, header: str, payload: str) -> str:
        """A token with a true signature of the issuer over arbitrary text."""
        signed = f"{_b64(header.encode())}.{_b64(payload.encode())}"
        signer = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
        return f"{signed}.{_b64(signer.sign(signed.encode(), self.key))}"

    def jwks(self) -> dict[str, Any]:
        """What the issuer publishes."""
        document = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**document, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def honest(self) -> str:
        """A token that must be accepted: the matrix proves nothing while this one is refused."""
        return self.sign(self.claims())


Forgery = Callable[[Forge], str]


def _with_hmac(forge: Forge, secret: bytes) -> str:
    """HS256 with the public key as the secret, the classic confusion; by hand, as libraries refuse to."""
    header = json.dumps({"alg": "HS256", "typ": "JWT", "kid": forge.kid})
    signed = f"{_b64(header.encode())}.{_b64(json.dumps(forge.claims()).encode())}"
    return f"{signed}.{_b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def _public_pem(forge: Forge) -> bytes:
    return forge.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _unsigned(forge: Forge, algorithm: str) -> str:
    header = json.dumps({"alg": algorithm, "typ": "JWT", "kid": forge.kid})
    return f"{_b64(header.encode())}.{_b64(json.dumps(forge.claims()).encode())}."


def _own_jwk(forge: Forge) -> str:
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(forge.stranger.public_key()))
    return forge.sign(forge.claims(), key=forge.stranger, jwk=jwk)


def _tampered(forge: Forge) -> str:
    header, _, signature = forge.honest().split(".")
    claims = forge.claims(sub="somebody-else")
    return f"{header}.{_b64(json.dumps(claims).encode())}.{signature}"


def _twice(forge: Forge, name: str, value: Any) -> str:
    """A payload in which a claim occurs twice, truly signed."""
    body = json.dumps(forge.claims())
    payload = f'{{"{name}": {json.dumps(value)}, {body[1:]}'
    return forge.raw(json.dumps({"alg": "RS256", "kid": forge.kid}), payload)


def _now(seconds: float) -> int:
    return int(time.time() + seconds)


FORGERIES: dict[str, Forgery] = {
    "no signature, alg none": lambda f: _unsigned(f, "none"),
    "no signature, alg None in other letters": lambda f: _unsigned(f, "nOnE"),
    "no signature, alg RS256": lambda f: _unsigned(f, "RS256"),
    "HS256 with the public key": lambda f: _with_hmac(f, _public_pem(f)),
    "HS256 with an empty secret": lambda f: _with_hmac(f, b""),
    "signed by a stranger under our key id": lambda f: f.sign(f.claims(), key=f.stranger),
    "signed by a stranger under an unknown key id": lambda f: f.sign(f.claims(), key=f.stranger, kid="other"),
    "RS512, not on the list": lambda f: f.sign(f.claims(), algorithm="RS512"),
    "PS256, not on the list": lambda f: f.sign(f.claims(), algorithm="PS256"),
    "ES256 by a stranger's curve key": lambda f: f.sign(
        f.claims(), key=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256"
    ),
    "claims changed after signing": _tampered,
    "signature cut short": lambda f: f.honest()[:-8],
    "another issuer": lambda f: f.sign(f.claims(iss="https://elsewhere.invalid/realms/catalog")),
    "another realm of the same server": lambda f: f.sign(f.claims(iss=f.issuer.replace("catalog", "master"))),
    "issuer with a slash more": lambda f: f.sign(f.claims(iss=f.issuer + "/")),
    "no issuer": lambda f: f.sign(f.claims(iss=None)),
    "another audience": lambda f: f.sign(f.claims(aud=["somewhere-else"])),
    "Keycloak's default audience": lambda f: f.sign(f.claims(aud="account")),
    "no audience": lambda f: f.sign(f.claims(aud=None)),
    "no expiry": lambda f: f.sign(f.claims(exp=None)),
    "expired for 31 seconds": lambda f: f.sign(f.claims(exp=_now(-31), iat=_now(-331))),
    "expiry is text": lambda f: f.sign(f.claims(exp="soon")),
    "not valid before next hour": lambda f: f.sign(f.claims(nbf=_now(3600))),
    "issued in the future": lambda f: f.sign(f.claims(iat=_now(3600), exp=_now(3900))),
    "no time of issue": lambda f: f.sign(f.claims(iat=None)),
    "no subject": lambda f: f.sign(f.claims(sub=None)),
    "empty subject": lambda f: f.sign(f.claims(sub="")),
    "an ID token": lambda f: f.sign(f.claims(typ="ID")),
    "a refresh token": lambda f: f.sign(f.claims(typ="Refresh")),
    "no type": lambda f: f.sign(f.claims(typ=None)),
    "a logout token by its header": lambda f: f.sign(f.claims(), typ="logout+jwt"),
    "jku to a stranger's keys": lambda f: f.sign(f.claims(), key=f.stranger, jku="http://127.0.0.1:9/keys"),
    "x5u to a stranger's certificate": lambda f: f.sign(
        f.claims(), key=f.stranger, x5u="http://127.0.0.1:9/"
    ),
    "a stranger's key in the header": _own_jwk,
    "a critical header we do not know": lambda f: f.sign(f.claims(), crit=["exp"], exp=1),
    "no key id": lambda f: f.raw(json.dumps({"alg": "RS256"}), json.dumps(f.claims())),
    "key id is a path": lambda f: f.sign(f.claims(), kid="../../../../dev/null"),
    "key id is a number": lambda f: f.raw('{"alg":"RS256","kid":1}', json.dumps(f.claims())),
    "header says alg twice": lambda f: f.raw(
        f'{{"alg":"none","alg":"RS256","kid":"{f.kid}"}}', json.dumps(f.claims())
    ),
    "payload says aud twice": lambda f: _twice(f, "aud", "somewhere-else"),
    "payload says roles twice": lambda f: _twice(f, "roles", ["reader"]),
    "roles are text": lambda f: f.sign(f.claims(roles="operator")),
    "payload is a list": lambda f: f.raw(json.dumps({"alg": "RS256", "kid": f.kid}), "[]"),
    "expiry is NaN": lambda f: f.raw(
        json.dumps({"alg": "RS256", "kid": f.kid}), json.dumps(f.claims(exp=float("nan")))
    ),
    "a megabyte long": lambda f: f.sign(f.claims(note="x" * 1_000_000)),
    "nine kilobytes long": lambda f: f.sign(f.claims(note="x" * 9_000)),
    "two parts": lambda f: f.honest().rsplit(".", 1)[0],
    "five parts, as an encrypted token has": lambda f: f.honest() + ".a.b",
    "not base64": lambda f: "a.b.c",
    "letters beyond ASCII": lambda f: f.honest()[:-4] + "éé",
}


def forgeries(forge: Forge) -> Iterator[tuple[str, str]]:
    """Every forgery with its name."""
    return ((name, make(forge)) for name, make in FORGERIES.items())
