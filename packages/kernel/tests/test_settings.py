"""Settings: typed, frozen, and one clear line when something is wrong."""

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

import kernel.settings
from kernel.settings import AppSettings, ListenerSettings, SettingsError

KNOWN = "the password in this address is a known default: make one of your own"


class Example(AppSettings):
    """A service's settings."""

    model_config = SettingsConfigDict(env_prefix="EXAMPLE_")
    service: ClassVar[str] = "example"
    database_password: SecretStr


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("EXAMPLE_PORT", "8000")
    monkeypatch.setenv("EXAMPLE_AUTH_ISSUER", "https://issuer.invalid/realms/catalog")
    monkeypatch.setenv("EXAMPLE_DATABASE_PASSWORD", "hunter2hunter2")
    return monkeypatch


def test_settings_come_from_the_environment_and_derive_the_key_address(
    environment: pytest.MonkeyPatch,
) -> None:
    settings = Example.load()
    assert settings.port == 8000
    assert settings.issuer == "https://issuer.invalid/realms/catalog"
    assert settings.jwks_url == "https://issuer.invalid/realms/catalog/protocol/openid-connect/certs"
    assert settings.token_url == "https://issuer.invalid/realms/catalog/protocol/openid-connect/token"


def test_the_token_endpoint_is_beside_the_keys_wherever_they_are_read(
    environment: pytest.MonkeyPatch,
) -> None:
    keys = "http://keycloak:8080/realms/catalog/protocol/openid-connect/certs"
    environment.setenv("EXAMPLE_AUTH_JWKS_URL", keys)
    settings = Example.load()
    assert settings.jwks_url == keys
    assert settings.token_url == "http://keycloak:8080/realms/catalog/protocol/openid-connect/token"


def test_what_is_missing_and_what_is_malformed_is_named_in_one_line_without_its_value(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("EXAMPLE_PORT", "eighty-thousand")
    environment.delenv("EXAMPLE_DATABASE_PASSWORD")
    with pytest.raises(SettingsError) as refused:
        Example.load()
    assert str(refused.value) == (
        "EXAMPLE_PORT: input should be a valid integer, unable to parse string as an integer; "
        "EXAMPLE_DATABASE_PASSWORD: field required"
    )


def test_a_port_out_of_range_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("EXAMPLE_PORT", "0")
    with pytest.raises(SettingsError, match=r"^EXAMPLE_PORT: input should be greater than or equal to 1$"):
        Example.load()


def test_settings_are_frozen_and_do_not_show_secrets(environment: pytest.MonkeyPatch) -> None:
    settings = Example.load()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]  # this is what must fail
    assert "hunter2" not in repr(settings)


def test_a_secret_may_be_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("EXAMPLE_DATABASE_PASSWORD")
    (tmp_path / "example_database_password").write_text("from-a-file\n")
    environment.setattr(kernel.settings, "SECRETS", tmp_path)
    assert Example.load().database_password.get_secret_value() == "from-a-file"


@pytest.mark.parametrize(
    "known",
    [
        "guest",
        "changeme-changeme",
        "Admin1234",
        "",
        "password",
        "secretsecretsecret",
        "demo",
        "change_me_2026",
    ],
)
def test_a_secret_that_everybody_knows_starts_nothing(environment: pytest.MonkeyPatch, known: str) -> None:
    environment.setenv("EXAMPLE_DATABASE_PASSWORD", known)
    with pytest.raises(SettingsError) as refused:
        Example.load()
    assert str(refused.value) == (
        "EXAMPLE_DATABASE_PASSWORD: value error, this is a known default: make one of your own"
    )


class Listener(ListenerSettings):
    """A service that hears events."""

    model_config = SettingsConfigDict(env_prefix="EXAMPLE_")
    service: ClassVar[str] = "example"
    logs: dict[str, SecretStr] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("name", "address", "said"),
    [
        ("BROKER_URL", "amqp://broker/catalog", "amqp needs a user and a password"),
        ("BROKER_URL", "amqp://pricing@broker/catalog", "amqp needs a user and a password"),
        ("ENGINE_URL", "http://engine:8080/engine-rest", "http needs a user and a password"),
        ("BROKER_URL", "amqp://guest:guest@broker/", KNOWN),
        ("BROKER_URL", "amqp://pricing:pricing@broker/", KNOWN),
        ("BROKER_URL", "amqp://pricing:gu%65st@broker/", KNOWN),
        ("ENGINE_URL", "http://demo:demo@engine:8080/engine-rest", KNOWN),
        ("ENGINE_URL", "http://pricing:@engine:8080/engine-rest", KNOWN),
        ("LOGS", '{"pricing": "postgresql://catalog:postgres@db/pricing"}', KNOWN),
    ],
)
def test_an_address_needs_a_password_that_is_nobody_else_s(
    environment: pytest.MonkeyPatch, name: str, address: str, said: str
) -> None:
    environment.setenv(f"EXAMPLE_{name}", address)
    with pytest.raises(SettingsError) as refused:
        Listener.load()
    assert str(refused.value) == f"EXAMPLE_{name}: value error, {said}"


@pytest.mark.parametrize(
    "address", ["amqp://pricing:x9Jq@broker/", "amqps://p:k%40t@broker/", "postgresql://nobody@/pricing"]
)
def test_an_address_with_a_password_of_its_own_is_taken(
    environment: pytest.MonkeyPatch, address: str
) -> None:
    environment.setenv("EXAMPLE_BROKER_URL", address)
    assert Listener.load().broker == address
