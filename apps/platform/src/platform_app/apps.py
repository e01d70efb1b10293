"""Our own processes: what each is told, and when it serves."""

import json
import sys
from collections.abc import Mapping

from platform_app.demo import passwords
from platform_app.home import Home
from platform_app.ports import LOOPBACK
from platform_app.processes import Program
from platform_app.servers.ready import answers

REALM = "catalog"


def app(name: str, module: str, port: int, env: Mapping[str, str]) -> Program:
    """A Python process of ours that serves /readyz on `port`; it stops within 15 seconds by itself."""
    return Program(
        name=name,
        command=[sys.executable, "-m", module],
        env={**env, "PYTHONUNBUFFERED": "1"},
        ready=lambda: answers(port, "/readyz"),
        grace=20.0,
    )


def gateway_env(home: Home, port: int, issuer: str, identity_url: str) -> dict[str, str]:
    """What the gateway is told."""
    return {
        "GATEWAY_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "GATEWAY_AUTH_ISSUER": issuer,
        "GATEWAY_IDENTITY_URL": identity_url,
        "GATEWAY_IDENTITY_REALM": REALM,
        "GATEWAY_IDENTITY_CLIENT_SECRET": home.secret("gateway-client"),
    }


def identity_env(home: Home, port: int, issuer: str, database_url: str) -> dict[str, str]:
    """What the embedded issuer is told."""
    users = [
        {
            "name": name,
            "password": password,
            "roles": [name],
            "full_name": f"Demo {name}",
            "email": f"{name}@catalog.invalid",
        }
        for name, password in passwords(home).items()
    ]
    return {
        "IDENTITY_HOST": LOOPBACK,
        "IDENTITY_PORT": str(port),
        "IDENTITY_AUTH_ISSUER": issuer,
        "IDENTITY_DATABASE_URL": database_url,
        "IDENTITY_CLIENT_SECRET": home.secret("gateway-client"),
        "IDENTITY_KEY_SECRET": home.secret("identity-keys"),
        "IDENTITY_USERS": json.dumps(users),
    }
