"""What somebody may not do or see, and that the pages say so before the platform has to."""

import re

import pytest
from playwright.sync_api import expect

from features.resources import Characteristics, Offerings
from tests.browser import NewVisitor
from tests.e2e.conftest import Made
from tests.pages import Entry, Form, Store

pytestmark = pytest.mark.browser


def test_readers_are_offered_nothing_that_they_may_not_do(new_visitor: NewVisitor, made: Made) -> None:
    draft = made.draft()
    one = new_visitor()
    one.sign_in("reader")
    expect(one.page.get_by_role("link", name="offerings: look at all of them")).to_be_visible()
    expect(one.page.get_by_role("link", name=re.compile("^New "))).to_have_count(0)

    form = Form.of(one, "offering", draft["id"])
    expect(one.page.get_by_text("Changing it needs the role author.")).to_be_visible()
    expect(form.text("Name")).not_to_be_editable()
    expect(form.submit).to_have_count(0)
    answer = one.page.request.post(
        f"{one.address}/bff/api/characteristics",
        data={"name": f"Forced {made.mark}", "valueType": "text"},
        headers={"origin": one.address, "sec-fetch-site": "same-origin"},
    )
    assert answer.status == 403
    assert len(made.all(Characteristics)) == 1


def test_authors_read_which_role_publishes(new_visitor: NewVisitor, made: Made) -> None:
    draft = made.draft()
    one = new_visitor()
    one.sign_in("author")
    form = Form.of(one, "offering", draft["id"])
    expect(form.readiness).to_contain_text("Nothing is in the way.")
    publish = form.here.get_by_role("button", name="Publish", exact=True)
    expect(publish).to_have_accessible_description("Publishing needs the role publisher.")
    publish.click(force=True)
    expect(one.page).to_have_url(re.compile(f"/builder/offerings/{draft['id']}$"))
    assert made.now(Offerings, draft)["status"] == "DRAFT"


def test_who_reads_a_draft_and_publishes_is_led_to_the_button(new_visitor: NewVisitor, made: Made) -> None:
    draft = made.draft()
    one = new_visitor()
    one.sign_in("publisher", at=f"/viewer/offerings/{draft['id']}")
    one.page.get_by_role("link", name="Publish…").click()
    expect(Form(one, "offering").here.get_by_role("button", name="Publish", exact=True)).to_be_focused()
    author = new_visitor()
    author.sign_in("author", at=f"/viewer/offerings/{draft['id']}")
    expect(author.page.get_by_role("link", name="Edit")).to_be_visible()
    expect(author.page.get_by_role("link", name="Publish…")).to_have_count(0)


def test_nothing_unpublished_is_seen_in_the_store(new_visitor: NewVisitor, made: Made) -> None:
    draft = made.draft()
    shopper = new_visitor()
    answer = shopper.page.goto(f"{shopper.address}/store/{draft['key']}")
    assert answer is not None
    assert answer.status == 404
    expect(shopper.page.get_by_role("heading", level=1)).to_have_text("This is not for sale")
    store = Store.at(shopper)
    store.search(made.mark)
    expect(store.names).to_have_count(0)
    expect(store.page.get_by_text("Nothing matches all of this")).to_be_visible()


def test_shoppers_see_nothing_of_a_change_before_it_is_published(new_visitor: NewVisitor, made: Made) -> None:
    live = made.published()
    changed = {**live["live"], "name": f"Secret {made.mark}", "description": "Not before Monday."}
    made.change(Offerings, live, changed)
    shopper = new_visitor()
    entry = Entry.at(shopper, live["key"])
    expect(entry.heading).to_have_text(f"Offer {made.mark}")
    assert "Not before Monday." not in shopper.page.content()
    assert f"Secret {made.mark}" not in shopper.page.content()
    store = Store.at(shopper)
    store.search(f"Secret {made.mark}")
    expect(store.names).to_have_count(0)
