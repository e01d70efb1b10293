"""What the issuer is told when it starts."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from identity_app.domain import PEOPLES_GRANTS, Client, Grant, ServiceAccount, account_name
from identity_app.passwords import check_password
from identity_app.use_cases.seed_users import Account
from kernel.auth import Role
from kernel.errors import Invalid
from kernel.settings import AppSettings


class AccountSettings(BaseModel):
    """One account of `IDENTITY_USERS`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1, max_length=255)
    password: SecretStr
    roles: tuple[Role, ...] = (Role.READER,)
    full_name: str = ""
    email: str = ""

    def account(self) -> Account:
        """The account as the use case takes it."""
        return Account(
            name=self.name,
            password=self.password.get_secret_value(),
            roles=self.roles,
            full_name=self.full_name or self.name,
            email=self.email,
        )


class ServiceClientSettings(BaseModel):
    """One client of `IDENTITY_SERVICE_CLIENTS`: how it proves itself, what its tokens allow, and where."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    secret: SecretStr = Field(min_length=16)
    roles: tuple[Role, ...] = Field(min_length=1)
    audience: tuple[str, ...] = Field(min_length=1)

    def client(self, id: str, issuer: str) -> Client:
        """The client as the grants take it. Its account is the same at each start, and kept nowhere."""
        name = f"service-account-{id}"
        account = ServiceAccount(
            id=uuid5(NAMESPACE_URL, f"{issuer}/{name}"), name=name, roles=self.roles, audience=self.audience
        )
        return Client(id=id, secret=self.secret.get_secret_value(), grants=frozenset(), account=account)


class IdentitySettings(AppSettings):
    """`auth_issuer` is the issuer's own public address and ends with /realms/<realm>: tokens name it.

    `users` are all accounts there are: one that is not listed any more is deleted at the next start.
    `client_id` is the client through which people sign in; `service_clients` are the others, by their ids,
    which ask for tokens of their own.
    `key_secret` encrypts the signing keys in the database; under another one they cannot be used.
    """

    model_config = SettingsConfigDict(env_prefix="IDENTITY_")
    service: ClassVar[str] = "identity"

    port: int = Field(8001, ge=1, le=65535)
    realm: str = Field("catalog", pattern=r"^[A-Za-z0-9_-]{1,64}$", validate_default=True)
    database_url: SecretStr
    audience: tuple[str, ...] = Field(("gateway",), min_length=1)
    client_id: str = Field("gateway", min_length=1, max_length=255)
    client_secret: SecretStr = Field(min_length=16)
    client_grants: frozenset[Grant] = PEOPLES_GRANTS
    service_clients: Mapping[str, ServiceClientSettings] = {}
    key_secret: SecretStr = Field(min_length=16)
    key_days: int = Field(30, ge=1, le=365)
    allow_weak_passwords: bool = False
    users: tuple[AccountSettings, ...] = ()

    @field_validator("realm")
    @classmethod
    def _one_realm(cls, realm: str, others: ValidationInfo) -> str:
        issuer = str(others.data.get("auth_issuer", f"/realms/{realm}")).rstrip("/")
        if not issuer.endswith(f"/realms/{realm}"):
            raise ValueError(f"the issuer's address must end with /realms/{realm}")
        return realm

    @field_validator("client_grants")
    @classmethod
    def _grants_for_people(cls, grants: frozenset[Grant]) -> frozenset[Grant]:
        if not grants <= PEOPLES_GRANTS:
            raise ValueError(f"only {' and '.join(sorted(PEOPLES_GRANTS))}: it has no account of its own")
        return grants

    @field_validator("service_clients")
    @classmethod
    def _other_clients(
        cls, clients: Mapping[str, ServiceClientSettings], others: ValidationInfo
    ) -> Mapping[str, ServiceClientSettings]:
        if "" in clients or others.data.get("client_id") in clients:
            raise ValueError("every client needs an id of its own")
        return clients

    @field_validator("users")
    @classmethod
    def _good_accounts(
        cls, users: tuple[AccountSettings, ...], others: ValidationInfo
    ) -> tuple[AccountSettings, ...]:
        names = [account_name(user.name) for user in users]
        if "" in names or len(set(names)) != len(names):
            raise ValueError("every account needs a printable name of its own")
        try:
            for user in () if others.data.get("allow_weak_passwords") else users:
                check_password(user.name, user.password.get_secret_value())
        except Invalid as error:
            raise ValueError(error.message) from None
        return users

    @property
    def clients(self) -> Mapping[str, Client]:
        """All clients by their ids."""
        secret = self.client_secret.get_secret_value()
        services = {id: told.client(id, self.issuer) for id, told in self.service_clients.items()}
        return {
            self.client_id: Client(id=self.client_id, secret=secret, grants=self.client_grants),
            **services,
        }

    @property
    def accounts(self) -> list[Account]:
        """The accounts as the use case takes them."""
        return [one.account() for one in self.users]
