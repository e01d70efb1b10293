"""All screens of the web application, each in the states in which people meet it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser import Visitor

ENTITIES = ("characteristic", "specification", "price", "offering")
_WAITING = "[aria-busy=true], .animate-pulse"


def enter(one: Visitor, user: str) -> None:
    """Sign in as a demo user without the login page, which other tests look at."""
    answer = one.context.request.post(
        f"{one.address}/session/login",
        data={"username": user, "password": one.world.passwords[user]},
        headers={"origin": one.address},
    )
    assert answer.status == 200, answer.text()


def arrived(page: Page) -> None:
    """The page is there: with its heading, and without anything that is still loading."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(_WAITING)).to_have_count(0)


@dataclass(frozen=True)
class Screen:
    """A page in a state. In its address stand names of things, such as {price}; `user` is who has signed in.

    `state` brings the page, which has arrived, into the state, and waits until it is there. What `hidden`
    selects is out of reach then.
    """

    name: str
    path: str
    user: str = ""
    state: Callable[[Page], None] | None = None
    hidden: str = ""

    def show(self, one: Visitor, things: Mapping[str, str]) -> None:
        """Sign in where somebody has, go there, and do what brings about the state."""
        if self.user:
            enter(one, self.user)
        one.open(self.path.format(**things))
        arrived(one.page)
        if self.state:
            self.state(one.page)


def _wrong_password(page: Page) -> None:
    page.get_by_label("User name").fill("nobody")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text="do not belong together")).to_be_visible()


def _mistakes(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Create ")).click()
    expect(page.locator("[aria-invalid=true], [role=alert] a").first).to_be_visible()


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("option").first).to_be_visible()


def _shortcuts(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def _question(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(Delete|Retire|Deprecate)$")).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator(_WAITING)).to_have_count(0)


def _choices(page: Page) -> None:
    page.get_by_role("combobox", name="Choose characteristics").fill("a")
    expect(page.get_by_role("option").first).to_be_visible()


def _sheet(page: Page) -> None:
    _choices(page)
    page.get_by_role("button", name="New characteristic…").click()
    expect(page.get_by_role("dialog").get_by_role("form", name="characteristic")).to_be_visible()


def _allowed_values(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("^Choice")).check()
    page.get_by_role("button", name="Add value").click()
    expect(page.get_by_role("textbox", name="Code")).to_be_visible()


def _tiers(page: Page) -> None:
    page.get_by_role("checkbox", name=re.compile("depends on the quantity")).check()
    expect(page.get_by_role("group", name="Tiers", exact=True)).to_be_visible()


def _columns(page: Page) -> None:
    page.get_by_role("button", name="Columns").click()
    expect(page.get_by_role("menuitem", name="The usual columns")).to_be_visible()


def _several(page: Page) -> None:
    page.get_by_role("button", name="Publish several").click()
    expect(page.get_by_role("dialog", name="Publish several offerings")).to_be_visible()


def _process(page: Page) -> None:
    page.get_by_role("button", name="Show the process").click()
    expect(
        page.get_by_role("group", name=re.compile("^Diagram")).locator("svg .djs-shape").first
    ).to_be_visible()


def _signed_out(page: Page) -> None:
    page.context.clear_cookies()
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_role("dialog", name="Sign in again")).to_be_visible()


def _filters(page: Page) -> None:
    folded = page.locator("summary").filter(has_text=re.compile("^Filters"))
    if folded.is_visible():
        folded.click()
    expect(page.get_by_label("from").first).to_be_visible()


WORDY = (
    Screen("store, long words", "/store?q={wordy_mark}", state=_filters),
    Screen("store entry, long words", "/store/{wordy}"),
    Screen("grid, long words", "/viewer/offerings?name=~{wordy_mark}", "publisher"),
    Screen("offering, long words", "/viewer/offerings/{wordy_id}", "publisher"),
    Screen("offering, long words, question", "/viewer/offerings/{wordy_id}", "publisher", _question),
    Screen("edit offering, long words", "/builder/offerings/{wordy_id}", "publisher"),
)
"""Where what authors have written is longer than there is room for."""

SCREENS = (
    Screen("login", "/login"),
    Screen("login, wrong password", "/login", state=_wrong_password),
    Screen("builder", "/builder", "publisher"),
    Screen("builder, palette", "/builder", "publisher", _palette),
    Screen("builder, shortcuts", "/builder", "publisher", _shortcuts),
    *(Screen(f"new {one}", f"/builder/{one}s/new", "publisher") for one in ENTITIES),
    *(Screen(f"new {one}, mistakes", f"/builder/{one}s/new", "publisher", _mistakes) for one in ENTITIES),
    Screen("new characteristic, values", "/builder/characteristics/new", "publisher", _allowed_values),
    Screen("new price, tiers", "/builder/prices/new", "publisher", _tiers),
    # While its list is open the box hides the page from screen readers; who leaves the box closes the list.
    Screen(
        "new specification, choices", "/builder/specifications/new", "publisher", _choices, "[aria-hidden]"
    ),
    Screen("new specification, sheet", "/builder/specifications/new", "publisher", _sheet),
    *(Screen(f"edit {one}", f"/builder/{one}s/{{{one}}}", "publisher") for one in ENTITIES),
    *(
        Screen(f"edit {one}, question", f"/builder/{one}s/{{{one}}}", "publisher", _question)
        for one in ENTITIES
        if one != "price"  # it is in use, and has no question
    ),
    Screen("edit price, question", "/builder/prices/{unused}", "publisher", _question),
    Screen("edit offering, reader", "/builder/offerings/{offering}", "reader"),
    *(Screen(f"grid of {one}s", f"/viewer/{one}s", "publisher") for one in ENTITIES),
    Screen("grid, columns", "/viewer/prices", "publisher", _columns),
    Screen("grid, no match", "/viewer/prices?name=nothing-has-this-name", "publisher"),
    Screen("grid, signed out", "/viewer/prices", "publisher", _signed_out),
    *(Screen(f"{one}", f"/viewer/{one}s/{{{one}}}", "publisher") for one in ENTITIES),
    *(
        Screen(f"{one}, question", f"/viewer/{one}s/{{{one}}}", "publisher", _question)
        for one in ENTITIES
        if one != "price"
    ),
    Screen("price, question", "/viewer/prices/{unused}", "publisher", _question),
    Screen("publications", "/publish", "publisher"),
    Screen("publications, several", "/publish", "publisher", _several),
    Screen("publication", "/publish/{published}", "publisher"),
    Screen("publication, process", "/publish/{published}", "publisher", _process),
    Screen("publication, rejected", "/publish/{rejected}", "publisher"),
    Screen("publication, unknown", "/publish/00000000-0000-7000-8000-000000000000", "publisher"),
    Screen("import", "/import", "publisher"),
    Screen("store", "/store"),
    Screen("store, filtered", "/store?q=mobile&sort=-price", state=_filters),
    *WORDY,
    Screen("store, nothing found", "/store?q=nothing+has+these+words"),
    Screen("store, refused", "/store?price.gte=cheap"),
    Screen("store entry", "/store/{key}"),
    Screen("store, not for sale", "/store/nothing-has-this-key"),
    Screen("not found", "/nothing-is-here"),
)
