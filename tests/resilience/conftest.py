"""The servers that the promises about kills share."""

from collections.abc import Iterator

import pytest

from tests.resilience.harness.servers import Servers, serving
from tests.resilience.harness.telling import Tellings
from tests.worlds import World, world_of


def pytest_configure(config: pytest.Config) -> None:
    """Show the ledger's lines at the end."""
    config.pluginmanager.register(Tellings())


@pytest.fixture(scope="session")
def started() -> Iterator[Servers]:
    """PostgreSQL and RabbitMQ, started once: the broker takes five seconds to start, and three to stop."""
    with serving() as servers:
        yield servers


@pytest.fixture
def servers(started: Servers) -> Servers:
    """They, alive whatever the test before has done to them; `harness` empties them."""
    started.revive()
    return started


@pytest.fixture(scope="session")
def native() -> Iterator[World]:
    """A stack of the real servers, and a process for each service. Who harms it leaves it whole."""
    with world_of("native") as world:
        yield world
