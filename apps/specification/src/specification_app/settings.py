"""What the specification service is told when it starts (variables begin with SPECIFICATION_)."""

from typing import ClassVar

from pydantic import AnyHttpUrl, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from kernel.settings import ServiceSettings


class SpecificationSettings(ServiceSettings):
    """`characteristic_url` is the address of the characteristic service, without the path of its routes.

    `client_secret` is that of the client "specification" at the issuer, as which this service asks where no
    user does: within a process.
    """

    model_config = SettingsConfigDict(env_prefix="SPECIFICATION_")
    service: ClassVar[str] = "specification"

    port: int = Field(8003, ge=1, le=65535)
    characteristic_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8002")
    client_secret: SecretStr | None = None

    @property
    def secret(self) -> str:
        """The client's secret. Raises SettingsError when there is none."""
        return self._secret("client_secret")
