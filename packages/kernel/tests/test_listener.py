"""What every app that hears events is made of, without a database: it answers, hears, and is ready."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx
import pytest
from dependency_injector.providers import Object, Singleton
from pydantic import BaseModel
from pydantic_settings import SettingsConfigDict

from kernel.bus import Bus
from kernel.domain import new_id
from kernel.errors import Unavailable
from kernel.inbox import OpenInbox
from kernel.listener import ListenerContainer, listener_app
from kernel.messaging import Consumer, Envelope, Message
from kernel.service import ServiceContainer
from kernel.settings import ListenerSettings
from tests.contract.forged import Forge

FORGE = Forge("https://issuer.invalid/realms/catalog", "ear")


class EarSettings(ListenerSettings):
    """Those of an app that only listens."""

    model_config = SettingsConfigDict(env_prefix="EAR_")
    service: ClassVar[str] = "ear"


class Ear(ListenerContainer):
    """An app that only listens."""

    inbox = Singleton(OpenInbox)


class Price(BaseModel):
    """What it understands of a price."""

    amount: int


@asynccontextmanager
async def hearing(consumer: Any, bus: Bus, **options: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks an app that listens on this bus; `consumer` is a function of its container."""
    settings = {"auth_issuer": FORGE.issuer, "port": 8000}
    keys = httpx.MockTransport(lambda _: httpx.Response(200, json=FORGE.jwks()))
    container = Ear(
        settings=EarSettings.model_validate(settings), subscriptions=Object(bus), to_issuer=Object(keys)
    )
    app = listener_app(container, "Ear", routers=[], consumer=consumer(container), **options)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://ear.test") as client,
    ):
        yield client


def price(amount: int) -> Message:
    """An event about a price."""
    envelope = Envelope(
        id=new_id(),
        type="price.defined.v1",
        source="/price",
        subject="p",
        time=datetime.now(UTC),
        aggregateid=new_id(),
        aggregateversion=1,
        data={"amount": amount},
    )
    return Message(
        id=envelope.id, type=envelope.type, aggregate_id=envelope.aggregateid, body=envelope.encode()
    )


async def test_it_hears_as_long_as_it_runs() -> None:
    heard, bus = list[int](), Bus(["ear"])

    async def listen(what: Price) -> None:
        heard.append(what.amount)

    def consumer(app: Ear) -> Consumer:
        return Consumer("ear", app.inbox(), app.tracing()).on("price.defined.v1", Price, lambda: listen)

    async with hearing(consumer, bus):
        await bus.publish(once := price(5))
        await bus.publish(once)
    assert heard == [5, 5]  # its inbox is open: whoever has one guards their effects themselves
    with pytest.raises(Unavailable, match="Not listening: ear"):
        await bus.publish(price(6))


async def test_it_is_ready_when_what_it_needs_is_there() -> None:
    async def away() -> None:
        raise Unavailable("no documents")

    def consumer(app: Ear) -> Consumer:
        return Consumer("ear", app.inbox(), app.tracing())

    async with hearing(consumer, Bus()) as client:
        ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["dependencies"].keys() == {"token-keys", "events"}
    async with hearing(consumer, Bus(), wanted={"lag": away}) as client:
        degraded = await client.get("/readyz")
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    async with hearing(consumer, Bus(), needed={"documents": away}) as client:
        refused = await client.get("/readyz")
    assert refused.status_code == 503
    assert refused.json()["dependencies"]["documents"]["status"] == "down"


async def test_who_hears_nothing_does_not_ask_for_a_broker() -> None:
    async with hearing(lambda _: None, Bus()) as client:
        ready = await client.get("/readyz")
    assert ready.json()["dependencies"].keys() == {"token-keys"}


def test_only_a_service_has_a_database_and_tells() -> None:
    own = ServiceContainer.providers.keys() - ListenerContainer.providers.keys()
    assert own == {"database", "bell", "replies", "inbox", "publisher", "relay"}
