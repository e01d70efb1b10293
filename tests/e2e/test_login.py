"""Signing in and out, and what is remembered meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewVisitor

pytestmark = pytest.mark.browser


def test_who_signs_in_comes_to_where_they_wanted(new_visitor: NewVisitor) -> None:
    one = new_visitor()
    one.open("/viewer/prices?sort=-name")
    expect(one.page).to_have_url(re.compile(r"/login\?next="))
    one.page.get_by_label("User name").fill("reader")
    one.page.get_by_label("Password").fill(one.world.passwords["reader"])
    one.page.get_by_role("button", name="Sign in").click()
    expect(one.page).to_have_url(re.compile(r"/viewer/prices\?sort=-name$"))
    assert one.page.evaluate("() => document.cookie") == "", "tokens are nothing for scripts"


def test_a_wrong_password_says_nothing_of_which_was_wrong(new_visitor: NewVisitor) -> None:
    one = new_visitor()
    one.open("/login")
    one.page.get_by_label("User name").fill("reader")
    one.page.get_by_label("Password").fill("not the password")
    one.page.get_by_role("button", name="Sign in").click()
    alert = one.page.get_by_role("alert").filter(has_text="do not belong together")
    expect(alert).to_be_visible()
    expect(alert).to_be_focused()
    expect(one.page.get_by_label("User name")).to_have_value("reader")
    one.expect_no_barriers()


@pytest.mark.parametrize(
    "place", ["https://stranger.invalid/", "//stranger.invalid/", "javascript:alert(1)", "/\\x"]
)
def test_nobody_is_sent_to_strangers(new_visitor: NewVisitor, place: str) -> None:
    one = new_visitor()
    one.open(f"/login?next={place}")
    one.page.get_by_label("User name").fill("reader")
    one.page.get_by_label("Password").fill(one.world.passwords["reader"])
    one.page.get_by_role("button", name="Sign in").click()
    expect(one.page).to_have_url(f"{one.address}/builder")


def test_who_signs_out_has_left_everywhere(new_visitor: NewVisitor) -> None:
    one = new_visitor()
    one.sign_in("reader", at="/viewer/prices")
    other = one.context.new_page()
    other.goto(f"{one.address}/viewer/offerings")
    one.page.get_by_role("button", name="Sign out reader").click()
    expect(one.page).to_have_url(re.compile("/login"))
    expect(other).to_have_url(re.compile("/login"))
    one.page.go_back()
    expect(one.page).to_have_url(re.compile("/login"))
    answer = one.page.request.get(f"{one.address}/bff/api/prices")
    assert answer.status == 401


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_login_page_has_no_barriers(new_visitor: NewVisitor, scheme: str) -> None:
    one = new_visitor(width=320, scheme=scheme)
    one.open("/login")
    one.expect_no_barriers()
    one.expect_to_fit()
