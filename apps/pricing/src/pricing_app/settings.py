"""What the pricing service is told when it starts (variables begin with PRICING_)."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kernel.settings import ServiceSettings


class PricingSettings(ServiceSettings):
    """Nothing beyond what every service needs."""

    model_config = SettingsConfigDict(env_prefix="PRICING_")
    service: ClassVar[str] = "pricing"

    port: int = Field(8004, ge=1, le=65535)
