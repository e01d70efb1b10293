"""Every screen fits into 320 px, which is what 1280 px are to somebody who has magnified them four times.

Long words fit there, and into the columns of a wide window.
"""

import pytest

from tests.e2e.conftest import NewVisitor, Things
from tests.e2e.screens import SCREENS, WORDY, Screen

pytestmark = pytest.mark.browser

_CUT_OFF = """() => [...document.querySelectorAll("[role=dialog]")]
    .filter((one) => one.scrollWidth > one.clientWidth || one.getBoundingClientRect().right > innerWidth)
    .map((one) => one.getAttribute("aria-label") ?? one.textContent.slice(0, 50))"""


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_it_fits(new_visitor: NewVisitor, things: Things, screen: Screen) -> None:
    one = new_visitor(width=320)
    screen.show(one, things)
    one.expect_to_fit()
    assert one.page.evaluate(_CUT_OFF) == [], "dialogs that are wider than the window"


@pytest.mark.parametrize("screen", WORDY, ids=lambda screen: screen.name)
def test_long_words_fit_into_columns(new_visitor: NewVisitor, things: Things, screen: Screen) -> None:
    one = new_visitor()
    screen.show(one, things)
    one.expect_to_fit()
