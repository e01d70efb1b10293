"""From nothing to the shop window, by the pages alone."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser import NewVisitor
from tests.pages import Form, Grid, Login, Publication, Store

pytestmark = pytest.mark.browser

STEPS = ["Lock prices", "Validate spec", "Stage store entry", "Confirm offering"]


def test_what_is_made_of_nothing_is_sold_in_the_end(new_visitor: NewVisitor) -> None:
    mark = uuid4().hex[:8]
    one = new_visitor()
    page = one.page
    Login.page(one).sign_in("publisher")
    expect(page.get_by_role("heading", level=1, name="Builder")).to_be_visible()

    page.get_by_role("link", name="New characteristic").click()
    colour = Form(one, "characteristic").shown()
    colour.fill(name=f"Colour {mark}")
    expect(colour.text("Key")).to_have_value(f"colour-{mark}")
    colour.choose("Choice")
    colour.add_value("red", "Red")
    colour.add_value("blue", "Blue")
    colour.save()

    _from_builder(page, "New specification")
    phone = Form(one, "specification").shown()
    phone.fill(name=f"Phone {mark}")
    phone.pick("Choose characteristics", f"Colour {mark}")
    phone.here.get_by_role("checkbox", name="Required").check()
    phone.save()
    phone.act("Activate")
    expect(page.get_by_text("Active", exact=True).first).to_be_visible()

    _from_builder(page, "New price")
    plan = Form(one, "price").shown()
    plan.fill(name=f"Plan {mark}", amount="1234.5")
    plan.save()

    _from_builder(page, "New offering")
    offer = Form(one, "offering").shown()
    offer.fill(name=f"Offer {mark}", category=f"things{mark}")
    offer.pick("Specification", f"Phone {mark}")
    offer.here.get_by_label(f"Colour {mark}").select_option("Red")
    offer.pick("Choose prices", f"Plan {mark}")
    id = offer.save()

    publication = offer.publish()
    address = page.url
    expect(publication.heading).to_have_text(f"Publication of Offer {mark}")
    publication.expect_end(f"Offer {mark} is published")
    for step, title in zip(publication.steps().all(), STEPS, strict=True):
        expect(step).to_contain_text(title)
        expect(step).to_contain_text("Done")

    entry = publication.see_in_store()
    expect(entry.heading).to_have_text(f"Offer {mark}")
    expect(entry.table("Specification")).to_contain_text("Red")
    expect(entry.table("Prices")).to_contain_text("€1,234.50")

    shopper = new_visitor()
    store = Store.at(shopper)
    store.search(f"Offer {mark}")
    expect(store.names).to_have_text([f"Offer {mark}"])
    expect(store.look_at(f"Offer {mark}").table("Prices")).to_contain_text(f"Plan {mark}")

    # Who has nothing but the address sees the same, also later.
    reader = new_visitor()
    reader.sign_in("reader", at=address.removeprefix(reader.address))
    seen = Publication(reader).shown()
    seen.expect_end(f"Offer {mark} is published")
    expect(seen.steps()).to_have_count(len(STEPS))
    grid = Grid.at(reader, "offering", f"?name={mark}")
    expect(grid.names).to_have_text([f"Offer {mark}"])
    grid.look_at(f"Offer {mark}")
    expect(reader.page).to_have_url(f"{reader.address}/viewer/offerings/{id}")


def _from_builder(page: Page, link: str) -> None:
    """By way of the builder, where everything that can be made is."""
    page.get_by_role("link", name="Builder", exact=True).first.click()
    page.get_by_role("link", name=link).click()
