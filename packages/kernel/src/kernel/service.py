"""What every service with a database of its own is made of: its container to inherit, and its app.

A service is settings, a port `Begin` on its database, use cases, routes, and, where it hears others, a
consumer. Everything else is here and in `kernel.listener`: who verifies tokens, the pool, the relay of its
events, replies, readiness.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from dependency_injector.providers import Provider, Singleton
from fastapi import APIRouter, FastAPI

from kernel.http import record_routes
from kernel.http.health import Check
from kernel.listener import ListenerContainer, listener_app
from kernel.messaging import Consumer, Inbox, Publisher
from kernel.relay import Relay
from kernel.replies import Replies
from kernel.sql import Bell, Database, RefusedEvents, SqlInbox, SqlRecords, SqlReplies
from kernel.workers import Tasks


def _rabbit(url: str, name: str) -> Publisher:
    from kernel.rabbit import RabbitPublisher  # only where there is a broker, as in `listener`

    return RabbitPublisher(url, name=name)


class ServiceContainer(ListenerContainer):
    """The objects that all services have, whose settings are `ServiceSettings`.

    Where all apps share a process, `publisher` is their bus, too. A service adds its own objects and its use
    cases.
    """

    database = Singleton(
        Database,
        ListenerContainer.settings.provided.database_url.get_secret_value.call(),
        service=ListenerContainer.settings.provided.service,
        size=ListenerContainer.settings.provided.database_pool,
    )
    bell = Singleton(Bell, database)
    replies: Provider[Replies] = Singleton(SqlReplies, database)
    inbox: Provider[Inbox] = Singleton(SqlInbox, database)
    publisher: Provider[Publisher] = Singleton(
        _rabbit,
        ListenerContainer.settings.provided.broker,
        name=ListenerContainer.settings.provided.service,
    )
    relay = Singleton(Relay, database, publisher, ListenerContainer.tracing)


def service_app(
    container: Any,
    title: str,
    *,
    routers: Iterable[APIRouter],
    begin: Any,
    kept: Mapping[str, str],
    used: bool = True,
    consumer: Consumer | None = None,
    tasks: Tasks | None = None,
    wanted: Mapping[str, Check] | None = None,
    adapters: Sequence[AbstractAsyncContextManager[Any]] = (),
) -> FastAPI:
    """The app of a service over its container (a `ServiceContainer`).

    `begin` (a `SqlWorks`) makes the tables before anything is read or published. `kept` are the kinds of
    aggregates, each with the address of its list: their history is told there and, when they may be `used` by
    others, by whom. `adapters` are the service's own, which are entered before `begin`; `consumer` hears
    others as long as the app runs, and `tasks` does what it can for processes; `wanted` are checks that
    /readyz makes besides.
    """
    container.metrics().watch("outbox", container.relay().measured)
    container.metrics().watch("refused events", RefusedEvents(container.database()).measured)
    return listener_app(
        container,
        title,
        routers=[
            *routers,
            *(
                record_routes(prefix, kind, SqlRecords(container.database(), kind), used=used)
                for kind, prefix in kept.items()
            ),
        ],
        consumer=consumer,
        tasks=tasks,
        needed={"postgres": container.database().check},
        wanted={
            "outbox": container.relay().check,
            "broker": container.publisher().check,
            **(wanted or {}),
        },
        adapters=[
            container.database(),
            *adapters,
            begin,
            container.bell(),
            container.publisher(),
            container.relay(),
        ],
        replies=container.replies(),
    )
