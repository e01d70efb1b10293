"""What an app needs to speak HTTP the way every service of the platform does."""

from kernel.http.application import create_app
from kernel.http.policy import allow, bearer_token, public
from kernel.http.problems import refusal
from kernel.http.server import run, serve

__all__ = [
    "allow",
    "bearer_token",
    "create_app",
    "public",
    "refusal",
    "run",
    "serve",
]
