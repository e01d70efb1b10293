"""What makes the clients of services unsafe in a Keycloak realm file: rules of `tests.architecture.realm`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Realm = dict[str, Any]


@dataclass(frozen=True)
class Service:
    """What the own account of a service may do, and the services it may do that at."""

    roles: tuple[str, ...]
    audience: tuple[str, ...]


SERVICES = {"specification": Service(roles=("reader",), audience=("characteristic",))}
"""The clients that ask for themselves."""

SERVICE_SCOPES = ("basic", "profile")
"""The scopes that say who a service is; others add roles, audiences or refresh tokens."""
SERVICE_MAPPERS = ("oidc-audience-mapper", "oidc-usermodel-realm-role-mapper")


def service_user(client: str) -> dict[str, object]:
    """The whole account of a service: without a password, and with its roles alone."""
    return {
        "username": f"service-account-{client}",
        "enabled": True,
        "serviceAccountClientId": client,
        "realmRoles": list(SERVICES[client].roles),
    }


def service_accounts(realm: Realm) -> Iterator[str]:
    """A client with an account of its own is a caller that no person stands behind: they are counted."""
    enabled = [
        one["clientId"] for one in realm.get("clients", []) if one.get("serviceAccountsEnabled", False)
    ]
    for name in enabled:
        if name not in SERVICES:
            yield f"client {name!r} has an account of its own: only {', '.join(SERVICES)} may"
    for name in SERVICES:
        if name not in enabled:
            yield f"client {name!r} has no account of its own: the service could not ask others"


def service_clients(realm: Realm) -> Iterator[str]:
    """The client of a service lets nobody in but the service, which proves itself by its secret."""
    for client in realm.get("clients", []):
        name = client["clientId"]
        if name not in SERVICES:
            continue
        if client.get("standardFlowEnabled", True):
            yield f"client {name!r} allows the standard flow: nobody signs in through a service"
        if client.get("publicClient", False) or "secret" not in client:
            yield f"client {name!r} has no secret to prove itself by"
        if client.get("redirectUris") or client.get("webOrigins"):
            yield f"client {name!r} has addresses of a browser: none has to do with a service"
        attributes = client.get("attributes", {})
        if attributes.get("client_credentials.use_refresh_token", "false") != "false":
            yield f"client {name!r} gets refresh tokens: its secret is enough, and those outlive it"


def service_scope(realm: Realm) -> Iterator[str]:
    """The token of a service is for the services it asks, and carries the roles it needs there (S2)."""
    for client in realm.get("clients", []):
        name = client["clientId"]
        if name not in SERVICES:
            continue
        mappers = client.get("protocolMappers", [])
        for kind in sorted({one["protocolMapper"] for one in mappers} - set(SERVICE_MAPPERS)):
            yield f"client {name!r} has a mapper of the kind {kind!r}: it may add what no rule here sees"
        # Left out, they are the realm's; among those is `roles`, which adds audiences.
        scopes = [*client.get("defaultClientScopes", ["roles"]), *client.get("optionalClientScopes", [])]
        for scope in sorted(set(scopes) - set(SERVICE_SCOPES)):
            yield f"client {name!r} has the scope {scope!r}: a service needs {' and '.join(SERVICE_SCOPES)}"
        audience = sorted(
            value
            for one in mappers
            for key, value in one.get("config", {}).items()
            if key.startswith("included.")
        )
        if audience and audience != sorted(SERVICES[name].audience):
            may = ", ".join(SERVICES[name].audience)
            yield f"client {name!r} has tokens for {', '.join(audience)}: only for {may} it may"


def service_roles(realm: Realm) -> Iterator[str]:
    """A role reaches a service's token when its account has it and its scope names it."""
    inside = [user.get("username") for user in realm.get("users", [])]
    for name, service in SERVICES.items():
        if f"service-account-{name}" not in inside:
            yield f"the account of {name!r} is not in the file: it would have no role"
        mapped = [one for one in realm.get("scopeMappings", []) if one.get("client") == name]
        roles = sorted(role for one in mapped for role in one.get("roles", []))
        if roles != sorted(service.roles):
            held = ", ".join(roles) or "nothing"
            yield f"the scope of {name!r} holds {held}: it needs {', '.join(service.roles)}"
        for owner, mappings in realm.get("clientScopeMappings", {}).items():
            if any(one.get("client") == name for one in mappings):
                yield f"the scope of {name!r} holds roles of {owner!r}"


RULES = (service_accounts, service_clients, service_scope, service_roles)
