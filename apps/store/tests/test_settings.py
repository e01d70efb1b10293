"""What the store is told, and what it makes of it."""

from pathlib import Path

import pytest

import kernel.settings
from kernel.settings import SettingsError
from store_app.settings import StoreSettings

LOGS = '{"pricing": "postgresql+asyncpg://pricing:hunter2@/pricing"}'


@pytest.fixture(autouse=True)
def issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE_AUTH_ISSUER", "https://issuer.invalid/realms/catalog")


def test_with_nothing_else_it_keeps_its_documents_in_memory() -> None:
    settings = StoreSettings.load()
    assert (settings.port, settings.place, settings.mongo_database) == (8006, "memory", "store")
    assert (settings.mongo_url, settings.event_logs) == (None, {})
    with pytest.raises(SettingsError, match=r"^STORE_BROKER_URL: field required$"):
        _ = settings.broker


def test_with_an_address_it_keeps_them_in_mongo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE_MONGO_URL", "mongodb://store:hunter2@mongo/store")
    settings = StoreSettings.load()
    assert settings.place == "mongo"
    assert "hunter2" not in repr(settings)


def test_event_logs_are_json_in_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE_EVENT_LOGS", LOGS)
    settings = StoreSettings.load()
    urls = {name: url.get_secret_value() for name, url in settings.event_logs.items()}
    assert urls == {"pricing": "postgresql+asyncpg://pricing:hunter2@/pricing"}
    assert "hunter2" not in repr(settings)


def test_or_in_a_secret_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "store_event_logs").write_text(LOGS)
    monkeypatch.setattr(kernel.settings, "SECRETS", tmp_path)
    assert StoreSettings.load().event_logs.keys() == {"pricing"}


def test_what_is_no_json_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE_EVENT_LOGS", "postgresql://hunter2")
    with pytest.raises(SettingsError, match=r"^STORE_EVENT_LOGS: is not JSON$"):
        StoreSettings.load()
