"""One embedded stack with the web application, and one browser, for all journeys."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import Visitor, chromium, visitor
from tests.worlds import World

NewVisitor = Callable[..., Visitor]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def new_visitor(pages: World, browser: Browser) -> Iterator[NewVisitor]:
    """Makes visitors; what has gone wrong unseen fails the test when it ends."""
    with ExitStack() as stack:

        def come(**how: Any) -> Visitor:
            return stack.enter_context(visitor(pages, browser, **how))

        yield come
