"""What the tokens say: Keycloak's claims, with the platform's flat list of roles (see `kernel.tokens`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from identity_app.domain import ACCESS_LIFE, ServiceAccount, Session, User


def access_claims(
    issuer: str, audience: Sequence[str], user: User, session: Session, now: datetime
) -> dict[str, Any]:
    """The claims of an access token; `audience` names the services it is for."""
    return {
        **_common(issuer, session, now),
        "aud": list(audience),
        "typ": "Bearer",
        "scope": session.scope,
        **user_claims(user),
    }


def service_claims(
    issuer: str, client_id: str, account: ServiceAccount, scope: str, now: datetime
) -> dict[str, Any]:
    """The claims of a service's own access token. It has no `sid`: no session is behind it."""
    return {
        "iss": issuer,
        "azp": client_id,
        "jti": str(uuid4()),
        "iat": _seconds(now),
        "exp": _seconds(now + ACCESS_LIFE),
        "aud": list(account.audience),
        "typ": "Bearer",
        "scope": scope,
        "sub": str(account.id),
        "preferred_username": account.name,
        "roles": [role.value for role in account.roles],
    }


def id_claims(issuer: str, user: User, session: Session, now: datetime) -> dict[str, Any]:
    """The claims of an ID token: for the client alone, never for a service."""
    return {
        **_common(issuer, session, now),
        "aud": session.client_id,
        "typ": "ID",
        "auth_time": _seconds(session.started_at),
        **user_claims(user),
    }


def user_claims(user: User) -> dict[str, Any]:
    """What all tokens and userinfo say about a person. Nobody has checked the address."""
    return {
        "sub": str(user.id),
        "preferred_username": user.name,
        "name": user.full_name,
        "email": user.email,
        "email_verified": False,
        "roles": [role.value for role in user.roles],
    }


def _common(issuer: str, session: Session, now: datetime) -> dict[str, Any]:
    return {
        "iss": issuer,
        "azp": session.client_id,
        "sid": str(session.id),
        "jti": str(uuid4()),
        "iat": _seconds(now),
        "exp": _seconds(session.access_until(now)),
    }


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
