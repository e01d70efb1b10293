"""What an app needs to speak HTTP the way every service of the platform does."""

from kernel.http.application import create_app
from kernel.http.health import Check, Readiness
from kernel.http.policy import allow, bearer_token, public
from kernel.http.problems import problem, refusal
from kernel.http.server import run, serve

__all__ = [
    "Check",
    "Readiness",
    "allow",
    "bearer_token",
    "create_app",
    "problem",
    "public",
    "refusal",
    "run",
    "serve",
]
