"""What the gateway alone answers is as its document says, also where signing in is tried a thousand times."""

import asyncio
from pathlib import Path

from dependency_injector.providers import Object

from apps.gateway.tests.behind import serving, settings
from gateway_app.container import Container
from gateway_app.main import build
from gateway_app.memory import MemoryIdentity
from tests.contract.fuzzing import below, fuzz
from tests.resilience.harness.sizes import chosen_seed, sized

SESSION = ("/login", "/token/refresh", "/logout")


async def test_sessions_keep_their_contract(tmp_path: Path) -> None:
    accounts = MemoryIdentity({"author": "correct-horse"})
    container = Container(
        settings=settings(logins_per_account=1_000_000, logins_per_address=1_000_000),
        identity=Object(accounts),
    )
    container.adapters.override(Object([]))
    app = build(container)
    async with app.router.lifespan_context(app), serving(app) as address:
        await asyncio.to_thread(
            fuzz,
            below(app.openapi(), SESSION.__contains__),
            address,
            tmp_path,
            seed=chosen_seed(),
            examples=sized(20),
        )
