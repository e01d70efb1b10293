"""What every service with a database of its own is made of: its container to inherit, and its app.

A service is settings, a port `Begin` on its database, use cases, routes, and, where it hears others, a
consumer. Everything else is here: who verifies tokens, the pool, the relay of its events, replies, readiness.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Object, Provider, Singleton
from fastapi import APIRouter, FastAPI

from kernel.auth import Verify
from kernel.http import client, create_app
from kernel.http.health import Check
from kernel.jwks import Jwks
from kernel.messaging import Consumer, Publisher, Subscriptions
from kernel.rabbit import RabbitPublisher, RabbitSubscriptions
from kernel.relay import Relay
from kernel.replies import Replies
from kernel.settings import ServiceSettings
from kernel.sql import Bell, Database, SqlInbox, SqlReplies
from kernel.tokens import RememberTokens, VerifyToken
from kernel.tracing import Tracing


class ServiceContainer(DeclarativeContainer):
    """The objects that all services have. Constructs, never connects.

    Where all apps share a process, `to_issuer` replaces the network to the issuer, and `publisher` and
    `subscriptions` are their bus. A service adds its own objects and its use cases.
    """

    settings: Provider[Any] = Dependency(instance_of=ServiceSettings)
    to_issuer: Provider[httpx.AsyncBaseTransport | None] = Object(None)

    tracing = Singleton(Tracing, settings.provided.service, settings)
    http = Singleton(client, to_issuer)
    keys = Singleton(Jwks, http, settings.provided.jwks_url)
    verify: Provider[Verify] = Singleton(
        RememberTokens, Singleton(VerifyToken, keys, settings.provided.issuer, settings.provided.service)
    )

    database = Singleton(
        Database,
        settings.provided.database_url.get_secret_value.call(),
        service=settings.provided.service,
        size=settings.provided.database_pool,
    )
    bell = Singleton(Bell, database)
    replies: Provider[Replies] = Singleton(SqlReplies, database)
    inbox = Singleton(SqlInbox, database)
    publisher: Provider[Publisher] = Singleton(
        RabbitPublisher, settings.provided.broker, name=settings.provided.service
    )
    subscriptions: Provider[Subscriptions] = Singleton(RabbitSubscriptions, settings.provided.broker)
    relay = Singleton(Relay, database, publisher, tracing)


def service_app(
    container: Any,
    title: str,
    *,
    routers: Iterable[APIRouter],
    begin: Any,
    consumer: Consumer | None = None,
    wanted: Mapping[str, Check] | None = None,
    adapters: Sequence[AbstractAsyncContextManager[Any]] = (),
) -> FastAPI:
    """The app of a service over its container (a `ServiceContainer`).

    `begin` (a `SqlWorks`) makes the tables before anything is read or published; `adapters` are the service's
    own, which are entered before it; `consumer` hears others as long as the app runs; `wanted` are checks
    that /readyz makes besides.
    """
    entered = [
        container.http(),
        container.keys(),
        container.database(),
        *adapters,
        begin,
        container.bell(),
        container.publisher(),
        container.relay(),
    ]
    wanted = {
        "outbox": container.relay().check,
        "broker": container.publisher().check,
        **(wanted or {}),
    }
    if consumer is not None:
        entered.append(container.subscriptions().subscribe(consumer))
        wanted["events"] = container.subscriptions().check
    return create_app(
        container.settings().service,
        title,
        routers=routers,
        tracing=container.tracing(),
        verify=container.verify(),
        adapters=entered,
        needed={"postgres": container.database().check, "token-keys": container.keys().check},
        wanted=wanted,
        replies=container.replies(),
    )
