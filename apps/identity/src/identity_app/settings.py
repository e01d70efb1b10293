"""What the issuer is told when it starts."""

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from identity_app.domain import Client, Grant, account_name
from identity_app.passwords import check_password
from identity_app.use_cases.seed_users import Account
from kernel.auth import Role
from kernel.errors import Invalid
from kernel.settings import ServiceSettings


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


class IdentitySettings(ServiceSettings):
    """`auth_issuer` is the issuer's own public address and ends with /realms/<realm>: tokens name it.

    `users` are all accounts there are: one that is not listed any more is deleted at the next start.
    `key_secret` encrypts the signing keys in the database; under another one they cannot be used.
    """

    model_config = SettingsConfigDict(env_prefix="IDENTITY_")
    service: ClassVar[str] = "identity"

    port: int = Field(8001, ge=1, le=65535)
    realm: str = Field("catalog", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    database_url: SecretStr
    audience: tuple[str, ...] = Field(("gateway",), min_length=1)
    client_id: str = Field("gateway", min_length=1, max_length=255)
    client_secret: SecretStr = Field(min_length=16)
    client_grants: frozenset[Grant] = frozenset(Grant)
    key_secret: SecretStr = Field(min_length=16)
    key_days: int = Field(30, ge=1, le=365)
    users: tuple[AccountSettings, ...] = ()
    allow_weak_passwords: bool = False

    @model_validator(mode="after")
    def _one_realm(self) -> Self:
        if not self.issuer.endswith(f"/realms/{self.realm}"):
            raise ValueError(f"IDENTITY_AUTH_ISSUER must end with /realms/{self.realm}")
        return self

    @model_validator(mode="after")
    def _good_accounts(self) -> Self:
        names = [account_name(account.name) for account in self.users]
        if "" in names or len(set(names)) != len(names):
            raise ValueError("every account of IDENTITY_USERS needs a printable name of its own")
        try:
            for account in () if self.allow_weak_passwords else self.accounts:
                check_password(account.name, account.password)
        except Invalid as error:
            raise ValueError(error.message) from None
        return self

    @property
    def client(self) -> Client:
        """The one client."""
        return Client(
            id=self.client_id, secret=self.client_secret.get_secret_value(), grants=self.client_grants
        )

    @property
    def accounts(self) -> list[Account]:
        """The accounts as the use case takes them."""
        return [one.account() for one in self.users]
