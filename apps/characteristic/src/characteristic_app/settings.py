"""What the characteristic service is told when it starts (variables begin with CHARACTERISTIC_)."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kernel.settings import ServiceSettings


class CharacteristicSettings(ServiceSettings):
    """Nothing beyond what every service needs."""

    model_config = SettingsConfigDict(env_prefix="CHARACTERISTIC_")
    service: ClassVar[str] = "characteristic"

    port: int = Field(8002, ge=1, le=65535)
