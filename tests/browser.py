"""A browser that looks at the web application as a person does, and notices what a person would not."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from platform_app.repository import repository
from tests.worlds import World

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""What Chromium is told, so that it talks to nobody but the page."""
PATIENCE = 15_000  # milliseconds; a page that takes longer is broken, also on a busy machine
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


def has_chromium() -> bool:
    """Whether there is one, of this machine or fetched by Playwright."""
    with sync_playwright() as playwright:
        return _installed() is not None or Path(playwright.chromium.executable_path).exists()


def _installed() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine, else the one that Playwright has fetched."""
    with sync_playwright() as playwright:
        found = _installed()
        options: dict[str, Any] = {"args": QUIET} | ({"executable_path": found} if found else {})
        browser = playwright.chromium.launch(**options)
        try:
            yield browser
        finally:
            browser.close()


_SPILT = """() => {
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const own = text.parentElement;
        if (!text.data.trim()) continue;
        if (!own.checkVisibility({ visibilityProperty: true })) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        let { right } = range.getBoundingClientRect();
        for (let at = own; at !== document.documentElement; at = at.parentElement) {
            const style = getComputedStyle(at), box = at.getBoundingClientRect();
            if (["auto", "scroll"].includes(style.overflowX)) break;  // who scrolls, sees it
            if (style.position === "absolute" && box.width <= 1) break;  // for screen readers alone
            if (["inline", "contents"].includes(style.display)) continue;
            if (style.overflowX !== "visible" && style.textOverflow === "ellipsis")
                right = Math.min(right, box.right);
            if (right > box.right + 1) {
                found.push(`${text.data.trim()}: ${Math.round(right - box.right)} px out of ${at.localName}`);
                break;
            }
        }
    }
    return found;
}"""
"""Texts that are seen beyond the right edge of something around them, or end there without three dots."""

_BROKEN = """() => {
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        if (!text.parentElement.checkVisibility({ visibilityProperty: true })) continue;
        for (const { 0: word, index } of text.data.matchAll(/(?<![^ ])[A-Za-z]{2,12}(?![^ ])/g)) {
            const range = document.createRange();
            range.setStart(text, index);
            range.setEnd(text, index + word.length);
            if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) found.push(word);
        }
    }
    return found;
}"""
"""Words of up to twelve letters that go on in the next line: something beside them leaves them no room."""


@dataclass
class Visitor:
    """Somebody with a browser window of their own: what they see, and what has gone wrong unseen.

    `address` is where the web application is.
    """

    world: World
    context: BrowserContext
    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page, as by typing its address."""
        self.page.goto(f"{self.address}{path}")

    def sign_in(self, user: str, *, at: str = "/builder") -> None:
        """Sign in as a demo user, by the login page, on the way to a page."""
        self.open(f"/login?next={at}")
        self.page.get_by_label("User name").fill(user)
        self.page.get_by_label("Password").fill(self.world.passwords[user])
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{self.address}{at}**")

    def expect_no_barriers(self, *, leave_out: str = "") -> None:
        """No fault that axe-core finds (WCAG 2.0 to 2.2, A and AA), as the page is now."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_axe())
        found = self.page.evaluate(
            "([tags, out]) => axe.run(out ? { exclude: [out] } : document, { runOnly: tags })",
            [_TAGS, leave_out],
        )
        told = [
            f"{one['id']} ({one['impact']}): {one['help']}: {[node['target'] for node in one['nodes']][:3]}"
            for one in found["violations"]
        ]
        assert not told, f"{self.page.url}: " + "; ".join(told)

    def expect_to_fit(self) -> None:
        """Nothing is wider than the window, no text leaves its box to the right, no short word is broken."""
        wide = self.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"
        broken = self.page.evaluate(_BROKEN)
        assert not broken, f"{self.page.url}: broken into lines: {', '.join(broken)}"
        spilt = self.page.evaluate(_SPILT)
        assert not spilt, f"{self.page.url}: {'; '.join(spilt)}"


NewVisitor = Callable[..., Visitor]
"""Makes somebody who comes with a browser window of their own; see `visitor` for how."""


@contextmanager
def visitor(
    world: World,
    browser: Browser,
    *,
    width: int = 1280,
    scheme: str = "light",
    javascript: bool = True,
) -> Iterator[Visitor]:
    """A visitor. In the end nothing may have gone wrong unseen: in the console, or by asking strangers."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=javascript,
        bypass_csp=False,
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    found = Visitor(world, context, page, world.link("web application"))
    host = urlsplit(found.address).netloc

    def heard(message: ConsoleMessage) -> None:
        # What was refused is no fault of the page: browsers write a line for each answer of 400 and more.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            found.faults.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        to = urlsplit(request.url)
        if to.scheme in ("http", "https") and to.netloc != host:
            found.faults.append(f"asks a stranger: {request.url}")

    page.on("console", heard)
    page.on("pageerror", lambda error: found.faults.append(f"uncaught: {error}"))
    context.on("request", asked)
    try:
        yield found
    finally:
        context.close()
    assert not found.faults, json.dumps(found.faults, indent=1)


@cache
def _axe() -> str:
    """The text of axe-core, which `npm ci` in frontend/ has fetched."""
    return Path(repository() / "frontend/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
