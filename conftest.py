"""What all tests share: the world they run in."""

from collections.abc import Iterator

import pytest

from tests.worlds import World, embedded_world, real_world


def pytest_addoption(parser: pytest.Parser) -> None:
    """Choose the world."""
    parser.addoption(
        "--world",
        choices=["embedded", "real"],
        default="embedded",
        help="embedded: the default stack; real: Keycloak, RabbitMQ, Camunda, MongoDB, Zipkin as processes.",
    )


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A whole stack on free ports, brought up by the `catalog` command and deleted after the last test."""
    build = {"embedded": embedded_world, "real": real_world}[request.config.getoption("--world")]
    with build() as found:
        yield found
