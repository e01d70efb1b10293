"""What every app behind the gateway is made of that hears events: its container to inherit, and its app.

A listener verifies tokens, answers requests and hears what others tell. A service that has a database of its
own, and tells others, is more than that: `kernel.service`.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, List, Object, Provider, Singleton
from fastapi import APIRouter, FastAPI
from opentelemetry.sdk.trace import SpanProcessor

from kernel.auth import Verify
from kernel.breaker import Breaker, states
from kernel.camunda import Camunda
from kernel.http import client, create_app
from kernel.http.health import Check
from kernel.jwks import Jwks
from kernel.messaging import Consumer, Subscriptions, backlog
from kernel.metrics import Metrics
from kernel.replies import Replies
from kernel.settings import ListenerSettings
from kernel.tokens import RememberTokens, VerifyToken
from kernel.tracing import Tracing
from kernel.workers import Tasks, Worker


def _rabbit(url: str) -> Subscriptions:
    from kernel.rabbit import RabbitSubscriptions  # 2 MB of libraries; who shares a process has none of it

    return RabbitSubscriptions(url)


class ListenerContainer(DeclarativeContainer):
    """The objects that all listeners have. Constructs, never connects.

    Where all apps share a process, `to_issuer` replaces the network to the issuer, `subscriptions` is their
    bus, `engine` their own, and `readers` keep the spans of all. A listener adds its inbox, its own objects
    and its use cases.
    """

    settings: Provider[Any] = Dependency(instance_of=ListenerSettings)
    to_issuer: Provider[httpx.AsyncBaseTransport | None] = Object(None)
    readers: Provider[Sequence[SpanProcessor]] = Object(())

    metrics = Singleton(Metrics, settings.provided.service)
    tracing = Singleton(
        Tracing, settings.provided.service, settings, readers, meter_provider=metrics.provided.meters
    )
    http = Singleton(client, "issuer", to_issuer)
    keys = Singleton(Jwks, http, settings.provided.jwks_url)
    verify: Provider[Verify] = Singleton(
        RememberTokens, Singleton(VerifyToken, keys, settings.provided.issuer, settings.provided.service)
    )
    subscriptions: Provider[Subscriptions] = Singleton(_rabbit, settings.provided.broker)
    engine: Provider[Any] = Singleton(Camunda, settings.provided.engine)
    """A `kernel.process.ProcessEngine` that is an async context manager."""
    breakers: Provider[list[Breaker]] = List()
    """Those of the servers that it asks, which are measured; a listener that has any says so."""


def listener_app(
    container: Any,
    title: str,
    *,
    routers: Iterable[APIRouter],
    consumer: Consumer | None = None,
    tasks: Tasks | None = None,
    needed: Mapping[str, Check] | None = None,
    wanted: Mapping[str, Check] | None = None,
    adapters: Sequence[AbstractAsyncContextManager[Any]] = (),
    replies: Replies | None = None,
) -> FastAPI:
    """The app of a listener over its container (a `ListenerContainer`).

    `adapters` are its own, which are entered before anything is heard; `consumer` hears others as long as the
    app runs, and `tasks` does what it can for processes; `needed` and `wanted` are checks that /readyz makes
    besides; `replies` is for an app with routes of the class `IdempotentRoute`.
    """
    entered = [container.http(), container.keys(), *adapters]
    needed = {**(needed or {}), "token-keys": container.keys().check}
    wanted = dict(wanted or {})
    metrics: Metrics = container.metrics()
    metrics.watch("breakers", states(container.breakers))
    if consumer is not None:
        entered.append(container.subscriptions().subscribe(consumer))
        wanted["events"] = container.subscriptions().check
        metrics.watch("consumer", backlog(container.subscriptions(), consumer))
    if tasks is not None:
        entered += [container.engine(), Worker(container.engine(), tasks)]
        wanted["engine"] = container.engine().check
    return create_app(
        container.settings().service,
        title,
        routers=routers,
        tracing=container.tracing(),
        verify=container.verify(),
        adapters=entered,
        needed=needed,
        wanted=wanted,
        replies=replies,
        metrics=metrics,
        slow=container.settings().slow_request,
    )
