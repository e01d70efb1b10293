"""What the tokens say: Keycloak's claims, with the platform's flat list of roles (see `kernel.tokens`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from identity_app.domain import Session, User


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
