"""Every screen fits into 320 px, which is what 1280 px are to somebody who has magnified them four times.

Long words do, too, there and beside each other in a wide window.
"""

import pytest

from tests.e2e.conftest import NewVisitor, Things
from tests.e2e.screens import SCREENS, Screen, enter

pytestmark = pytest.mark.browser

_CUT_OFF = """() => [...document.querySelectorAll("[role=dialog]")]
    .filter((one) => one.scrollWidth > one.clientWidth || one.getBoundingClientRect().right > innerWidth)
    .map((one) => one.getAttribute("aria-label") ?? one.textContent.slice(0, 50))"""


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_it_fits(new_visitor: NewVisitor, things: Things, screen: Screen) -> None:
    one = new_visitor(width=320)
    if screen.user:
        enter(one, screen.user)
    screen.show(one, things)
    one.expect_to_fit()
    assert one.page.evaluate(_CUT_OFF) == [], "dialogs that are wider than the window"


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("screen", [one for one in SCREENS if "wordy" in one.path], ids=lambda one: one.name)
def test_long_words_fit(new_visitor: NewVisitor, things: Things, screen: Screen, width: int) -> None:
    one = new_visitor(width=width)
    screen.show(one, things)
    one.expect_to_fit()
