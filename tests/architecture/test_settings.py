"""No app starts without its secrets, or with one that everybody knows: judged by all settings there are."""

import importlib
from typing import Any, get_args

import pytest
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from kernel.settings import Settings
from tests.architecture.contracts import apps

KNOWN = (
    "guest",
    "changeme-changeme",
    "admin",
    "secret-secret-secret",
    "",
    "demo:demo",
    "Password1234Password",
)
ADDRESSES = (
    "amqp://guest:guest@h/",
    "amqp://h/",
    "http://demo:demo@h/",
    "http://h/",
    "postgresql://a:postgres@h/a",
)
NEEDED = {
    "GatewaySettings.identity_client_secret",
    "IdentitySettings.client_secret",
    "IdentitySettings.database_url",
    "IdentitySettings.key_secret",
    "CharacteristicSettings.database_url",
    "EngineInitSettings.admin_url",
    "EngineInitSettings.database_url",
    "EngineInitSettings.offering_password",
    "EngineInitSettings.pricing_password",
    "EngineInitSettings.specification_password",
    "EngineInitSettings.store_password",
    "OfferingSettings.database_url",
    "PlatformSettings.engine_database_url",
    "PricingSettings.database_url",
    "SpecificationSettings.database_url",
}
"""Secrets without which the settings cannot be read. The others are asked for by who needs them: a process
that has no broker has no address of one."""


def every() -> list[type[Settings]]:
    """The settings of all apps, and of the programs that set up servers."""
    modules = [*(f"{name}.settings" for name in apps()), "platform_app.settings", "platform_app.engine_init"]
    found = {
        one
        for module in map(importlib.import_module, modules)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Settings) and one.__module__ == module.__name__
    }
    return sorted(found, key=lambda one: one.__name__)


def secrets_of(settings: type[Settings]) -> dict[str, FieldInfo]:
    """The fields that hold a secret, or several."""
    return {name: field for name, field in settings.model_fields.items() if _holds(field.annotation)}


def _holds(annotation: Any) -> bool:
    return annotation is SecretStr or any(map(_holds, get_args(annotation)))


ALL = [(settings, name) for settings in every() for name in secrets_of(settings)]


def test_no_secret_has_a_default() -> None:
    given = {f"{one.__name__}.{name}": secrets_of(one)[name] for one, name in ALL}
    assert len(given) >= 17
    assert {name for name, field in given.items() if field.is_required()} == NEEDED
    others = {name: field.get_default(call_default_factory=True) for name, field in given.items()}
    assert {name for name in given.keys() - NEEDED if others[name]} == set()


@pytest.mark.parametrize(("settings", "name"), ALL, ids=lambda one: getattr(one, "__name__", one))
def test_a_known_secret_is_refused(settings: type[Settings], name: str) -> None:
    several = "dict" in str(settings.model_fields[name].annotation)
    for known in (*KNOWN, *ADDRESSES):
        with pytest.raises(ValidationError) as refused:
            settings.model_validate({name: {"x": known} if several else known})
        said = [one["msg"] for one in refused.value.errors() if one["loc"][0] == name]
        assert len(said) == 1, (known, refused.value)
        if not said[0].startswith("String should have at least") and not said[0].startswith(
            "Value should have"
        ):
            assert "known default" in said[0] or "needs a user and a password" in said[0], said
