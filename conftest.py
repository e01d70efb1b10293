"""What all tests share: the world they run in, and how they are dealt out to several workers."""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.worlds import World, running, world_of

if TYPE_CHECKING:  # half a second that only those wait for who drive a browser
    from playwright.sync_api import Browser

    from tests.browser import NewVisitor, Visitor

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
    parser.addoption(
        "--at",
        default="",
        help="Drive the pages of the embedded stack that is up in this CATALOG_HOME, not of a new one.",
    )


@pytest.fixture(scope="session")
def pages(request: pytest.FixtureRequest) -> Iterator[World]:
    """The embedded stack with the web application, and with something to see: the telecom sample."""
    if home := request.config.getoption("--at"):
        with running(Path(home)) as found:
            yield found
        return
    with world_of("embedded", web=True) as found:
        found.catalog("sample", "telecom")
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for all journeys: Playwright can be started once in a process."""
    from tests.browser import chromium

    with chromium() as found:
        yield found


@pytest.fixture
def new_visitor(pages: World, browser: "Browser") -> Iterator["NewVisitor"]:
    """Makes visitors of the pages; what has gone wrong unseen fails the test when it ends."""
    from tests.browser import visitor

    with ExitStack() as stack:

        def come(**how: Any) -> "Visitor":
            return stack.enter_context(visitor(pages, browser, **how))

        yield come


@pytest.hookimpl(tryfirst=True)  # `-m` comes after it
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs in the world."""
    for item in items:
        if _in_world(item.path):
            item.add_marker(pytest.mark.world)


@pytest.hookimpl(optionalhook=True)  # `-p no:xdist` knows no such hook
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Deal the tests out to workers (`-n 2`) so that what shares servers stays together."""
    return Dealer(config, log)


class Dealer(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Deals out modules, those of the world as one: another world costs more than it saves."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "world" if _in_world(self.config.rootpath / module) else module


@cache
def _in_world(module: Path) -> bool:
    """Whether the tests of a module run in the world: they know its type. Who does harm has other stacks."""
    return module.parent.name != "resilience" and "from tests.worlds import" in module.read_text()


@pytest.fixture(scope="module", autouse=True)
def _light_heap() -> None:
    """What modules before this one have left is out of the collector's sight.

    A look at all of it takes a second in the end, and stops whatever a test measures meanwhile.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A whole stack on free ports, brought up by the `catalog` command and deleted after the last test."""
    stack = {"embedded": "embedded", "real": "native"}[request.config.getoption("--world")]
    with world_of(stack) as found:
        yield found
