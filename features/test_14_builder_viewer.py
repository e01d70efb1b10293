"""Steps of roadmap phase 14: the builder's forms and the viewer's lists."""

import csv
import re
from typing import Any

import pytest
from playwright.sync_api import expect
from pytest_bdd import given, scenarios, then, when

from features.browsing import *  # noqa: F403  # steps are found by being here
from features.browsing import expect_at
from features.conftest import Story
from features.resources import Characteristics, Offerings, Prices, Specifications
from tests.browser import Visitor
from tests.pages import Form, Grid, Publication

scenarios("14_builder_viewer.feature")

pytestmark = pytest.mark.browser

STEPS = ["Lock prices", "Validate spec", "Stage store entry", "Confirm offering"]


def fill_colour(form: Form, mark: str) -> None:
    """All that a colour says, typed into its form."""
    form.fill(name=f"Colour {mark}")
    form.choose("Choice")
    form.add_value("red", "Red")
    form.add_value("blue", "Blue")


@when("the author builds a colour that is red or blue")
def builds_colour(person: Visitor, catalogue: Characteristics) -> None:
    form = Form.new(person, "characteristic")
    fill_colour(form, catalogue.mark)
    form.save()


@then("the list of characteristics has it")
def listed(person: Visitor, catalogue: Characteristics) -> None:
    grid = Grid.at(person, "characteristic", f"?name={catalogue.mark}")
    expect(grid.names).to_have_text([f"Colour {catalogue.mark}"])
    grid.look_at(f"Colour {catalogue.mark}")


@then("its page tells what it says, and who has made it")
def tells(person: Visitor) -> None:
    values = person.page.get_by_role("region", name="Allowed values").get_by_role("rowheader")
    expect(values).to_have_text(["Red", "Blue"])
    expect(person.page.get_by_role("region", name="History")).to_contain_text("by author, version 1")


@when("the author builds a price without a name and an amount")
def builds_nothing(person: Visitor, story: Story, prices: Prices, publisher: str) -> None:
    form = Form.new(person, "price")
    form.fill(description=f"Neither of it {prices.mark}")
    form.submit.click()


@then("the author is told of both, and led to the first")
def told_of_both(person: Visitor) -> None:
    form = Form(person, "price")
    summary = form.here.get_by_role("alert")
    expect(summary).to_contain_text("Not saved: 2 things are in the way")
    expect(summary.get_by_role("link")).to_have_text(["Name", "Amount"])
    summary.get_by_role("link", name="Name").click()
    expect(form.text("Name")).to_be_focused()


@then("nothing was built")
def nothing_built(person: Visitor, prices: Prices) -> None:
    expect_at(person, "/builder/prices/new")
    answer = person.page.request.get(f"{person.address}/bff/api/prices?sort=-createdAt&size=1")
    assert answer.json()["items"][0]["description"] != f"Neither of it {prices.mark}"


@when("the author builds another one with the key of the first")
def builds_again(person: Visitor, story: Story, catalogue: Characteristics) -> None:
    form = Form.new(person, "characteristic")
    form.fill(name=f"Another {catalogue.mark}")
    form.fill(key=story.known["colour"]["key"])
    form.submit.click()


@then("the author is told at the key that it is taken")
def told_at_key(person: Visitor) -> None:
    key = Form(person, "characteristic").text("Key")
    expect(key).to_be_focused()
    expect(key).to_have_attribute("aria-invalid", "true")


@then("nothing else was built")
def nothing_else(story: Story, catalogue: Characteristics, publisher: str) -> None:
    assert [one["id"] for one in catalogue.found(publisher)] == [story.known["colour"]["id"]]


@when("the author tries whether it can be red")
def tries(person: Visitor, story: Story) -> None:
    Form.of(person, "characteristic", story.known["colour"]["id"])
    person.page.get_by_label("Value", exact=True).select_option("Red")


