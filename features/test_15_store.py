"""Steps of roadmap phase 15: the store in the browser."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect
from pytest_bdd import given, parsers, scenarios, then, when

from features.browsing import *  # noqa: F403  # steps are found by being here
from features.conftest import Story
from features.offerings import settled
from features.resources import Characteristics, Offerings, Prices, Specifications
from tests.browser import NewVisitor, Visitor
from tests.pages import Entry, Store
from tests.processes import eventually

scenarios("15_store.feature")

pytestmark = pytest.mark.browser


@given(parsers.re("a shopper (?P<how>with|without) scripts"), target_fixture="person")
def shopper(story: Story, new_visitor: NewVisitor, how: str) -> Visitor:
    one = new_visitor(javascript=how == "with")
    story.tokens = one.world.sign_in("publisher")  # who has made what is there before
    return one


@given("a red and a blue phone for sale")
def for_sale(
    story: Story,
    catalogue: Characteristics,
    specifications: Specifications,
    prices: Prices,
    offerings: Offerings,
    publisher: str,
) -> None:
    mark = catalogue.mark
    colour = catalogue.made(publisher, catalogue.colour())
    phone = specifications.activated(publisher, specifications.phone(colour["id"]))
    for code, amount in (("red", "1250.00"), ("blue", "12.50")):
        price = prices.made(publisher, {**prices.monthly(amount), "name": f"{code} plan {mark}"})
        content = {
            "name": f"Phone in {code} {mark}",
            "category": f"things{mark}",
            "specificationId": phone["id"],
            "priceIds": [price["id"]],
            "values": {colour["key"]: code},
        }
        one = offerings.made(publisher, content)
        assert offerings.change(publisher, one, "POST", "/publish").status_code == 202
        story.known[code] = one
    eventually(lambda: len(sold(offerings)) == 2, within=20)


def sold(offerings: Offerings) -> list[dict[str, Any]]:
    """What shoppers find of the scenario's offerings."""
    answer = offerings.world.get("/api/store/offerings", params={"category": f"things{offerings.mark}"})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def expect_found(person: Visitor, mark: str, *codes: str) -> None:
    """The page shows these of the scenario's phones, in this order."""
    expect(Store(person).names).to_have_text([f"Phone in {code} {mark}" for code in codes])


@when("the shopper searches for them")
def searches(person: Visitor, offerings: Offerings) -> None:
    Store.at(person).search(f"phone {offerings.mark}")


@then("the shopper finds both, with what they cost")
def finds_both(person: Visitor, offerings: Offerings) -> None:
    expect(Store(person).names).to_have_count(2)
    results = person.page.get_by_role("region", name="Results")
    for code, amount in (("red", "€1,250.00"), ("blue", "€12.50")):
        card = results.get_by_role("listitem").filter(has_text=f"Phone in {code} {offerings.mark}")
        expect(card).to_contain_text(f"{amount} / month")


@when("the shopper looks at the red one")
def looks_at_red(person: Visitor, offerings: Offerings) -> None:
    Store(person).look_at(f"Phone in red {offerings.mark}")


@then("the shopper reads its colour and its price")
def reads(person: Visitor, offerings: Offerings) -> None:
    entry = Entry(person)
    expect(entry.heading).to_have_text(f"Phone in red {offerings.mark}")
    expect(entry.table("Specification").get_by_role("row")).to_have_text([f"Colour {offerings.mark}Red"])
    expect(entry.table("Prices")).to_contain_text("€1,250.00")


@when("the shopper wants a red one")
def wants_red(person: Visitor) -> None:
    person.page.get_by_role("checkbox", name="Red").check()


@then("the shopper finds the red one alone")
def finds_red(person: Visitor, offerings: Offerings) -> None:
    expect_found(person, offerings.mark, "red")
    expect(Store(person).chips.filter(has_text="Red")).to_have_text(f"Remove Colour {offerings.mark}: Red")


@then("still sees that there is a blue one")
def sees_blue(person: Visitor) -> None:
    expect(person.page.get_by_role("checkbox", name=re.compile("^Blue ?, 1 found$"))).not_to_be_checked()


@when("the shopper takes the choice back")
def takes_back(person: Visitor) -> None:
    Store(person).chips.filter(has_text="Red").click()


@when("the shopper wants what is cheap first")
def wants_cheap(person: Visitor) -> None:
    person.page.get_by_label("Sort by").select_option("Price: low to high")


@then("the shopper finds the blue one before the red one")
def cheap_first(person: Visitor, offerings: Offerings) -> None:
    expect_found(person, offerings.mark, "blue", "red")


@when("the shopper searches for them, for less than they cost")
def searches_for_less(person: Visitor, offerings: Offerings) -> None:
    Store.at(person).search(f"phone {offerings.mark}")
    most = person.page.get_by_role("group", name="Price in EUR").get_by_label("to")
    most.fill("5")
    most.press("Enter")


@then("the shopper is told that without the price both are found")
def told_what_to_leave(person: Visitor, offerings: Offerings) -> None:
    expect(person.page.get_by_text("Nothing matches all of this")).to_be_visible()
    expect(Store(person).names).to_have_count(0)
    person.page.get_by_role("link", name="Without Price: to €5.00: 2 offerings").click()
    finds_both(person, offerings)


@when("the shopper opens the draft's address")
def opens_draft(person: Visitor, story: Story) -> None:
    Entry.at(person, story.known["offering"]["key"])


@then("the shopper is told that it is not for sale")
def not_for_sale(person: Visitor) -> None:
    expect(Entry(person).heading).to_have_text("This is not for sale")


@when("the red one is retired")
def is_retired(story: Story, offerings: Offerings, publisher: str) -> None:
    red = settled(offerings, publisher, story.known["red"]["id"])
    assert offerings.change(publisher, red, "POST", "/retire").status_code == 200
    eventually(lambda: len(sold(offerings)) == 1, within=20)


@then("the shopper finds the blue one alone")
def finds_blue(person: Visitor, offerings: Offerings) -> None:
    Store.at(person).search(f"phone {offerings.mark}")
    expect_found(person, offerings.mark, "blue")


@then("the red one's address says that it is not for sale")
def red_is_gone(person: Visitor, story: Story) -> None:
    answer = person.page.goto(f"{person.address}/store/{story.known['red']['key']}")
    assert answer is not None
    assert answer.status == 404
    not_for_sale(person)


@when("the shopper looks at the red one's address")
def opens_red(person: Visitor, story: Story) -> None:
    Entry.at(person, story.known["red"]["key"])


@then("what it is called and what it costs can be read by programs")
def read_by_programs(person: Visitor, offerings: Offerings, story: Story) -> None:
    found = json.loads(person.page.locator('script[type="application/ld+json"]').inner_text())
    assert (found["@type"], found["name"]) == ("Product", f"Phone in red {offerings.mark}")
    (offer,) = found["offers"]
    assert (offer["price"], offer["priceCurrency"]) == ("1250.00", "EUR")
    address = person.page.locator('link[rel="canonical"]').get_attribute("href")
    assert address == f"{person.address}/store/{story.known['red']['key']}"
