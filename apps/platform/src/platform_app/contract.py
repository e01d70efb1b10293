"""The OpenAPI document of the platform without a platform.

`python -m platform_app.contract > frontend/openapi.json`: the web application's types are generated from it.
"""

import asyncio
import json
import sys
from typing import Any

from characteristic_app.settings import CharacteristicSettings
from gateway_app.settings import GatewaySettings
from identity_app.settings import IdentitySettings
from kernel.logging import configure_logging
from kernel.settings import LogSettings
from offering_app.settings import OfferingSettings
from platform_app.all_in_one import Told, build
from platform_app.settings import PlatformSettings
from pricing_app.settings import PricingSettings
from specification_app.settings import SpecificationSettings
from store_app.settings import StoreSettings


def contract() -> str:
    """The merged document, as the gateway tells it. Nothing is connected to, so any address does."""
    nowhere = "postgresql+asyncpg://nobody@localhost/nothing"
    common: dict[str, Any] = {"port": 1, "auth_issuer": "http://localhost/realms/catalog"}
    writer = {**common, "database_url": nowhere}
    secret = "0123456789abcdef"  # noqa: S105  # of nothing
    told = Told(
        platform=PlatformSettings(engine_database_url=nowhere),
        gateway=GatewaySettings(
            **common,
            identity_url="http://localhost",
            identity_client_secret=secret,
        ),
        identity=IdentitySettings(**writer, client_secret=secret, key_secret=secret),
        characteristic=CharacteristicSettings(**writer),
        specification=SpecificationSettings(**writer, client_secret=secret),
        pricing=PricingSettings(**writer),
        offering=OfferingSettings(**writer),
        store=StoreSettings(**common),
    )
    return asyncio.run(_described(told))


async def _described(told: Told) -> str:
    parts = build(told)
    document = await parts.describe(parts.door.openapi())
    return json.dumps(json.loads(document), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    configure_logging("contract", LogSettings(log_level="warning"))  # standard output is for the document
    sys.stdout.write(contract())
