"""What the environment must say, and how a fault is told."""

import json

import pytest

from identity_app.settings import IdentitySettings
from kernel.settings import SettingsError

GOOD = {
    "IDENTITY_AUTH_ISSUER": "http://127.0.0.1:8000/realms/catalog",
    "IDENTITY_DATABASE_URL": "postgresql+asyncpg://identity@127.0.0.1/identity",
    "IDENTITY_CLIENT_SECRET": "a-secret-of-the-gateway",
    "IDENTITY_KEY_SECRET": "a-secret-for-the-keys",
}


def load(monkeypatch: pytest.MonkeyPatch, **changed: str | None) -> IdentitySettings:
    """Settings from an environment."""
    for name, value in {**GOOD, **{f"IDENTITY_{name}": value for name, value in changed.items()}}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    return IdentitySettings.load()


def accounts(*listed: dict[str, object]) -> str:
    """A value of IDENTITY_USERS."""
    return json.dumps(listed)


SPECIFICATION = {
    "secret": "a-secret-of-the-service",
    "roles": ["reader"],
    "audience": ["characteristic"],
}


def services(**changed: object) -> str:
    """A value of IDENTITY_SERVICE_CLIENTS."""
    return json.dumps({"specification": {**SPECIFICATION, **changed}})


def test_service_clients_are_a_json_object(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, SERVICE_CLIENTS=services())
    assert sorted(settings.clients) == ["gateway", "specification"]
    gateway, client = settings.clients["gateway"], settings.clients["specification"]
    assert (gateway.id, gateway.account, sorted(gateway.grants)) == (
        "gateway",
        None,
        ["password", "refresh_token"],
    )
    assert (client.id, client.secret, client.grants) == (
        "specification",
        "a-secret-of-the-service",
        frozenset(),
    )
    assert client.account is not None
    assert (client.account.name, client.account.roles, client.account.audience) == (
        "service-account-specification",
        ("reader",),
        ("characteristic",),
    )
    assert settings.clients["specification"] == client, "the account's id is always the same"
    other = load(monkeypatch, SERVICE_CLIENTS=services(), AUTH_ISSUER="http://127.0.0.1:1/realms/catalog")
    account = other.clients["specification"].account
    assert account is not None
    assert account.id != client.account.id, "and another issuer's is another"


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch)
    assert (settings.port, settings.realm, settings.audience) == (8001, "catalog", ("gateway",))
    assert settings.issuer == "http://127.0.0.1:8000/realms/catalog"
    assert list(settings.clients) == ["gateway"]
    assert (settings.key_days, settings.accounts) == (30, [])


def test_accounts_are_a_json_list(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = accounts({"name": "author", "password": "a-long-random-one", "roles": ["author", "publisher"]})
    (author,) = load(monkeypatch, USERS=listed).accounts
    assert (author.name, author.password, author.full_name, author.email) == (
        "author",
        "a-long-random-one",
        "author",
        "",
    )
    assert list(author.roles) == ["author", "publisher"]


@pytest.mark.parametrize("name", ["CLIENT_SECRET", "KEY_SECRET", "DATABASE_URL", "AUTH_ISSUER"])
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(SettingsError, match=f"IDENTITY_{name}: field required"):
        load(monkeypatch, **{name: None})


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (
            {"AUTH_ISSUER": "http://127.0.0.1:8000/realms/other"},
            "IDENTITY_REALM: value error, the issuer's address must end with",
        ),
        ({"KEY_SECRET": "short"}, "at least 16"),
        (
            {"USERS": accounts({"name": "author", "password": "admin"})},
            "IDENTITY_USERS: value error, the password of the account author is refused",
        ),
        (
            {"USERS": accounts({"name": "a", "password": "x" * 12}, {"name": "A", "password": "x"})},
            "of its own",
        ),
        ({"USERS": accounts({"name": " ", "password": "a-long-random-one"})}, "of its own"),
        (
            {"USERS": accounts({"name": "author", "password": "a-long-random-one", "roles": ["king"]})},
            "'reader'",
        ),
        ({"USERS": "[{"}, "IDENTITY_USERS: is not JSON"),
        ({"SERVICE_CLIENTS": services(secret="short")}, "at least 16"),
        ({"SERVICE_CLIENTS": services(roles=[])}, "IDENTITY_SERVICE_CLIENTS_specification_roles: tuple"),
        ({"SERVICE_CLIENTS": services(roles=["king"])}, "'reader'"),
        (
            {"SERVICE_CLIENTS": services(audience=[])},
            "IDENTITY_SERVICE_CLIENTS_specification_audience: tuple",
        ),
        (
            {"SERVICE_CLIENTS": services(password="x")},
            "IDENTITY_SERVICE_CLIENTS_specification_password: extra",
        ),
        ({"SERVICE_CLIENTS": json.dumps({"gateway": SPECIFICATION})}, "every client needs an id of its own"),
        ({"SERVICE_CLIENTS": json.dumps({"": SPECIFICATION})}, "every client needs an id of its own"),
        (
            {"CLIENT_GRANTS": '["password", "client_credentials"]'},
            "IDENTITY_CLIENT_GRANTS: value error, only password and refresh_token",
        ),
    ],
)
def test_faults_are_one_clear_line_without_the_value(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], fault: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(monkeypatch, **changed)
    assert fault.lower() in str(refused.value).lower()
    assert "\n" not in str(refused.value)
    assert "a-long-random-one" not in str(refused.value)
    assert "a-secret" not in str(refused.value)


def test_weak_passwords_can_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = accounts({"name": "author", "password": "admin"})
    (author,) = load(monkeypatch, USERS=listed, ALLOW_WEAK_PASSWORDS="true").accounts
    assert author.password == "admin"


def test_settings_do_not_print_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = accounts({"name": "author", "password": "a-long-random-one"})
    settings = load(monkeypatch, USERS=listed, SERVICE_CLIENTS=services())
    printed = repr(settings) + repr(settings.clients)
    for secret in ("a-secret", "a-long-random-one", "identity@"):
        assert secret not in printed
