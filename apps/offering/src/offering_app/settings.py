"""What the offering service is told when it starts (variables begin with OFFERING_)."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kernel.settings import ServiceSettings


class OfferingSettings(ServiceSettings):
    """Nothing beyond what every service needs."""

    model_config = SettingsConfigDict(env_prefix="OFFERING_")
    service: ClassVar[str] = "offering"

    port: int = Field(8005, ge=1, le=65535)
