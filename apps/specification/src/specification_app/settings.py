"""What the specification service is told when it starts (variables begin with SPECIFICATION_)."""

from typing import ClassVar

from pydantic import AnyHttpUrl, Field
from pydantic_settings import SettingsConfigDict

from kernel.settings import ServiceSettings


class SpecificationSettings(ServiceSettings):
    """`characteristic_url` is the address of the characteristic service, without the path of its routes."""

    model_config = SettingsConfigDict(env_prefix="SPECIFICATION_")
    service: ClassVar[str] = "specification"

    port: int = Field(8003, ge=1, le=65535)
    characteristic_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8002")

    @property
    def lookup_url(self) -> str:
        """Where characteristics are looked up."""
        return f"{str(self.characteristic_url).rstrip('/')}/characteristics/lookup"
