"""The realm we ship is clean, and each rule of the lint has been seen to turn red."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.realm import RULES, Realm, faults

FILE = Path(__file__).parents[2] / "compose" / "keycloak" / "catalog-realm.json"
Plant = Callable[[Realm], object]


@pytest.fixture
def realm() -> Realm:
    """The realm file as it is committed."""
    document: Realm = json.loads(FILE.read_text(encoding="utf-8"))
    return document


def put(**fields: Any) -> Plant:
    """Return a plant that sets fields of the realm."""
    return lambda realm: realm.update(fields)


def drop(field: str) -> Plant:
    """Return a plant that leaves a field of the realm to Keycloak's default."""
    return lambda realm: realm.pop(field)


def client(name: str, **fields: Any) -> Plant:
    """Return a plant that sets fields of one client."""
    return lambda realm: one(realm, name).update(fields)


def one(realm: Realm, name: str) -> dict[str, Any]:
    """Return the client with this id."""
    found: dict[str, Any] = next(each for each in realm["clients"] if each["clientId"] == name)
    return found


def attribute(name: str, value: str) -> Plant:
    """Return a plant that sets one attribute of the gateway client."""
    return lambda realm: one(realm, "gateway")["attributes"].update({name: value})


def undeclare(name: str) -> Plant:
    """Return a plant that leaves a client to Keycloak."""
    return lambda realm: realm["clients"].remove(one(realm, name))


PUBLIC_LOGIN = {"publicClient": True, "directAccessGrantsEnabled": True}
PLANTED: list[tuple[Plant, list[str]]] = [
    (put(sslRequired="none"), ["sslRequired is 'none': it must be 'external' or 'all'"]),
    (put(registrationAllowed=True), ["registrationAllowed is on: accounts are given by an operator"]),
    (
        put(loginWithEmailAllowed=True),
        ["loginWithEmailAllowed is on: two names for an account double the guesses at it"],
    ),
    (
        drop("defaultSignatureAlgorithm"),
        ["defaultSignatureAlgorithm is None: the services accept 'RS256'"],
    ),
    (drop("bruteForceProtected"), ["bruteForceProtected is off: guessing passwords costs nothing"]),
    (drop("failureFactor"), ["failureFactor is 30: at most 10 failures before a wait"]),
    (put(waitIncrementSeconds=0), ["waitIncrementSeconds is not set: a failure has to cost time"]),
    (
        drop("quickLoginCheckMilliSeconds"),
        ["quickLoginCheckMilliSeconds is not set: a failure has to cost time"],
    ),
    (put(passwordPolicy="length(8)"), ["passwordPolicy does not ask for at least 12 characters"]),
    (put(passwordPolicy="maxLength(64)"), ["passwordPolicy does not ask for at least 12 characters"]),
    (
        put(revokeRefreshToken=False),
        ["revokeRefreshToken is off: a stolen refresh token works until the session ends"],
    ),
    (put(refreshTokenMaxReuse=1), ["refreshTokenMaxReuse is 1: a refresh token works once"]),
    (put(accessTokenLifespan=3600), ["accessTokenLifespan is 3600: it must be between 1 and 300 seconds"]),
    (drop("ssoSessionIdleTimeout"), ["ssoSessionIdleTimeout is None: it must be between 1 and 1800 seconds"]),
    (put(ssoSessionMaxLifespan=0), ["ssoSessionMaxLifespan is 0: it must be between 1 and 36000 seconds"]),
    (
        put(users=[{"username": "somebody"}]),
        ["user 'somebody' is in the file: people are created on each machine"],
    ),
    (
        client("gateway", secret="gateway-secret"),
        ["client 'gateway' has its secret in the file: write a placeholder, ${NAME}"],
    ),
    (
        undeclare("account"),
        ["built-in client 'account' is not declared: Keycloak creates it with its own settings"],
    ),
    (
        client("admin-cli", directAccessGrantsEnabled=True, publicClient=False),
        ["client 'admin-cli' allows the password grant: only 'gateway' may"],
    ),
    (
        client("account-console", **PUBLIC_LOGIN),
        [
            "client 'account-console' allows the password grant: only 'gateway' may",
            "client 'account-console' is public and allows the password grant",
        ],
    ),
    (client("gateway", publicClient=True), ["client 'gateway' is public and allows the password grant"]),
    (client("gateway", implicitFlowEnabled=True), ["client 'gateway' allows the implicit flow"]),
    (
        client("gateway", redirectUris=["http://localhost:3000/*"]),
        ["client 'gateway' redirects to the wildcard 'http://localhost:3000/*'"],
    ),
    (
        attribute("post.logout.redirect.uris", "http://localhost:3000/##+"),
        ["client 'gateway' redirects to the wildcard '+'"],
    ),
    (client("gateway", webOrigins=["+"]), ["client 'gateway' accepts the wildcard origin '+'"]),
    (
        attribute("pkce.code.challenge.method", "plain"),
        ["client 'gateway' does not require PKCE with S256"],
    ),
    (
        client("gateway", fullScopeAllowed=True),
        ["client 'gateway' has the full scope: name its roles in scopeMappings"],
    ),
    (
        client("gateway", optionalClientScopes=["offline_access"]),
        ["client 'gateway' may ask for offline tokens: they outlive every session"],
    ),
    (
        client("gateway", protocolMappers=[]),
        ["client 'gateway' has no audience mapper: its tokens name no service"],
    ),
    (lambda realm: realm["roles"]["realm"].pop(), ["role 'operator' is missing"]),
    (
        lambda realm: realm["roles"]["realm"][3].update(composite=True),
        ["role 'operator' is a composite: the services order the roles"],
    ),
    (
        lambda realm: realm["scopeMappings"][0]["roles"].remove("author"),
        ["role 'author' is outside the scope of 'gateway': no token would carry it"],
    ),
]


def test_the_realm_we_ship_is_clean(realm: Realm) -> None:
    assert faults(realm) == []


@pytest.mark.parametrize(("plant", "sentences"), PLANTED, ids=[sentences[0] for _, sentences in PLANTED])
def test_a_planted_fault_is_named(realm: Realm, plant: Plant, sentences: list[str]) -> None:
    plant(realm)
    assert faults(realm) == sentences


def test_an_enabled_built_in_client_breaks_every_rule_it_would_break_in_use(realm: Realm) -> None:
    one(realm, "security-admin-console")["enabled"] = True
    assert faults(realm) == [
        "built-in client 'security-admin-console' is enabled: administration goes through the master realm",
        "client 'security-admin-console' may ask for offline tokens: they outlive every session",
        "client 'security-admin-console' has no audience mapper: its tokens name no service",
    ]


def test_each_rule_has_been_seen_red(realm: Realm) -> None:
    red = set()
    for plant, _ in PLANTED:
        planted = copy.deepcopy(realm)
        plant(planted)
        red |= {rule.__name__ for rule in RULES if list(rule(planted))}
    assert red == {rule.__name__ for rule in RULES}
