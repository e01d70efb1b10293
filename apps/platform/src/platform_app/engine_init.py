"""Sets up the process engine where containers run it, once it serves; what is there already stays.

`python -m platform_app.engine_init` is the one program of the container `camunda-init`. The native stack does
the same by itself.
"""

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from kernel.settings import Settings, SettingsError
from platform_app.servers.engine_setup import TROUBLES, EngineSetup


class EngineInitSettings(Settings):
    """Where the engine is for its administrator, where its database is, the passwords of its users.

    `diagrams` is a folder; variables begin with ENGINE_.
    """

    model_config = SettingsConfigDict(env_prefix="ENGINE_")

    admin_url: SecretStr
    database_url: SecretStr
    offering_password: SecretStr
    pricing_password: SecretStr
    specification_password: SecretStr
    store_password: SecretStr
    diagrams: Path

    @property
    def setup(self) -> EngineSetup:
        """What is to be done."""
        passwords = {
            "offering": self.offering_password,
            "pricing": self.pricing_password,
            "specification": self.specification_password,
            "store": self.store_password,
        }
        return EngineSetup(
            url=self.admin_url.get_secret_value(),
            database=self.database_url.get_secret_value(),
            passwords={name: password.get_secret_value() for name, password in passwords.items()},
            diagrams=tuple(sorted(self.diagrams.glob("*.bpmn"))),
        )


def main() -> None:
    """Do it, or say in one line why not."""
    try:
        asyncio.run(EngineInitSettings.load().setup())
    except (SettingsError, *TROUBLES) as error:
        sys.exit(f"The process engine could not be prepared for the services: {error}")


if __name__ == "__main__":
    main()
