"""What makes a Keycloak realm file unsafe to import: one rule, one small function, one sentence per fault.

The rules follow RFC 9700 and what Keycloak leaves open by default. A field that is left out takes Keycloak's
default, and several of those defaults are the fault itself, so a rule reads absence as that default.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.architecture import realm_services
from tests.architecture.realm_services import SERVICES, service_user

Realm = dict[str, Any]
Client = dict[str, Any]
Rule = Callable[[Realm], Iterator[str]]

LOGIN_CLIENT = "gateway"
"""The one client that may use the password grant: the documented exception behind POST /login."""

BUILT_IN = ("account", "account-console", "admin-cli", "security-admin-console")
"""Clients that Keycloak adds by itself, with direct grants or wildcard redirects, unless declared."""

ROLES = ("reader", "author", "publisher", "operator")
PLACEHOLDER = re.compile(r"\$\{[A-Z][A-Z0-9_]*\}")
ACCESS_SECONDS, IDLE_SECONDS, SESSION_SECONDS, MOST_FAILURES, SHORTEST_PASSWORD = 300, 1800, 36_000, 10, 12


def faults(realm: Realm) -> list[str]:
    """Return one sentence for each rule that the realm breaks; an empty list means it may be imported."""
    return [fault for rule in RULES for fault in rule(realm)]


def clients(realm: Realm) -> list[Client]:
    """Return the clients that the file declares."""
    return list(realm.get("clients", []))


def transport(realm: Realm) -> Iterator[str]:
    """Outside this machine's own addresses only HTTPS may carry a password."""
    if realm.get("sslRequired") not in ("external", "all"):
        yield f"sslRequired is {realm.get('sslRequired')!r}: it must be 'external' or 'all'"


def registration(realm: Realm) -> Iterator[str]:
    """Accounts are given by an operator, not taken."""
    if realm.get("registrationAllowed", False):
        yield "registrationAllowed is on: accounts are given by an operator"
    if realm.get("loginWithEmailAllowed", True):
        yield "loginWithEmailAllowed is on: two names for an account double the guesses at it"


def signature(realm: Realm) -> Iterator[str]:
    """The services accept one algorithm; the realm has to say it, not inherit it."""
    algorithm = realm.get("defaultSignatureAlgorithm")
    if algorithm != "RS256":
        yield f"defaultSignatureAlgorithm is {algorithm!r}: the services accept 'RS256'"


def brute_force(realm: Realm) -> Iterator[str]:
    """Keycloak counts no failures by default, and its own limit of 30 is a dictionary a day."""
    if not realm.get("bruteForceProtected", False):
        yield "bruteForceProtected is off: guessing passwords costs nothing"
    failures = realm.get("failureFactor", 30)
    if failures > MOST_FAILURES:
        yield f"failureFactor is {failures}: at most {MOST_FAILURES} failures before a wait"
    for pause in ("waitIncrementSeconds", "quickLoginCheckMilliSeconds", "minimumQuickLoginWaitSeconds"):
        if realm.get(pause, 0) < 1:
            yield f"{pause} is not set: a failure has to cost time"


def password_policy(realm: Realm) -> Iterator[str]:
    """A realm without a policy accepts the password `a`."""
    length = re.search(r"\blength\((\d+)\)", realm.get("passwordPolicy", ""))
    if length is None or int(length.group(1)) < SHORTEST_PASSWORD:
        yield f"passwordPolicy does not ask for at least {SHORTEST_PASSWORD} characters"


def refresh(realm: Realm) -> Iterator[str]:
    """A stolen refresh token shows itself only when each one works once."""
    if not realm.get("revokeRefreshToken", False):
        yield "revokeRefreshToken is off: a stolen refresh token works until the session ends"
    if realm.get("refreshTokenMaxReuse", 0) != 0:
        yield f"refreshTokenMaxReuse is {realm['refreshTokenMaxReuse']}: a refresh token works once"


def lifespans(realm: Realm) -> Iterator[str]:
    """Nobody can call back an access token, so it has to be short-lived."""
    limits = (
        ("accessTokenLifespan", ACCESS_SECONDS),
        ("ssoSessionIdleTimeout", IDLE_SECONDS),
        ("ssoSessionMaxLifespan", SESSION_SECONDS),
    )
    for field, most in limits:
        seconds = realm.get(field)
        if seconds is None or not 0 < seconds <= most:
            yield f"{field} is {seconds}: it must be between 1 and {most} seconds"


def nobody_inside(realm: Realm) -> Iterator[str]:
    """A user in the file is the same user, often with the same password, on every machine.

    The account of a service is none: only its client's secret opens it.
    """
    for user in realm.get("users", []):
        if not any(user == service_user(name) for name in SERVICES):
            yield f"user {user.get('username')!r} is in the file: people are created on each machine"


