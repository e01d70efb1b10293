"""Everything can be done with the keyboard alone, and who uses it always sees where they are."""

import re

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.e2e.conftest import Made, NewVisitor, Things
from tests.e2e.screens import Screen, arrived, enter

pytestmark = pytest.mark.browser

MOST_STOPS = 120
"""So many times Tab is pressed on a page at most."""

_STOP = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const label = one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent || one.id;
    const box = one.getBoundingClientRect();
    // A point in each corner and one in the middle: nobody sees a thing of which all five are covered.
    const inset = (from, size, part) => from + Math.min(size - 1, Math.max(1, size * part));
    const points = [[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5]].map(([right, down]) => [
        inset(box.left, box.width, right), inset(box.top, box.height, down),
    ]);
    const seen = points.some(([x, y]) => {
        const top = document.elementFromPoint(x, y);
        if (top === null) return false;
        const around = top.contains(one) && !/sticky|fixed/.test(getComputedStyle(top).position);
        return one.contains(top) || around || [...(one.labels ?? [])].some((label) => label.contains(top));
    });
    return [label.trim().slice(0, 60), seen];
}"""


def _stops(page: Page, key: str = "Tab") -> list[tuple[str, bool]]:
    """Where the keyboard stops on its way through a page, and whether each place is to be seen there."""
    found: list[tuple[str, bool]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        stop = page.evaluate(_STOP)
        if stop is None:
            return found
        found.append((stop[0], stop[1]))
    return found


def _tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until something has the focus."""
    for _ in range(MOST_STOPS):
        if target.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not come to {target}")


def test_signing_in_and_past_what_is_on_every_page(new_visitor: NewVisitor) -> None:
    one = new_visitor()
    page, keys = one.page, one.page.keyboard
    one.open("/login?next=/builder")
    _tab_to(page, page.get_by_label("User name"))
    keys.type("author")
    keys.press("Tab")
    keys.type(one.world.passwords["author"])
    keys.press("Enter")
    expect(page).to_have_url(f"{one.address}/builder")
    arrived(page)

    skip = page.get_by_role("link", name="Skip to the content")
    keys.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keys.press("Enter")
    keys.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('main') !== null"), "past the header"


def test_the_palette_goes_to_something_by_its_name(new_visitor: NewVisitor, things: Things) -> None:
    one = new_visitor()
    enter(one, "reader")
    one.open("/builder")
    arrived(one.page)
    page, keys = one.page, one.page.keyboard
    keys.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    options = page.get_by_role("option")
    keys.type("mobile")
    expect(options.first).to_have_attribute("aria-selected", "true")
    keys.type(" m 24")  # who pauses finds something chosen afterwards too
    found = options.filter(has_text=things["key"]).first
    expect(found).to_be_visible()
    expect(options.first).to_have_attribute("aria-selected", "true")
    for _ in range(options.count()):
        if found.get_attribute("aria-selected") == "true":
            break
        keys.press("ArrowDown")
    expect(found).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(r"/viewer/[a-z]+/[0-9a-f-]{36}$"))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_be_focused()
    keys.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_characteristic_is_made(new_visitor: NewVisitor, made: Made) -> None:
    one = new_visitor()
    enter(one, "author")
    one.open("/builder/characteristics/new")
    arrived(one.page)
    page, keys = one.page, one.page.keyboard
    form = page.get_by_role("form", name="characteristic")

    _tab_to(page, form.get_by_role("textbox", name="Name"))
    keys.type(f"Finish {made.mark}")
    _tab_to(page, form.get_by_role("radio", checked=True))
    choice = form.get_by_role("radio", name=re.compile("^Choice"))
    for _ in range(6):  # arrow keys go round the six types
        if choice.is_checked():
            break
        keys.press("ArrowDown")
    expect(choice).to_be_checked()

    _tab_to(page, form.get_by_role("button", name="Add value"))
    keys.press("Enter")
    entries = form.get_by_role("group", name="Allowed values").get_by_role("listitem")
    expect(entries).to_have_count(1)
    expect(entries.first.get_by_role("textbox", name="Code")).to_be_focused()
    keys.type("matt")
    keys.press("Tab")
    keys.type("Matt")
    keys.press("Enter")  # another one
    expect(entries.nth(1).get_by_role("textbox", name="Code")).to_be_focused()
    keys.type("gloss")
    keys.press("Tab")
    keys.type("Glossy")
    keys.press("Alt+ArrowUp")
    expect(entries.first.get_by_role("textbox", name="Code")).to_have_value("gloss")

    _tab_to(page, form.get_by_role("button", name="Create characteristic"))
    keys.press("Enter")
    expect(page).to_have_url(re.compile("/builder/characteristics/[0-9a-f-]{36}$"))
    expect(form.get_by_role("status").filter(has_text="Saved, version 1")).to_be_visible()