@then("it is accepted")
def accepted(person: Visitor) -> None:
    expect(person.page.get_by_role("status").filter(has_text=re.compile("^Accepted$"))).to_be_visible()


@when("the author specifies a phone, and defines its colour on the way")
def specifies_on_the_way(person: Visitor, catalogue: Characteristics) -> None:
    form = Form.new(person, "specification")
    form.fill(name=f"Phone {catalogue.mark}")
    form.here.get_by_role("combobox", name="Choose characteristics").fill(f"Colour {catalogue.mark}")
    person.page.get_by_role("button", name="New characteristic…").click()
    side = Form(person, "characteristic").shown()
    expect(side.text("Name")).to_have_value(f"Colour {catalogue.mark}")
    fill_colour(side, catalogue.mark)
    side.submit.click()
    expect(side.here).to_be_hidden()
    expect(form.text("Name")).to_have_value(f"Phone {catalogue.mark}")
    form.save()


@then("the phone has the colour, which is chosen already")
def has_colour_by_now(catalogue: Characteristics, specifications: Specifications, publisher: str) -> None:
    (colour,) = catalogue.found(publisher)
    (phone,) = specifications.found(publisher)
    assert [use["characteristicId"] for use in phone["uses"]] == [colour["id"]]


@given("three prices")
def three_prices(story: Story, prices: Prices, publisher: str) -> None:
    for name in ("B", "C", "A"):
        prices.made(publisher, {**prices.monthly("1.00"), "name": f"{name} {prices.mark}"})


def expect_names(person: Visitor, mark: str, names: str) -> None:
    """The list shows these of the scenario's prices, in this order."""
    grid = Grid(person, "price")
    expect(grid.names).to_have_text([f"{name} {mark}" for name in names])
    expect(grid.total).to_have_text(f"{len(names)} prices match")


@when("the reader looks for them, and has them sorted by name, downwards")
def looks_for(person: Visitor, prices: Prices) -> None:
    grid = Grid.at(person, "price")
    grid.filter("Name", prices.mark)
    expect_names(person, prices.mark, "ACB")  # as they were changed, the last first
    grid.sort("Name")
    expect_names(person, prices.mark, "ABC")
    grid.sort("Name")


@then("the reader sees the three downwards")
def downwards(person: Visitor, prices: Prices) -> None:
    expect_names(person, prices.mark, "CBA")
    name = person.page.get_by_role("columnheader", name="Name", exact=True)
    expect(name).to_have_attribute("aria-sort", "descending")


@when("the reader opens the same address anew")
def opens_anew(person: Visitor) -> None:
    person.page.goto(person.page.url)


@when("the reader goes back")
def goes_back(person: Visitor, prices: Prices) -> None:
    person.page.go_back()


@then("the reader sees the three as they were")
def upwards(person: Visitor, prices: Prices) -> None:
    expect_names(person, prices.mark, "ABC")


@when("the reader takes what is found along as a file", target_fixture="file")
def takes_along(person: Visitor, prices: Prices) -> list[list[str]]:
    Grid.at(person, "price", f"?name={prices.mark}&sort=name")
    with person.page.expect_download() as taken:
        person.page.get_by_role("button", name="Export CSV").click()
    expect(person.page.get_by_text("3 rows exported.")).to_be_visible()
    return list(csv.reader(taken.value.path().read_text(encoding="utf-8-sig").splitlines()))


@then("the file has the three")
def has_three(prices: Prices, file: list[list[str]]) -> None:
    head, *rows = file
    named = head.index("Name")
    assert [row[named] for row in rows] == [f"{name} {prices.mark}" for name in "ABC"]


@given("a colour that a phone has")
def colour_in_use(
    story: Story, catalogue: Characteristics, specifications: Specifications, publisher: str
) -> None:
    story.known["colour"] = catalogue.made(publisher, catalogue.colour())
    specifications.made(publisher, specifications.phone(story.known["colour"]["id"]))


