"""What a page may make people load, and the marks it has to get. How long it takes is measured in bench/."""

import gzip
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response

from tests.browser import Visitor
from tests.e2e.conftest import NewVisitor, Things
from tests.e2e.screens import ENTITIES, SCREENS, enter
from tests.lighthouse import Found, look

pytestmark = pytest.mark.browser

STORE, LOGIN, ADMIN, PUBLICATION = 145, 190, 310, 480
"""KiB of JavaScript that a page of each kind loads at most, compressed as the server does it."""
CSS, FONTS = 15, 70
"""KiB of each that any page loads at most."""
SHIFT = 0.02
"""So much may move while a page comes (cumulative layout shift)."""

PAGES = {
    "store": STORE,
    "store entry": STORE,
    "not found": STORE,
    "login": LOGIN,
    "builder": ADMIN,
    "publications": ADMIN,
    "import": ADMIN,
    "publication, process": PUBLICATION,
    **{f"new {one}": ADMIN for one in ENTITIES},
    **{f"edit {one}": ADMIN for one in ENTITIES},
    **{f"grid of {one}s": ADMIN for one in ENTITIES},
    **{one: ADMIN for one in ENTITIES},
    "new offering": ADMIN,
    "edit offering": ADMIN,
}


def _loaded(page: Page, show: Callable[[], None]) -> Counter[str]:
    """KiB that a page has loaded, by the ends of their names; fonts are compressed already."""
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    show()
    page.wait_for_load_state("networkidle")
    sizes: Counter[str] = Counter()
    for response in responses:
        kind = urlsplit(response.url).path.rpartition(".")[2]
        if kind in ("js", "css"):
            sizes[kind] += len(gzip.compress(response.body(), 6))
        elif kind == "woff2":
            sizes[kind] += len(response.body())
    return Counter({kind: round(size / 1024, 1) for kind, size in sizes.items()})


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small(new_visitor: NewVisitor, things: Things, name: str) -> None:
    [screen] = [one for one in SCREENS if one.name == name]
    one = new_visitor()
    sizes = _loaded(one.page, lambda: screen.show(one, things))
    assert 0 < sizes["js"] <= PAGES[name], sizes
    assert 0 < sizes["css"] <= CSS, sizes
    assert 0 < sizes["woff2"] <= FONTS, sizes


def _cookie(one: Visitor) -> str:
    return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in one.context.cookies())


def _expect_full_marks(found: Found) -> None:
    assert found.faults == ()
    assert (found.accessibility, found.best_practices) == (1, 1)
    assert found.shift <= SHIFT


def test_lighthouse_has_nothing_against_the_store(new_visitor: NewVisitor) -> None:
    found = look(f"{new_visitor().address}/store")
    _expect_full_marks(found)
    assert found.seo == 1


def test_lighthouse_has_nothing_against_a_grid(new_visitor: NewVisitor) -> None:
    one = new_visitor()
    enter(one, "reader")
    _expect_full_marks(look(f"{one.address}/viewer/offerings", desktop=True, cookie=_cookie(one)))