def test_several_are_chosen_and_taken_back(new_visitor: NewVisitor, made: Made) -> None:
    known = made.characteristic()
    one = new_visitor()
    enter(one, "author")
    one.open("/builder/specifications/new")
    arrived(one.page)
    page, keys = one.page, one.page.keyboard
    form = page.get_by_role("form", name="specification")
    box = form.get_by_role("combobox", name="Choose characteristics")
    # The entries below have such buttons, too; and while the list is open, the chips are hidden from readers.
    field = page.locator("div", has=page.get_by_role("combobox", name="Choose characteristics")).last
    chips = field.get_by_role("button", name=re.compile("^Remove "), include_hidden=True)

    _tab_to(page, box)
    keys.type(known["name"])
    options = page.get_by_role("option")
    expect(options).to_have_count(1)
    expect(options).to_have_attribute("data-highlighted", "")
    keys.press("Enter")
    expect(chips).to_have_count(1)
    expect(box).to_have_value("")
    keys.type("data")
    expect(options.filter(has_text=re.compile("data", re.IGNORECASE)).first).to_be_visible()
    expect(options.filter(has_text=known["name"])).to_have_count(0)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(chips).to_have_count(2)

    keys.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    keys.press("Escape")
    expect(chips).to_have_count(2)
    keys.press("Backspace")
    expect(chips).to_have_count(1)
    expect(chips).to_have_accessible_name(f"Remove {known['name']}")
    expect(box).to_be_focused()


def test_who_does_not_want_to_leave_stays(new_visitor: NewVisitor) -> None:
    one = new_visitor()
    enter(one, "author")
    one.open("/builder/prices/new")
    arrived(one.page)
    page, keys = one.page, one.page.keyboard
    name = page.get_by_role("form", name="price").get_by_role("textbox", name="Name")
    _tab_to(page, name)
    keys.type("Not saved")

    asked: list[str] = []

    def no(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", no)
    _tab_to(page, page.get_by_role("link", name="Viewer"), "Shift+Tab")
    keys.press("Enter")
    expect(name).to_have_value("Not saved")
    expect(page).to_have_url(f"{one.address}/builder/prices/new")
    assert asked == ["confirm"]


def test_the_first_mistake_gets_the_focus(new_visitor: NewVisitor) -> None:
    one = new_visitor()
    enter(one, "author")
    one.open("/builder/prices/new")
    arrived(one.page)
    page, keys = one.page, one.page.keyboard
    form = page.get_by_role("form", name="price")
    amount = form.get_by_role("textbox", name="Amount")

    _tab_to(page, form.get_by_role("textbox", name="Name"))
    keys.type("No amount")
    _tab_to(page, form.get_by_role("button", name="Create price"))
    keys.press("Enter")
    expect(amount).to_be_focused()
    expect(amount).to_have_accessible_description(re.compile("Say what a unit costs"))


def test_many_mistakes_are_told_together(new_visitor: NewVisitor) -> None:
    one = new_visitor()
    enter(one, "author")
    one.open("/builder/prices/new")
    arrived(one.page)
    page, keys = one.page, one.page.keyboard
    form = page.get_by_role("form", name="price")
    _tab_to(page, form.get_by_role("button", name="Create price"))
    keys.press("Enter")
    summary = page.get_by_role("alert").get_by_role("region")
    expect(summary).to_contain_text("things are in the way")
    first = summary.get_by_role("link").first
    _tab_to(page, first)
    keys.press("Enter")
    expect(form.get_by_role("textbox", name="Name")).to_be_focused()


LONG = (
    Screen("builder", "/builder", "author"),
    Screen("characteristic", "/builder/characteristics/{characteristic}", "author"),
    Screen("offering", "/builder/offerings/{offering}", "author"),
    Screen("grid", "/viewer/prices", "author"),
    Screen("detail", "/viewer/offerings/{offering}", "author"),
    Screen("store", "/store"),
)


@pytest.mark.parametrize("screen", LONG, ids=lambda screen: screen.name)
@pytest.mark.parametrize("size", [(1280, 500), (320, 500), (320, 256)], ids=str)
def test_what_has_the_focus_is_never_covered(
    new_visitor: NewVisitor, things: Things, screen: Screen, size: tuple[int, int]
) -> None:
    """A window with little room between the bars; the smallest is one of 1280 x 1024 magnified four times."""
    one = new_visitor()
    one.page.set_viewport_size({"width": size[0], "height": size[1]})
    screen.show(one, things)
    for key in ("Tab", "Shift+Tab"):
        stops = _stops(one.page, key)
        assert len(stops) > 5, stops
        assert [label for label, seen in stops if not seen] == [], f"covered, on the way by {key}"
