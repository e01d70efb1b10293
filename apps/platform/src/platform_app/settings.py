"""What the process of the embedded stack is told for itself, beside what each app in it is."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from kernel.settings import Settings


class PlatformSettings(Settings):
    """The database of the engine that runs processes, and how many spans are remembered.

    Variables begin with PLATFORM_. A span takes about 3 KB; without any there are no routes for traces.
    """

    model_config = SettingsConfigDict(env_prefix="PLATFORM_")

    engine_database_url: SecretStr
    engine_database_pool: int = Field(10, ge=1, le=100)
    recent_spans: int = Field(0, ge=0, le=100_000)
