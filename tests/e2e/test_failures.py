"""What goes wrong on the way, and that nobody loses anything by it."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import psutil
import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from features.databases import rows
from features.resources import Characteristics, Offerings, Prices
from platform_app.processes import Processes
from tests.browser import NewVisitor
from tests.e2e.conftest import Made
from tests.pages import Form, Login, Publication, Store
from tests.worlds import World

pytestmark = pytest.mark.browser

AWAY = "The platform cannot be reached right now."
BACK = 20_000  # milliseconds in which pages notice that the platform has gone, or is back


@contextmanager
def frozen(world: World, name: str) -> Iterator[psutil.Process]:
    """A process of the stack takes connections, and answers nobody."""
    process = Processes(world.home).find(name)
    assert process is not None
    process.suspend()
    try:
        yield process
    finally:
        process.resume()


def test_who_reads_why_a_publication_was_rejected_is_led_to_the_field(
    new_visitor: NewVisitor, made: Made
) -> None:
    draft = made.draft(priceIds=[])
    missing = str(uuid4())
    content = {**draft["draft"], "priceIds": [made.plan["id"], missing]}
    draft = made.change(Offerings, draft, content)
    one = new_visitor()
    one.sign_in("publisher")
    publication = Publication.at(one, made.publish(draft))

    publication.expect_end(f"Offer {made.mark} was not published")
    box = one.page.locator("section", has=one.page.get_by_role("heading", name="was not published"))
    expect(box).to_contain_text(missing)
    expect(publication.steps().filter(has_text="Lock prices")).to_contain_text("Failed")
    undone = publication.steps("The way back")
    expect(undone).to_have_count(3)
    expect(undone.last).to_contain_text("The draft can be changed again.")

    box.get_by_role("link", name="Mend it: prices").click()
    form = Form(one, "offering").shown()
    expect(form.here.get_by_role("combobox", name="Choose prices")).to_be_focused()
    expect(form.here.get_by_text("This price is not found any more: remove it.")).to_be_visible()
    form.here.get_by_role("button", name="Remove Not found any more").click()
    form.save()
    form.publish().expect_end(f"Offer {made.mark} is published")
    assert made.now(Offerings, draft)["live"]["priceIds"] == [made.plan["id"]]


def test_what_cannot_be_published_is_said_before(new_visitor: NewVisitor, made: Made) -> None:
    draft = made.draft(priceIds=[])
    one = new_visitor()
    one.sign_in("publisher")
    form = Form.of(one, "offering", draft["id"])
    expect(form.readiness).to_contain_text("One thing is in the way")
    form.readiness.get_by_role("link").click()
    expect(form.here.get_by_role("combobox", name="Choose prices")).to_be_focused()

    form.here.get_by_role("button", name="Publish", exact=True).click()
    expect(form.here.get_by_role("combobox", name="Choose prices")).to_have_attribute("aria-invalid", "true")
    expect(one.page).to_have_url(re.compile(f"/builder/offerings/{draft['id']}$"))
    assert made.now(Offerings, draft)["publicationId"] is None


def test_what_the_platform_refuses_is_said_at_the_field(new_visitor: NewVisitor, made: Made) -> None:
    taken = made.characteristic()
    one = new_visitor()
    one.sign_in("author")
    form = Form.new(one, "characteristic")
    form.fill(name=f"Another {made.mark}")
    form.fill(key=taken["key"])
    form.submit.click()
    expect(form.text("Key")).to_have_attribute("aria-invalid", "true")
    expect(form.text("Key")).to_be_focused()
    expect(form.text("Name")).to_have_value(f"Another {made.mark}")
    assert len(made.all(Characteristics)) == 1

    form.fill(key=f"another-{made.mark}")
    form.save()
    assert len(made.all(Characteristics)) == 2


def test_a_session_that_ends_while_somebody_types_costs_them_nothing(
    new_visitor: NewVisitor, made: Made
) -> None:
    one = new_visitor()
    one.sign_in("author")
    form = Form.new(one, "characteristic")
    form.fill(name=f"Weight {made.mark}", description="Without its box.")
    one.context.clear_cookies()
    form.submit.click()
    again = Login.dialog(one)
    expect(again.title).to_be_visible()
    assert len(made.all(Characteristics)) == 0

    again.sign_in("author")
    expect(again.title).to_be_hidden()
    expect(form.text("Description")).to_have_value("Without its box.")
    form.save()
    (saved,) = made.all(Characteristics)
    assert (saved["name"], saved["description"]) == (f"Weight {made.mark}", "Without its box.")


def test_what_was_typed_is_there_behind_the_login_page_too(new_visitor: NewVisitor, made: Made) -> None:
    one = new_visitor()
    one.sign_in("author")
    form = Form.new(one, "characteristic")
    form.fill(name=f"Weight {made.mark}")
    form.choose("Decimal number")
    form.fill(unit="kg")
    one.context.clear_cookies()
    with asked_whether_to_leave(one.page):
        one.page.reload()
    expect(one.page).to_have_url(re.compile(r"/login\?next="))
    Login(one, one.page).sign_in("author")

    form.shown()
    expect(one.page.get_by_text("What you had typed is back")).to_be_visible()
    expect(form.text("Unit")).to_have_value("kg")
    form.save()
    (saved,) = made.all(Characteristics)
    assert (saved["name"], saved["unit"]) == (f"Weight {made.mark}", "kg")
    expect(one.page.get_by_text("What you had typed is back")).to_be_hidden()


@contextmanager
def asked_whether_to_leave(page: Page) -> Iterator[None]:
    """The browser asks, and whoever leaves says yes."""
    asked = list[str]()

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.once("dialog", answer)
    yield
    assert asked == ["beforeunload"]


def test_no_form_is_shown_before_somebody_listens(new_visitor: NewVisitor) -> None:
    """What is typed into a page that has not begun to run would be gone when it does."""
    one, early = new_visitor(), new_visitor(javascript=False)
    one.sign_in("author")
    early.context.add_cookies(one.context.cookies())  # type: ignore[arg-type]  # what is read can be set
    early.open("/builder/characteristics/new")
    expect(early.page.get_by_role("heading", level=1)).to_have_text("New characteristic")
    expect(Form(early, "characteristic").text("Name")).to_have_count(0)
    Form.new(one, "characteristic")


def test_a_form_with_something_unsaved_is_not_left_unasked(new_visitor: NewVisitor, made: Made) -> None:
    one = new_visitor()
    one.sign_in("author")
    form = Form.new(one, "price")
    form.fill(name=f"Plan {made.mark}")
    answers = [False, True]
    asked = list[str]()

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if answers.pop(0) else dialog.dismiss()

    one.page.on("dialog", answer)
    one.page.get_by_role("link", name="Viewer", exact=True).click()
    expect(form.text("Name")).to_have_value(f"Plan {made.mark}")
    assert len(asked) == 1
    one.page.get_by_role("link", name="Viewer", exact=True).click()
    expect(one.page.get_by_role("heading", level=1, name="Offerings")).to_be_visible()
    assert len(asked) == 2


def test_two_who_change_the_same_thing_both_have_their_say(new_visitor: NewVisitor, made: Made) -> None:
    colour = made.characteristic()
    one = new_visitor()
    one.sign_in("author")
    form = Form.of(one, "characteristic", colour["id"])
    form.fill(name=f"Tint {made.mark}")

    theirs = {**made.of(Characteristics).colour(name=f"Shade {made.mark}"), "description": "Of the case."}
    made.change(Characteristics, colour, theirs)
    form.submit.click()

    conflict = one.page.get_by_role("region", name="publisher has changed this meanwhile")
    expect(conflict.get_by_role("heading")).to_be_focused()
    name = conflict.get_by_role("listitem").filter(has_text="both have changed it")
    expect(name).to_contain_text(f"Colour {made.mark}")
    expect(name).to_contain_text(f"Shade {made.mark}")
    expect(conflict.get_by_role("listitem").filter(has_text="only publisher has")).to_contain_text(
        "Of the case."
    )
    name.get_by_role("radio", name="You").check()
    conflict.get_by_role("button", name="Go on with what is chosen").click()

    expect(form.text("Name")).to_have_value(f"Tint {made.mark}")
    assert made.now(Characteristics, colour)["name"] == f"Shade {made.mark}"
    form.save()
    saved = made.now(Characteristics, colour)
    assert (saved["name"], saved["description"], saved["version"]) == (
        f"Tint {made.mark}",
        "Of the case.",
        3,
    )


def test_a_double_click_creates_once(new_visitor: NewVisitor, made: Made) -> None:
    one = new_visitor()
    one.sign_in("author")
    form = Form.new(one, "price")
    form.fill(name=f"Plan {made.mark}", amount="5")
    form.submit.dblclick()
    form.saved()
    assert len(made.all(Prices)) == 1


def test_an_answer_that_is_lost_creates_once(new_visitor: NewVisitor, made: Made) -> None:
    one = new_visitor()
    one.sign_in("author")
    form = Form.new(one, "characteristic")
    form.fill(name=f"Weight {made.mark}")

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
            return
        assert route.fetch().status == 201
        route.abort()

    one.page.route("**/bff/api/characteristics", lose, times=1)
    form.submit.click()
    expect(form.here.get_by_role("alert")).to_contain_text("Not saved: nobody could be reached")
    assert len(made.all(Characteristics)) == 1
    form.fill(description="Said after the answer was lost.")
    form.save()
    (saved,) = made.all(Characteristics)
    assert saved["description"] == "Said after the answer was lost."


def test_a_platform_that_does_not_answer_costs_nothing_but_time(
    new_visitor: NewVisitor, made: Made, pages: World
) -> None:
    one = new_visitor()
    one.sign_in("author")
    form = Form.new(one, "characteristic")
    form.fill(name=f"Weight {made.mark}")
    shopper = new_visitor()
    store = Store.at(shopper)
    banner = one.page.get_by_role("banner").get_by_text(AWAY)
    with frozen(pages, "platform"):
        form.submit.click()
        answer = store.page.reload(timeout=BACK)
        assert answer is not None
        assert answer.status == 503
        expect(store.page.get_by_text("The store is away for a moment")).to_be_visible()
        expect(banner).to_be_visible(timeout=BACK)
        expect(form.here.get_by_role("alert")).to_contain_text("Not saved: nobody could be reached")
        expect(form.text("Name")).to_have_value(f"Weight {made.mark}")
    expect(banner).to_be_hidden(timeout=BACK)
    store.page.get_by_role("link", name="Try again").click()
    expect(store.names.first).to_be_visible()
    form.save()
    assert len(made.all(Characteristics)) == 1


def test_lost_contact_is_no_failed_publication(new_visitor: NewVisitor, made: Made) -> None:
    draft = made.draft()
    one = new_visitor()
    one.sign_in("publisher")
    form = Form.of(one, "offering", draft["id"])
    expect(form.readiness).to_contain_text("Nothing is in the way.")
    one.page.route("**/bff/api/publications/**", lambda route: route.abort())
    publication = form.publish()
    expect(one.page.get_by_text("Lost contact, retrying")).to_be_visible()
    expect(one.page.get_by_text("was not published")).to_be_hidden()
    one.page.unroute_all()
    publication.expect_end(f"Offer {made.mark} is published")
    expect(one.page.get_by_text("Lost contact, retrying")).to_be_hidden()


@contextmanager
def fault_of_prices(world: World) -> Iterator[None]:
    """The platform cannot lock prices."""
    with ThreadPoolExecutor(1) as elsewhere:  # in this thread Playwright's loop runs

        def execute(statement: str) -> None:
            elsewhere.submit(rows, world, "pricing", statement).result()

        execute("alter table sale rename to sale_away")
        try:
            yield
        finally:
            execute("alter table sale_away rename to sale")


def test_what_is_stuck_goes_on_when_an_operator_has_it_tried_again(
    new_visitor: NewVisitor, made: Made, pages: World
) -> None:
    draft = made.draft()
    one, other = new_visitor(), new_visitor()
    with fault_of_prices(pages):
        one.sign_in("publisher", at=f"/publish/{made.publish(draft)}")
        publication = Publication(one).shown()
        publication.expect_end("It is stuck and needs help")
        expect(
            one.page.get_by_text("Somebody with the role operator can have it tried again")
        ).to_be_visible()
        expect(one.page.get_by_role("button", name="Try again")).to_have_count(0)
    other.sign_in("operator", at=one.page.url.removeprefix(one.address))
    other.page.get_by_role("button", name="Try again").click()
    Publication(other).expect_end(f"Offer {made.mark} is published")
    publication.expect_end(f"Offer {made.mark} is published")
    expect(publication.steps().filter(has_text="Lock prices")).to_contain_text("Before it succeeded")
