"""What all tests share: the world they run in."""

import os
from collections.abc import Iterator

import pytest

from tests.worlds import World, world_of

os.environ["CATALOG_WEB"] = "0"  # who tests the web application asks for it: to build it takes a minute

pytest.register_assert_rewrite("tests.traces", "tests.migrations")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Choose the world."""
    parser.addoption(
        "--world",
        choices=["embedded", "real"],
        default="embedded",
        help="embedded: the default stack; real: Keycloak, RabbitMQ, Camunda, MongoDB, Zipkin as processes.",
    )
    parser.addoption(
        "--engine",
        choices=["camunda", "operaton"],
        default="camunda",
        help="Which process engine the contract suite starts beside the embedded one.",
    )


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A whole stack on free ports, brought up by the `catalog` command and deleted after the last test."""
    stack = {"embedded": "embedded", "real": "native"}[request.config.getoption("--world")]
    with world_of(stack) as found:
        yield found
