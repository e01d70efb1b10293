"""Lock three: the shapes of the code, each check seen red on a planted fault."""

import asyncio
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable, Singleton

import characteristic_app.container
import gateway_app.container
import identity_app.container
import offering_app.container
import pricing_app.container
import specification_app.container
import store_app.container
from characteristic_app.settings import CharacteristicSettings
from gateway_app.settings import GatewaySettings
from identity_app.settings import IdentitySettings
from offering_app.settings import OfferingSettings
from pricing_app.settings import PricingSettings
from specification_app.settings import SpecificationSettings
from store_app.settings import StoreSettings
from tests.architecture.contracts import ROOT, apps, contexts, core_of_apps
from tests.architecture.shapes import (
    awaitable_providers,
    bad_log_events,
    not_frozen,
    readers_of_the_environment,
    sources,
)

ISSUER = "http://issuer.invalid/realms/catalog"


def containers() -> dict[str, DeclarativeContainer]:
    """Every app's container, with settings that reach nothing."""
    gateway = GatewaySettings.model_validate(
        {"auth_issuer": ISSUER, "identity_url": "http://issuer.invalid", "identity_client_secret": "s" * 20}
    )
    identity = IdentitySettings.model_validate(
        {
            "auth_issuer": ISSUER,
            "database_url": "postgresql+asyncpg://nobody@/nowhere",
            "client_secret": "s" * 20,
            "key_secret": "k" * 20,
        }
    )
    service = {
        "auth_issuer": ISSUER,
        "database_url": "postgresql+asyncpg://nobody@/nowhere",
        "broker_url": "amqp://nobody:nothing@broker.invalid/",
        "engine_url": "http://nobody:nothing@engine.invalid/engine-rest",
        "client_secret": "s" * 20,
    }
    return {
        "characteristic_app": characteristic_app.container.Container(
            settings=CharacteristicSettings.model_validate(service)
        ),
        "gateway_app": gateway_app.container.Container(settings=gateway),
        "identity_app": identity_app.container.Container(settings=identity),
        "offering_app": offering_app.container.Container(settings=OfferingSettings.model_validate(service)),
        "pricing_app": pricing_app.container.Container(settings=PricingSettings.model_validate(service)),
        "specification_app": specification_app.container.Container(
            settings=SpecificationSettings.model_validate(service)
        ),
        "store_app": store_app.container.Container(
            settings=StoreSettings.model_validate(
                {**service, "mongo_url": "mongodb://nobody:nothing@mongo.invalid/"}
            )
        ),
    }


def modules_of(package: str) -> Iterator[ModuleType]:
    """A package and all modules below it."""
    root = importlib.import_module(package)
    yield root
    for found in pkgutil.walk_packages(getattr(root, "__path__", []), f"{package}."):
        yield importlib.import_module(found.name)


def test_every_app_has_a_container_in_this_test() -> None:
    assert sorted(containers()) == apps()


@pytest.mark.parametrize("name", apps())
async def test_what_a_container_provides_is_never_awaitable(name: str) -> None:
    container = containers()[name]
    assert list(awaitable_providers(container)) == []


@pytest.mark.parametrize("name", apps())
def test_what_an_app_does_with_its_spans_is_in_its_metrics(name: str) -> None:
    """An attribute called `provider` could not be injected: a container takes the word for its own."""
    container: Any = containers()[name]
    assert container.tracing.kwargs["meter_provider"]() is container.metrics().meters


async def test_an_awaitable_provider_is_caught() -> None:
    class Faulty(DeclarativeContainer):
        pool = Callable(asyncio.sleep, 0)
        fine = Singleton(str)

    assert list(awaitable_providers(Faulty())) == ["DynamicContainer.pool provides something to await"]


USE_CASES = [f"{name}.use_cases" for name in contexts()]
USE_CASES += [name for name in core_of_apps() if name.endswith(".use_cases")]


@pytest.mark.parametrize("package", USE_CASES)
def test_use_cases_and_their_commands_are_frozen(package: str) -> None:
    assert list(not_frozen(modules_of(package))) == []


def test_a_command_that_can_change_is_caught() -> None:
    faulty = ModuleType("faulty")

    @dataclass
    class Draft:
        name: str

    Draft.__module__ = "faulty"
    faulty.Draft = Draft  # type: ignore[attr-defined]
    assert list(not_frozen([faulty])) == ["faulty.Draft is not frozen"]


def test_log_events_are_noun_verb() -> None:
    found = sources(ROOT, "packages/**/src/**/*.py", "apps/*/src/**/*.py")
    assert [fault for name, text in found for fault in bad_log_events(text, name)] == []


@pytest.mark.parametrize("call", ['_log.info("Saved it")', '_log.error(f"price.{x}")', "_log.warning(event)"])
def test_a_log_event_that_is_a_sentence_is_caught(call: str) -> None:
    assert len(list(bad_log_events(call, "faulty.py"))) == 1


def test_nothing_but_settings_reads_the_environment() -> None:
    found = [
        (name, text)
        for name, text in sources(ROOT, "packages/**/src/**/*.py", "apps/*/src/**/*.py")
        if not name.startswith("apps/platform/")  # it starts programs, and hands its environment on
        if name != "packages/kernel/src/kernel/exporting.py"  # it sets one, to have a library measure itself
    ]
    assert [fault for name, text in found for fault in readers_of_the_environment(text, name)] == []


@pytest.mark.parametrize("line", ["os.environ['X']", "os.getenv('X')"])
def test_a_reader_of_the_environment_is_caught(line: str) -> None:
    assert list(readers_of_the_environment(line, "faulty.py")) == ["faulty.py:1 reads the environment"]
