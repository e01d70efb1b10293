"""A file brought in by the page: judged first, then imported, and what is wrong is told by its row."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from features.resources import Characteristics, Offerings
from tests.browser import NewVisitor
from tests.e2e.conftest import Made

pytestmark = pytest.mark.browser

LONG = 60_000  # milliseconds that an import may take


def file_of(*rows: dict[str, Any]) -> dict[str, Any]:
    """A file as a person would choose it."""
    return {
        "name": "mine.ndjson",
        "mimeType": "application/x-ndjson",
        "buffer": "\n".join(map(json.dumps, rows)).encode(),
    }


def choose(page: Page, *rows: dict[str, Any]) -> None:
    page.locator("input[type=file]").set_input_files(file_of(*rows))  # type: ignore[arg-type]


def expect_told(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible(timeout=LONG)


def test_a_file_is_judged_then_imported_and_published(new_visitor: NewVisitor, made: Made) -> None:
    mark = made.mark
    colour = made.of(Characteristics).colour()
    rows = [
        {"kind": "characteristic", "key": f"colour-{mark}", **colour, "name": f"Colour {mark}"},
        {
            "kind": "specification",
            "key": f"phone-{mark}",
            "name": f"Phone {mark}",
            "uses": [{"characteristic": f"colour-{mark}", "required": True}],
            "status": "ACTIVE",
        },
        {
            "kind": "price",
            "key": f"plan-{mark}",
            "name": f"Plan {mark}",
            "priceKind": "ONE_TIME",
            "money": {"amount": "12.50", "currency": "EUR"},
        },
        {
            "kind": "offering",
            "key": f"offer-{mark}",
            "name": f"Offer {mark}",
            "category": "phones",
            "specification": f"phone-{mark}",
            "prices": [f"plan-{mark}"],
            "values": {f"colour-{mark}": "red"},
            "publish": True,
        },
    ]
    wrong = {"kind": "price", "key": f"wrong-{mark}", "name": f"Wrong {mark}", "priceKind": "ONE_TIME"}
    one = new_visitor()
    one.sign_in("publisher", at="/import")

    choose(one.page, *rows, wrong)
    expect_told(one.page, "Dry run done")
    line = one.page.get_by_role("listitem").filter(has_text=f"wrong-{mark}")
    expect(line).to_contain_text("money")
    assert not made.all(Offerings)

    one.page.get_by_role("button", name="Import 4 rows").click()
    expect_told(one.page, "1 offering published")
    assert [found["status"] for found in made.all(Offerings)] == ["PUBLISHED"]

    choose(one.page, *rows)
    expect_told(one.page, "Dry run done")
    one.page.get_by_role("button", name="Import 4 rows").click()
    expect_told(one.page, "Import done")
    assert len(made.all(Offerings)) == 1


def test_who_has_no_file_takes_the_sample(new_visitor: NewVisitor) -> None:
    one = new_visitor()
    one.sign_in("publisher", at="/import")
    one.page.get_by_role("button", name="Take the telecom sample").click()
    expect_told(one.page, "146 rows in")
    with one.page.expect_download() as kept:
        one.page.get_by_role("link", name="Download it").click()
    assert len(kept.value.path().read_text().splitlines()) == 146


def test_what_is_no_file_of_rows_is_told_by_its_line(new_visitor: NewVisitor) -> None:
    one = new_visitor()
    one.sign_in("author", at="/import")
    one.page.locator("input[type=file]").set_input_files(
        {"name": "other.ndjson", "mimeType": "text/plain", "buffer": b"nothing of ours\n"}
    )
    expect_told(one.page, "Dry run done")
    expect(one.page.get_by_role("button", name="Import 0 rows")).to_be_disabled()
