"""What the store service is told when it starts (variables begin with STORE_)."""

from typing import ClassVar, Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from kernel.settings import ListenerSettings, SettingsError


class StoreSettings(ListenerSettings):
    """Without `mongo_url` the documents are in memory, and made anew of the event logs at every start.

    `event_logs` are the addresses of the databases that the events come from, by the name of their service:
    `{"pricing": "postgresql+asyncpg://..."}`.
    """

    model_config = SettingsConfigDict(env_prefix="STORE_")
    service: ClassVar[str] = "store"

    port: int = Field(8006, ge=1, le=65535)
    mongo_url: SecretStr | None = None
    mongo_database: str = Field("store", min_length=1)
    event_logs: dict[str, SecretStr] = Field(default_factory=dict)

    @property
    def place(self) -> Literal["memory", "mongo"]:
        """Where the documents are."""
        return "memory" if self.mongo_url is None else "mongo"

    @property
    def mongo(self) -> str:
        """The address of MongoDB, password included.

        Raises:
            SettingsError: when there is none.
        """
        if self.mongo_url is None:
            raise SettingsError("STORE_MONGO_URL: field required")
        return self.mongo_url.get_secret_value()
