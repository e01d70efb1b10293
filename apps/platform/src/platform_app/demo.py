"""The demo users: one for each role, named after it, with a password made for this machine."""

from kernel.auth import Role
from platform_app.home import Home

USERS = tuple(role.value for role in Role)


def passwords(home: Home) -> dict[str, str]:
    """The password of every demo user, generated when first asked for."""
    return {user: home.secret(f"user-{user}") for user in USERS}
