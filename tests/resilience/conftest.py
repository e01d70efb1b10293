"""The servers that the promises about kills share."""

from collections.abc import Iterator

import pytest

from tests.resilience.harness.servers import Servers, serving


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """PostgreSQL and RabbitMQ, started once for a module: the broker takes five seconds to start."""
    with serving() as servers:
        yield servers
