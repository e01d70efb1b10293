"""An import: what it makes, changes and leaves, and what it says of the rows that it rejects."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from apps.platform.tests.importing.conftest import ALL, COLOUR, ONCE, PHONE, RAM, RED, Carry
from apps.platform.tests.importing.shelf import Shelf
from kernel.errors import Conflict, Invalid, Stale
from offering.use_cases.confirm import Confirm, ConfirmPublication
from platform_app.calling.calls import Away
from platform_app.importing.progress import Silent
from platform_app.importing.report import Outcome, Report
from platform_app.importing.rows import Index, Kind
from platform_app.importing.run import Import


def counts(report: Report) -> dict[str, int]:
    """How many rows had which outcome."""
    return {one.value: report.of(one) for one in Outcome if report.of(one)}


def faults(report: Report) -> list[tuple[str, str, str]]:
    """Key, field and code of all that is wrong."""
    return sorted((one.key, one.field, one.code) for one in report.first)


async def test_a_file_is_made_activated_and_published_whatever_the_order(shelf: Shelf, carry: Carry) -> None:
    report = await carry(*ALL)
    assert (counts(report), report.published) == ({"created": 5}, 1)
    assert (await shelf.one(Kind.SPECIFICATION, "phone"))["status"] == "ACTIVE"
    offering = await shelf.one(Kind.OFFERING, "red-phone")
    assert offering["status"] == "PUBLISHED"
    assert offering["live"]["values"] == {"colour": "red", "ram": 8}
    assert offering["live"]["priceIds"] == [(await shelf.one(Kind.PRICE, "once"))["id"]]


async def test_a_second_time_nothing_is_written(shelf: Shelf, carry: Carry) -> None:
    await carry(*ALL)
    shelf.calls.clear()
    report = await carry(*ALL)
    assert (counts(report), shelf.calls) == ({"unchanged": 5}, [])


async def test_what_differs_is_changed_and_published_anew(shelf: Shelf, carry: Carry) -> None:
    await carry(*ALL)
    shelf.calls.clear()
    report = await carry(*(row for row in ALL if row is not RED), {**RED, "name": "Very red phone"})
    assert counts(report) == {"changed": 1, "unchanged": 4}
    assert [what for what, _ in shelf.calls] == ["revise", "publish"]
    assert (await shelf.one(Kind.OFFERING, "red-phone"))["live"]["name"] == "Very red phone"


async def test_all_kinds_can_be_changed(shelf: Shelf, carry: Carry) -> None:
    await carry(*ALL)
    changed = [{**row, "name": f"{row['name']} 2"} for row in ALL]
    assert counts(await carry(*changed)) == {"changed": 5}
    assert (await shelf.one(Kind.SPECIFICATION, "phone"))["name"] == "Phone 2"


async def test_what_is_on_the_platform_can_be_referred_to(shelf: Shelf, carry: Carry) -> None:
    await carry(*ALL)
    blue = {**RED, "key": "blue-phone", "values": {"colour": "blue"}}
    assert counts(await carry(blue)) == {"created": 1}
    wrong = {**RED, "key": "pink-phone", "values": {"colour": "pink"}}
    assert faults(await carry(wrong)) == [("pink-phone", "/values/colour", "not_allowed")]


async def test_publishing_is_asked_for_by_the_row_or_for_all(shelf: Shelf, carry: Carry) -> None:
    draft = {**RED, "publish": False}
    report = await carry(COLOUR, RAM, PHONE, ONCE, draft)
    assert (counts(report), report.published) == ({"created": 5}, 0)
    assert (await shelf.one(Kind.OFFERING, "red-phone"))["status"] == "DRAFT"
    report = await carry(draft, publish=True)
    assert (counts(report), report.published) == ({"changed": 1}, 1)


@pytest.mark.parametrize("dry", [False, True])
async def test_every_kind_of_fault_is_said(shelf: Shelf, carry: Carry, dry: bool) -> None:
    report = await carry(
        COLOUR,
        {**RAM, "unit": "parsec-ish"},
        PHONE,
        {**PHONE, "key": "odd", "status": "RETIRED"},
        {**PHONE, "key": "by-id", "uses": [{"characteristicId": "1"}, {"required": True}]},
        {**PHONE, "key": "lazy", "uses": [{"characteristic": "colour", "default": "pink"}]},
        {**ONCE, "money": {"amount": 99, "currency": "EUR"}, "priceKind": "SOMETIMES"},
        {**ONCE, "key": "fine", "money": {"amount": "9.999", "currency": "EUR"}, "colour": 1},
        RED,
        {**RED, "key": "by-ids", "priceIds": [], "specification": 1, "prices": "once"},
        {**RED, "key": "bare", "specification": None, "prices": [], "values": {}},
        {**RED, "key": "maybe", "publish": "yes"},
        dry=dry,
    )
    assert counts(report) == {"created": 1, "rejected": 11}
    assert faults(report) == [
        ("bare", "/prices", "missing"),
        ("bare", "/specification", "missing"),
        ("by-id", "/uses/0/characteristic", "by_key"),
        ("by-ids", "/prices", "by_key"),
        ("by-ids", "/prices", "type"),
        ("by-ids", "/specification", "type"),
        ("fine", "/colour", "unexpected_keyword_argument"),
        ("lazy", "/uses/0/default", "not_allowed"),
        ("maybe", "/publish", "type"),
        ("odd", "/status", "status"),
        ("once", "/money/amount", "value_error"),
        ("once", "/priceKind", "enum"),
        ("phone", "/uses/1/characteristic", "unknown_reference"),
        ("ram", "/unit", "unit"),
        ("red-phone", "/prices/0", "unknown_reference"),
        ("red-phone", "/specification", "unknown_reference"),
    ]
    assert shelf.calls == ([] if dry else [("create", "colour")])


async def test_what_is_malformed_is_said_in_words_for_people(carry: Carry) -> None:
    money = {"amount": 99, "currency": "EUR"}
    report = await carry({**ONCE, "money": money, "colour": "red"}, {"kind": "price", "key": "bare"})
    assert sorted((one.key, one.field, one.message) for one in report.first) == [
        ("bare", "/money", "This is needed."),
        ("bare", "/name", "This is needed."),
        ("bare", "/priceKind", "This is needed."),
        ("once", "/colour", "There is no such field."),
        ("once", "/money/amount", 'A number as text, such as "12.50", is accepted here.'),
    ]


async def test_values_that_do_not_fit_are_said_all_at_once(carry: Carry) -> None:
    await carry(COLOUR, RAM, PHONE, ONCE)
    report = await carry({**RED, "values": {"ram": -1, "size": 5}})
    assert faults(report) == [
        ("red-phone", "/values/colour", "required"),
        ("red-phone", "/values/ram", "min"),
        ("red-phone", "/values/size", "foreign"),
    ]


async def test_an_offering_of_a_draft_is_not_published(shelf: Shelf, carry: Carry) -> None:
    draft = {name: value for name, value in PHONE.items() if name != "status"}
    report = await carry(COLOUR, RAM, draft, ONCE, RED)
    assert faults(report) == [("red-phone", "/specification", "not_active")]
    assert counts(await carry({**RED, "publish": False})) == {"created": 1}


async def test_a_dry_run_judges_as_if_it_had_written(shelf: Shelf, carry: Carry) -> None:
    report = await carry(*ALL, dry=True)
    assert (counts(report), report.published, shelf.calls) == ({"created": 5}, 1, [])
    await carry(*ALL)
    shelf.calls.clear()
    wider = {**COLOUR, "allowedValues": [{"code": "pink", "label": "Pink"}]}
    report = await carry(wider, {**RED, "values": {"colour": "pink"}}, dry=True)
    assert (counts(report), shelf.calls) == ({"changed": 2}, [])


async def test_a_refused_change_leaves_what_there_was_to_be_referred_to(shelf: Shelf, carry: Carry) -> None:
    await carry(*ALL)
    shelf.fail = lambda what, _: Invalid("Not now.", code="no") if what == "revise" else None
    report = await carry({**ONCE, "name": "Twice"}, RED)
    assert counts(report) == {"unchanged": 1, "rejected": 1}
    assert faults(report) == [("once", "", "no")]


async def test_who_is_slower_looks_again(shelf: Shelf, carry: Carry) -> None:
    """Somebody makes the same price between the look and the write."""

    def faster(what: str, about: str) -> Conflict | None:
        if (what, about, len(shelf.calls)) == ("create", "once", 0):
            shelf.calls.append((what, about))
            return Conflict("taken", code="key_taken")
        return None

    await carry(ONCE)
    made, shelf.calls = shelf.price.database.rows.pop("price"), []
    looked = shelf.by_keys

    async def by_keys(kind: Kind, keys: Any) -> Any:
        if shelf.calls:
            shelf.price.database.rows["price"] = made
        return await looked(kind, keys)

    shelf.fail, shelf.by_keys = faster, by_keys  # type: ignore[method-assign]
    assert counts(await carry(ONCE)) == {"unchanged": 1}


async def test_a_conflict_that_stays_is_said(shelf: Shelf, carry: Carry) -> None:
    await carry(ONCE)
    shelf.fail = lambda what, _: Stale("Somebody was faster.") if what == "revise" else None
    assert faults(await carry({**ONCE, "name": "Twice"})) == [("once", "", "stale")]


async def test_a_publication_that_fails_is_a_row_that_fails(shelf: Shelf, carry: Carry) -> None:
    shelf.rejected.add("red-phone")
    report = await carry(*ALL)
    assert (counts(report), report.published) == ({"created": 4, "rejected": 1}, 0)
    assert faults(report) == [("red-phone", "", "PRICE_EXPIRED")]
    shelf.rejected.clear()
    report = await carry(*ALL)  # again: what is there is published now
    assert (counts(report), report.published) == ({"unchanged": 4, "changed": 1}, 1)


async def test_a_publication_that_does_not_end_is_said(shelf: Shelf, carry: Carry) -> None:
    shelf.stuck.add("red-phone")
    assert faults(await carry(*ALL, patience=0.3)) == [("red-phone", "", "not_published")]
    # It is read-only meanwhile, so a change is refused, and what says the same is as it shall be.
    report = await carry({**RED, "name": "Very red phone"}, patience=0.3)
    assert faults(report) == [("red-phone", "", "illegal_move")]
    assert counts(await carry(RED, patience=0.3)) == {"unchanged": 1}


async def test_a_publication_that_is_going_on_is_waited_for(shelf: Shelf, carry: Carry) -> None:
    shelf.stuck.add("red-phone")
    await carry(*ALL, patience=0.1)
    shelf.stuck.clear()
    found = await shelf.one(Kind.OFFERING, "red-phone")

    async def end_soon() -> None:
        await asyncio.sleep(0.4)
        await ConfirmPublication(shelf.offering)(Confirm(publication_id=UUID(found["publicationId"])))

    report, _ = await asyncio.gather(carry({**RED, "name": "Very red phone"}), end_soon())
    assert (counts(report), report.published) == ({"changed": 1}, 1)


async def test_whoever_is_away_ends_the_import_and_what_was_done_is_counted(
    shelf: Shelf, carry: Carry, tmp_path: Any
) -> None:
    await carry(*ALL[1:])
    report = Report()

    async def away(id: Any, version: int) -> None:
        raise Away("gone")

    shelf.publish = away  # type: ignore[method-assign]
    file = tmp_path / "all.ndjson"
    file.write_text("\n".join(map(json.dumps, ALL)))
    with pytest.raises(Away):
        await Import(shelf, report, Silent())(Index.of(file, report.reject))
    assert counts(report) == {"unchanged": 4}


async def test_publications_that_nobody_waits_for_are_counted(shelf: Shelf, tmp_path: Any) -> None:
    looked, report, file = shelf.by_keys, Report(), tmp_path / "all.ndjson"
    file.write_text("\n".join(map(json.dumps, ALL)))

    async def by_keys(kind: Kind, keys: Any) -> Any:
        if any(what == "publish" for what, _ in shelf.calls):
            raise Away("gone")
        return await looked(kind, keys)

    shelf.by_keys = by_keys  # type: ignore[method-assign]
    with pytest.raises(Away):
        await Import(shelf, report, Silent())(Index.of(file, report.reject))
    assert (counts(report), report.published, report.left) == ({"created": 5}, 0, 1)


async def test_many_are_looked_up_in_batches(shelf: Shelf, carry: Carry) -> None:
    many = [{**ONCE, "key": f"price-{number}"} for number in range(250)]
    assert counts(await carry(*many)) == {"created": 250}
    assert [len(keys) for kind, keys in shelf.looks if kind is Kind.PRICE] == [100, 100, 50]
