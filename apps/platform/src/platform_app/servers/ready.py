"""Ask a server of ours whether it serves."""

import base64
from http.client import HTTPConnection, HTTPException

from platform_app.tcp_ports import LOOPBACK


def basic(user: str, password: str) -> str:
    """The value of an `Authorization` header for HTTP Basic."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def answers(port: int, path: str, *, authorization: str | None = None, patience: float = 1.0) -> bool:
    """Whether `GET path` on this loopback port gives 200 within `patience` seconds per network step.

    Speaks plain HTTP by itself: it is asked twenty times a second, and must never go through a proxy.
    """
    connection = HTTPConnection(LOOPBACK, port, timeout=patience)
    try:
        connection.request("GET", path, headers={"Authorization": authorization} if authorization else {})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
