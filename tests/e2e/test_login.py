"""Signing in where it is harder than feature 13 has it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewVisitor

pytestmark = pytest.mark.browser


def test_where_no_script_runs_the_form_signs_in_by_itself(new_visitor: NewVisitor) -> None:
    one = new_visitor(javascript=False)
    one.open("/viewer/prices?sort=-name")
    one.page.get_by_label("User name").fill("reader")
    one.page.get_by_label("Password").fill("not the password")
    one.page.get_by_role("button", name="Sign in").click()
    expect(one.page.get_by_role("alert")).to_contain_text("do not belong together")
    one.page.get_by_label("User name").fill("reader")
    one.page.get_by_label("Password").fill(one.world.passwords["reader"])
    one.page.get_by_role("button", name="Sign in").click()
    expect(one.page).to_have_url(f"{one.address}/viewer/prices?sort=-name")


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_login_page_has_no_barriers(new_visitor: NewVisitor, scheme: str) -> None:
    one = new_visitor(width=320, scheme=scheme)
    one.open("/login")
    one.expect_no_barriers()
    one.expect_to_fit()
