"""Where the gateway of a stack is, and how a demo user signs in there."""

from platform_app.demo import passwords
from platform_app.home import Home
from platform_app.report import Report
from platform_app.trouble import Trouble


def gateway_of(home: Home) -> str:
    """The address of the gateway. Raises Trouble unless the stack is up."""
    found = Report.of(home)
    if not found.alive or "gateway" not in found.links:
        raise Trouble(f"The {home.stack} stack is not up: `catalog up --stack {home.stack}` starts it.")
    return str(found.links["gateway"]["url"])


def password_of(home: Home, user: str) -> str:
    """The password of a demo user. Raises Trouble when there are none yet."""
    if not home.read("secrets"):
        raise Trouble(
            f"The {home.stack} stack has no users yet: `catalog up --stack {home.stack}` makes them."
        )
    return passwords(home)[user]