@when("the reader looks at the colour")
def looks_at_colour(person: Visitor, story: Story) -> None:
    person.open(f"/viewer/characteristics/{story.known['colour']['id']}")


@then("the reader reads that the phone uses it")
def reads_user(person: Visitor, catalogue: Characteristics) -> None:
    used = person.page.get_by_role("region", name="Used by")
    expect(used.get_by_role("link")).to_have_text([f"Phone {catalogue.mark}"])


@when("the author calls it something else by the form")
def renames(person: Visitor, story: Story, catalogue: Characteristics) -> None:
    form = Form.of(person, "characteristic", story.known["colour"]["id"])
    form.fill(name=f"Shade {catalogue.mark}")
    form.save()
    person.page.get_by_role("link", name="Look at it").first.click()


@then("its page tells both names, and who has changed it")
def tells_both(person: Visitor, catalogue: Characteristics) -> None:
    expect(person.page.get_by_role("heading", level=1)).to_have_text(f"Shade {catalogue.mark}")
    told = person.page.get_by_role("region", name="History").get_by_role("listitem")
    expect(told).to_have_count(2)
    lately, first = told.all()
    expect(lately).to_contain_text("by author, version 2")
    lately.get_by_text("Name", exact=True).first.click()
    expect(lately.locator("del")).to_have_text(f"before: Colour {catalogue.mark}")
    expect(lately.locator("ins")).to_have_text(f"after: Shade {catalogue.mark}")
    expect(first).to_contain_text("by publisher, version 1")


@when("the reader opens its form")
def reader_opens(person: Visitor, story: Story) -> None:
    Form.of(person, "characteristic", story.known["colour"]["id"])


@then("the reader can read it, and is told which role could change it")
def told_role(person: Visitor, story: Story) -> None:
    form = Form(person, "characteristic")
    expect(form.text("Name")).to_have_value(story.known["colour"]["name"])
    expect(form.text("Name")).not_to_be_editable()
    expect(form.submit).to_have_count(0)
    expect(person.page.get_by_text("Changing it needs the role author.")).to_be_visible()


@when("the publisher publishes it by the form")
def publishes_by_form(person: Visitor, story: Story) -> None:
    Form.of(person, "offering", story.known["offering"]["id"]).publish()


@then("the publisher sees four steps come to their end")
def sees_steps(person: Visitor, story: Story) -> None:
    publication = Publication(person)
    publication.expect_end(f"{story.known['offering']['draft']['name']} is published")
    expect(publication.steps()).to_have_text([re.compile(f"{step}.*Done") for step in STEPS])


@then("it is for sale")
def for_sale(person: Visitor, story: Story) -> None:
    entry = Publication(person).see_in_store()
    expect_at(person, f"/store/{story.known['offering']['key']}")
    expect(entry.heading).to_have_text(story.known["offering"]["draft"]["name"])


@given("a draft without a price")
def draft_without_price(story: Story, offerings: Offerings, publisher: str, complete: dict[str, Any]) -> None:
    story.known["offering"] = offerings.made(publisher, {**complete, "priceIds": []})


@when("the publisher opens its form")
def publisher_opens(person: Visitor, story: Story) -> None:
    Form.of(person, "offering", story.known["offering"]["id"])


@then("the publisher reads that a price is missing")
def reads_missing(person: Visitor) -> None:
    expect(Form(person, "offering").readiness).to_contain_text("One thing is in the way")


@then("publishing it is refused, with the way to the prices")
def publishing_refused(person: Visitor, story: Story, offerings: Offerings, publisher: str) -> None:
    form = Form(person, "offering")
    form.here.get_by_role("button", name="Publish", exact=True).click()
    prices = form.here.get_by_role("combobox", name="Choose prices")
    expect(prices).to_have_attribute("aria-invalid", "true")
    expect(prices).to_be_focused()
    assert offerings.get(publisher, story.known["offering"]["id"]).json()["publicationId"] is None
