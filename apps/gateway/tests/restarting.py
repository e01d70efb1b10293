"""A service on the real chassis, as a process: `python -m apps.gateway.tests.restarting PORT`."""

import asyncio
import sys

from fastapi import APIRouter

from kernel.http import create_app, public, serve
from kernel.settings import TraceSettings
from kernel.tracing import Tracing


def main() -> None:
    """Serve until told to stop."""
    routes = APIRouter(dependencies=[public("a test asks")])

    @routes.post("/offerings")
    async def make_offering() -> str:
        await asyncio.sleep(0.02)
        return "made"

    app = create_app(
        "offering", "Offering", routers=[routes], tracing=Tracing("offering", TraceSettings()), verify=None
    )
    serve(app, "127.0.0.1", int(sys.argv[1]), [app])


if __name__ == "__main__":
    main()
