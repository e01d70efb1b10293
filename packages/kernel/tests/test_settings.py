"""Settings: typed, frozen, and one clear line when something is wrong."""

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

import kernel.settings
from kernel.settings import AppSettings, SettingsError


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