def secrets(realm: Realm) -> Iterator[str]:
    """A secret in the file is known to everyone who can read the repository; one for two is no proof."""
    found: dict[str, str] = {}
    for client in clients(realm):
        name, secret = client["clientId"], client.get("secret")
        if secret is None:
            continue
        if not PLACEHOLDER.fullmatch(secret):
            yield f"client {name!r} has its secret in the file: write a placeholder, ${{NAME}}"
        elif secret in found:
            yield f"client {name!r} has the secret of {found[secret]!r}: each proves to be itself"
        found.setdefault(secret, name)


def built_in_clients(realm: Realm) -> Iterator[str]:
    """What the file does not declare, Keycloak creates with its own, wider settings."""
    declared = {client["clientId"]: client for client in clients(realm)}
    for name in BUILT_IN:
        if name not in declared:
            yield f"built-in client {name!r} is not declared: Keycloak creates it with its own settings"
        elif declared[name].get("enabled", True):
            yield f"built-in client {name!r} is enabled: administration goes through the master realm"


def direct_grants(realm: Realm) -> Iterator[str]:
    """RFC 9700 forbids the password grant; one confidential client is the documented exception."""
    for client in clients(realm):
        if not client.get("directAccessGrantsEnabled", True):
            continue
        if client["clientId"] != LOGIN_CLIENT:
            yield f"client {client['clientId']!r} allows the password grant: only {LOGIN_CLIENT!r} may"
        if client.get("publicClient", False):
            yield f"client {client['clientId']!r} is public and allows the password grant"


def implicit_flow(realm: Realm) -> Iterator[str]:
    """The implicit flow puts tokens in addresses, and addresses in logs."""
    for client in clients(realm):
        if client.get("implicitFlowEnabled", False):
            yield f"client {client['clientId']!r} allows the implicit flow"


def exact_addresses(realm: Realm) -> Iterator[str]:
    """A wildcard sends the code to whoever owns a page under the prefix; `+` copies it to the origins."""
    for client in clients(realm):
        after_logout = str(client.get("attributes", {}).get("post.logout.redirect.uris", "")).split("##")
        for uri in [*client.get("redirectUris", []), *after_logout]:
            if "*" in uri or uri == "+":
                yield f"client {client['clientId']!r} redirects to the wildcard {uri!r}"
        for origin in client.get("webOrigins", []):
            if "*" in origin or origin == "+":
                yield f"client {client['clientId']!r} accepts the wildcard origin {origin!r}"


def pkce(realm: Realm) -> Iterator[str]:
    """Without PKCE an intercepted code is a login."""
    for client in clients(realm):
        method = client.get("attributes", {}).get("pkce.code.challenge.method")
        if client.get("standardFlowEnabled", True) and method != "S256":
            yield f"client {client['clientId']!r} does not require PKCE with S256"


def scope(realm: Realm) -> Iterator[str]:
    """With the full scope a token carries every role its owner has, whatever the client needs."""
    for client in clients(realm):
        if client.get("fullScopeAllowed", True):
            yield f"client {client['clientId']!r} has the full scope: name its roles in scopeMappings"
        offline = "offline_access" in client.get("optionalClientScopes", ["offline_access"])
        if offline and client.get("enabled", True):
            yield f"client {client['clientId']!r} may ask for offline tokens: they outlive every session"


def audience(realm: Realm) -> Iterator[str]:
    """Keycloak names no service in `aud` by itself, and a service refuses a token that does not name it."""
    for client in clients(realm):
        mappers = [mapper["protocolMapper"] for mapper in client.get("protocolMappers", [])]
        if client.get("enabled", True) and "oidc-audience-mapper" not in mappers:
            yield f"client {client['clientId']!r} has no audience mapper: its tokens name no service"


def roles(realm: Realm) -> Iterator[str]:
    """The four roles exist, plain: their order is a rule of the services, and two places come to disagree."""
    declared = {role["name"]: role for role in realm.get("roles", {}).get("realm", [])}
    for name in ROLES:
        if name not in declared:
            yield f"role {name!r} is missing"
        elif declared[name].get("composite", False):
            yield f"role {name!r} is a composite: the services order the roles"


def role_scope(realm: Realm) -> Iterator[str]:
    """Without the full scope a token carries a role only when a scope mapping names it."""
    mappings = [one for one in realm.get("scopeMappings", []) if one.get("client") == LOGIN_CLIENT]
    mapped = {role for one in mappings for role in one.get("roles", [])}
    for name in ROLES:
        if name not in mapped:
            yield f"role {name!r} is outside the scope of {LOGIN_CLIENT!r}: no token would carry it"


RULES: tuple[Rule, ...] = (
    transport,
    registration,
    signature,
    brute_force,
    password_policy,
    refresh,
    lifespans,
    nobody_inside,
    secrets,
    *realm_services.RULES,
    built_in_clients,
    direct_grants,
    implicit_flow,
    exact_addresses,
    pkce,
    scope,
    audience,
    roles,
    role_scope,
)
