"""A database for the suites that run on memory and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.servers import postgres


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of an empty database, of a server that lives as long as the module's tests."""
    with postgres("characteristic") as server:
        yield server.url("characteristic")


@pytest.fixture(params=["memory", "postgres"])
def place(request: pytest.FixtureRequest) -> str:
    """Where the adapter under test is: in memory (""), or at the address of a database."""
    return str(request.getfixturevalue("url")) if request.param == "postgres" else ""
