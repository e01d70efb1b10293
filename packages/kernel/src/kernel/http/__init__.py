"""What an app needs to speak HTTP the way every service of the platform does."""

from kernel.http.application import create_app
from kernel.http.client import client
from kernel.http.idempotency import IdempotentRoute
from kernel.http.listing import ListQuery, PageView
from kernel.http.policy import GuardedRoute, allow, bearer_token, public
from kernel.http.preconditions import SeenVersion, tag
from kernel.http.problems import refusal
from kernel.http.records import record_routes
from kernel.http.server import run, serve
from kernel.http.views import (
    AggregateView,
    Author,
    OnBehalf,
    Operator,
    ProblemView,
    Publisher,
    Reader,
    View,
    shown,
)

__all__ = [
    "AggregateView",
    "Author",
    "GuardedRoute",
    "IdempotentRoute",
    "ListQuery",
    "OnBehalf",
    "Operator",
    "PageView",
    "ProblemView",
    "Publisher",
    "Reader",
    "SeenVersion",
    "View",
    "allow",
    "bearer_token",
    "client",
    "create_app",
    "public",
    "record_routes",
    "refusal",
    "run",
    "serve",
    "shown",
    "tag",
]
