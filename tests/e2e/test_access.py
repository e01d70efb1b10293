"""No screen has a barrier that axe-core finds, in light and in dark, whatever has been done on it."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewVisitor, Things
from tests.e2e.screens import SCREENS, Screen

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_no_barriers(new_visitor: NewVisitor, things: Things, screen: Screen) -> None:
    one = new_visitor()
    screen.show(one, things)
    one.expect_no_barriers(leave_out=screen.hidden)
    one.page.emulate_media(color_scheme="dark")
    expect(one.page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    one.expect_no_barriers(leave_out=screen.hidden)
