"""The realm we ship is clean, and each rule of the lint has been seen to turn red."""

import copy
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from platform_app.apps import ACCOUNTS
from tests.architecture.realm import RULES, Realm, faults
from tests.architecture.realm_services import SERVICES

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


def service_user(**fields: Any) -> Plant:
    """Return a plant that sets fields of the one account in the file."""
    return lambda realm: realm["users"][0].update(fields)


def audience_of(name: str, **config: str) -> Plant:
    """Return a plant that sets what the first mapper of a client adds."""
    return lambda realm: one(realm, name)["protocolMappers"][0]["config"].update(config)


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
        lambda realm: realm["users"].append({"username": "somebody"}),
        ["user 'somebody' is in the file: people are created on each machine"],
    ),
    (
        service_user(credentials=[{"type": "password", "value": "a-long-password"}]),
        ["user 'service-account-specification' is in the file: people are created on each machine"],
    ),
    (
        service_user(realmRoles=["reader", "author"]),
        ["user 'service-account-specification' is in the file: people are created on each machine"],
    ),
    (
        service_user(serviceAccountClientId="gateway"),
        ["user 'service-account-specification' is in the file: people are created on each machine"],
    ),
    (
        drop("users"),
        ["the account of 'specification' is not in the file: it would have no role"],
    ),
    (
        client("specification", secret="${GATEWAY_CLIENT_SECRET}"),
        ["client 'specification' has the secret of 'gateway': each proves to be itself"],
    ),
    (
        client("gateway", serviceAccountsEnabled=True),
        ["client 'gateway' has an account of its own: only specification may"],
    ),
    (
        client("specification", serviceAccountsEnabled=False),
        ["client 'specification' has no account of its own: the service could not ask others"],
    ),
    (
        client("specification", standardFlowEnabled=True),
        [
            "client 'specification' allows the standard flow: nobody signs in through a service",
            "client 'specification' does not require PKCE with S256",
        ],
    ),
    (
        client("specification", directAccessGrantsEnabled=True),
        ["client 'specification' allows the password grant: only 'gateway' may"],
    ),
    (
        client("specification", implicitFlowEnabled=True),
        ["client 'specification' allows the implicit flow"],
    ),
    (client("specification", publicClient=True), ["client 'specification' has no secret to prove itself by"]),
    (
        lambda realm: one(realm, "specification").pop("secret"),
        ["client 'specification' has no secret to prove itself by"],
    ),
    (
        client("specification", redirectUris=["http://localhost:3000/"]),
        ["client 'specification' has addresses of a browser: none has to do with a service"],
    ),
    (
        client("specification", attributes={"client_credentials.use_refresh_token": "true"}),
        ["client 'specification' gets refresh tokens: its secret is enough, and those outlive it"],
    ),
    (
        client("specification", fullScopeAllowed=True),
        ["client 'specification' has the full scope: name its roles in scopeMappings"],
    ),
    (
        lambda realm: one(realm, "specification")["protocolMappers"].append(
            {"name": "more", "protocolMapper": "oidc-hardcoded-role-mapper", "config": {"role": "operator"}}
        ),
        [
            "client 'specification' has a mapper of the kind 'oidc-hardcoded-role-mapper': "
            "it may add what no rule here sees"
        ],
    ),
    (
        lambda realm: one(realm, "specification").pop("defaultClientScopes"),
        ["client 'specification' has the scope 'roles': a service needs basic and profile"],
    ),
    (
        client("specification", optionalClientScopes=["email"]),
        ["client 'specification' has the scope 'email': a service needs basic and profile"],
    ),
    (
        audience_of("specification", **{"included.custom.audience": "pricing"}),
        ["client 'specification' has tokens for pricing: only for characteristic it may"],
    ),
    (
        audience_of("specification", **{"included.client.audience": "gateway"}),
        ["client 'specification' has tokens for characteristic, gateway: only for characteristic it may"],
    ),
    (
        lambda realm: realm["scopeMappings"][1]["roles"].append("operator"),
        ["the scope of 'specification' holds operator, reader: it needs reader"],
    ),
    (
        lambda realm: realm["scopeMappings"].pop(),
        ["the scope of 'specification' holds nothing: it needs reader"],
    ),
    (
        put(clientScopeMappings={"realm-management": [{"client": "specification", "roles": ["view-users"]}]}),
        ["the scope of 'specification' holds roles of 'realm-management'"],
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


def test_the_embedded_issuer_knows_the_same_service_accounts() -> None:
    assert {name: asdict(service) for name, service in SERVICES.items()} == {
        name: {field: tuple(values) for field, values in may.items()} for name, may in ACCOUNTS.items()
    }


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
