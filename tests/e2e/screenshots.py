"""The pictures of the docs, taken of the running product: `python -m tests.e2e.screenshots HOME`.

HOME is the CATALOG_HOME of an embedded stack that is up and has the telecom sample.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from platform_app.repository import repository
from tests.browser import chromium, visitor
from tests.e2e.screens import Screen
from tests.worlds import World, running

IMAGES = repository() / "docs" / "images"
SIZE = {"width": 1280, "height": 800}
MOST = 150_000
"""Bytes that a picture has at most: it is loaded with the page that shows it."""


def _with_process(page: Page) -> None:
    page.get_by_role("button", name="Show the process").click()
    expect(page.locator(".djs-shape").first).to_be_visible()
    page.evaluate("() => window.scrollTo(0, document.body.scrollHeight)")


PICTURES = {
    "store": Screen("store", "/store?q=mobile"),
    "builder": Screen("builder", "/builder/offerings/{offering}", "publisher"),
    "publication": Screen("publication", "/publish/{publication}", "publisher", _with_process),
    "viewer": Screen("viewer", "/viewer/prices?name=mobile&sort=name", "publisher"),
}


def _things(world: World) -> dict[str, str]:
    """An offering of the sample, and its publication."""
    token = world.sign_in("publisher")["accessToken"]

    def first(path: str) -> str:
        answer = world.get(path, headers={"authorization": f"Bearer {token}"})
        answer.raise_for_status()
        return str(answer.json()["items"][0]["id"])

    offering = first("/api/offerings?key=mobile-m-24")
    return {
        "offering": offering,
        "publication": first(f"/api/publications?status=PUBLISHED&offeringId={offering}"),
    }


def take(world: World, browser: Browser, name: str, things: Mapping[str, str]) -> Path:
    """Take one picture; returns where it is.

    Raises:
        AssertionError: when it has more bytes than a picture may have.
    """
    screen = PICTURES[name]
    place = IMAGES / f"{name}.png"
    with visitor(world, browser) as one:
        one.page.set_viewport_size({"width": SIZE["width"], "height": SIZE["height"]})
        screen.show(one, things)
        expect(one.page).to_have_title(re.compile(r"\S"))
        one.page.evaluate("() => document.fonts.ready.then(() => true)")
        one.page.screenshot(path=place, animations="disabled", caret="hide")
    assert place.stat().st_size <= MOST, f"{place.name} has {place.stat().st_size} bytes"
    return place


def main(home: Path) -> None:
    """Take all of them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with running(home) as world, chromium() as browser:
        things = _things(world)
        for name in PICTURES:
            sys.stdout.write(f"{take(world, browser, name, things)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
