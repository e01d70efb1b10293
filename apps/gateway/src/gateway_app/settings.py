"""What the gateway is told when it starts (variables begin with GATEWAY_)."""

from typing import ClassVar

from pydantic import AnyHttpUrl, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from kernel.settings import AppSettings


class GatewaySettings(AppSettings):
    """`identity_url` is the identity server's base, without /realms; the gateway is a confidential client.

    `auth_password_login` switches `POST /login` off where only the browser's authorisation code flow is
    wanted (RFC 9700 advises against the password grant). Limits of log-ins are per minute.
    """

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")
    service: ClassVar[str] = "gateway"

    port: int = Field(8000, ge=1, le=65535)
    auth_password_login: bool = True
    identity_url: AnyHttpUrl
    identity_realm: str = "catalog"
    identity_client_id: str = "gateway"
    identity_client_secret: SecretStr = Field(min_length=16)
    logins_per_account: int = Field(5, ge=1)
    logins_per_address: int = Field(30, ge=1)
