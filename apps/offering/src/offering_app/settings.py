"""What the offering service is told when it starts (variables begin with OFFERING_)."""

from typing import ClassVar

from pydantic import AnyHttpUrl, Field
from pydantic_settings import SettingsConfigDict

from kernel.settings import ServiceSettings


class OfferingSettings(ServiceSettings):
    """The addresses are those of services that say beforehand whether a draft could be published.

    Each is without the path of the service's routes.
    """

    model_config = SettingsConfigDict(env_prefix="OFFERING_")
    service: ClassVar[str] = "offering"

    port: int = Field(8005, ge=1, le=65535)
    pricing_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8004")
    specification_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8003")
    store_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8006")
