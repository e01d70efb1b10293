"""Steps of roadmap phase 13: signing in and out in the browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_bdd import given, scenarios, then, when

from features.browsing import *  # noqa: F403  # steps are found by being here
from features.browsing import expect_at
from tests.browser import Visitor
from tests.pages import Login

scenarios("13_login.feature")

pytestmark = pytest.mark.browser

REFUSED = "That user name and password do not belong together."


@given("somebody who opens the prices without having signed in")
def opens_prices(person: Visitor) -> None:
    person.open("/viewer/prices?sort=-name")


@given("somebody at the login page")
def at_login(person: Visitor) -> None:
    Login.page(person, "/viewer/prices")


@given("somebody who has not signed in")
def nobody(person: Visitor) -> None:
    assert person.context.cookies() == []


@when("they sign in as the reader")
def signs_in(person: Visitor) -> None:
    Login(person, person.page).sign_in("reader")


@then("they see the prices")
def sees_prices(person: Visitor) -> None:
    expect_at(person, "/viewer/prices?sort=-name")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Prices")


@then("no script can read who they are")
def hidden_from_scripts(person: Visitor) -> None:
    assert person.page.evaluate("() => document.cookie") == ""
    assert all(one["httpOnly"] for one in person.context.cookies())
    stored = "() => JSON.stringify([{...localStorage}, {...sessionStorage}])"
    assert "eyJ" not in person.page.evaluate(stored), "a token begins so"


@when("they sign in with a wrong password")
def wrong_password(person: Visitor) -> None:
    Login(person, person.page).sign_in("reader", "not the password")


@when("they sign in with a name nobody has")
def unknown_name(person: Visitor) -> None:
    Login(person, person.page).sign_in("nobody-at-all", "not the password")


@then("they are told that the two do not belong together")
def told_alike(person: Visitor) -> None:
    expect(person.page.get_by_role("alert").filter(has_text=REFUSED)).to_be_focused()


@then("they still have to sign in")
def still_outside(person: Visitor) -> None:
    person.open("/viewer/prices")
    expect_at(person, "/login?next=%2Fviewer%2Fprices")


@given("a reader at work in two windows", target_fixture="other")
def two_windows(person: Visitor) -> Page:
    person.sign_in("reader", at="/viewer/prices")
    other = person.context.new_page()
    other.goto(f"{person.address}/viewer/offerings")
    expect(other.get_by_role("heading", level=1)).to_have_text("Offerings")
    return other


@when("the reader signs out in one of them")
def signs_out(person: Visitor) -> None:
    person.page.get_by_role("button", name="Sign out reader").click()


@then("both ask them to sign in")
def both_outside(person: Visitor, other: Page) -> None:
    expect_at(person, "/login")
    expect(other.get_by_role("heading", level=1)).to_have_text("Sign in to the catalog")


@then("the way back shows nothing")
def back_is_closed(person: Visitor) -> None:
    person.page.go_back()
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Sign in to the catalog")
    assert person.page.request.get(f"{person.address}/bff/api/prices").status == 401


@when("the reader opens the login page")
def opens_login(person: Visitor) -> None:
    person.open("/login?next=/viewer/prices")


@then("the reader is at work still")
def still_at_work(person: Visitor) -> None:
    expect_at(person, "/viewer/prices")
    expect(person.page.get_by_role("button", name="Sign out reader")).to_be_visible()


@when("they open the store")
def opens_store(person: Visitor) -> None:
    person.open("/store")


@then("they see what is sold, and where to sign in")
def sees_store(person: Visitor) -> None:
    expect(person.page.get_by_role("region", name="Results").get_by_role("listitem").first).to_be_visible()
    person.page.get_by_role("link", name="Sign in").click()
    expect_at(person, "/login")
