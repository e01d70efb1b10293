"""What the gateway is told when it starts (variables begin with GATEWAY_)."""

from typing import Annotated, Any, ClassVar

from pydantic import AnyHttpUrl, BeforeValidator, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from kernel.settings import AppSettings


def _one_or_several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Addresses = Annotated[list[AnyHttpUrl], BeforeValidator(_one_or_several), Field(min_length=1)]


class GatewaySettings(AppSettings):
    """`identity_url` is the identity server's base, without /realms; the gateway is a confidential client.

    `auth_password_login` switches `POST /login` off where only the browser's authorisation code flow is
    wanted (RFC 9700 advises against the password grant). Limits of log-ins are per minute.

    `upstreams` are the services by name, each with the base address of its one instance or a list of several:
    `{"characteristic": "http://127.0.0.1:8002", "pricing": ["http://a:8004", "http://b:8004"]}`.
    `upstream_deadline` is the seconds that a service has for an answer. It is more than the services' own
    deadlines (two and a half for a statement, two for a place in the pool), so that they tell what is wrong.
    `upstream_cooldown` is the seconds between two tries to reach what has not answered.
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
    upstreams: dict[str, Addresses] = Field(default_factory=dict)
    upstream_deadline: float = Field(5.0, gt=0, le=60)
    upstream_cooldown: float = Field(1.0, gt=0, le=60)
