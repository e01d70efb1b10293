"""What the tests of imports share."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from apps.platform.tests.importing.shelf import Shelf
from platform_app.importing.progress import Silent
from platform_app.importing.report import Report
from platform_app.importing.rows import Index
from platform_app.importing.run import Import

Row = dict[str, Any]
Carry = Callable[..., Awaitable[Report]]

COLOUR: Row = {
    "kind": "characteristic",
    "key": "colour",
    "name": "Colour",
    "valueType": "choice",
    "allowedValues": [{"code": "red", "label": "Red"}, {"code": "blue", "label": "Blue"}],
}
RAM: Row = {
    "kind": "characteristic",
    "key": "ram",
    "name": "RAM",
    "valueType": "integer",
    "constraints": {"min": 0},
}
PHONE: Row = {
    "kind": "specification",
    "key": "phone",
    "name": "Phone",
    "status": "ACTIVE",
    "uses": [{"characteristic": "colour", "required": True}, {"characteristic": "ram", "default": 8}],
}
ONCE: Row = {
    "kind": "price",
    "key": "once",
    "name": "Once",
    "priceKind": "ONE_TIME",
    "money": {"amount": "99.00", "currency": "EUR"},
}
RED: Row = {
    "kind": "offering",
    "key": "red-phone",
    "name": "Red phone",
    "category": "phones",
    "specification": "phone",
    "prices": ["once"],
    "values": {"colour": "red", "ram": 8},
    "publish": True,
}
ALL = (RED, ONCE, PHONE, RAM, COLOUR)  # what is referred to may come later


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def carry(tmp_path: Path, shelf: Shelf) -> Carry:
    """Import rows, or the lines of a file, into the shelf; keywords are those of `Import`."""

    async def carry_out(*rows: Row, file: Path | None = None, **more: Any) -> Report:
        if file is None:
            file = tmp_path / "rows.ndjson"
            file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        report = Report()
        await Import(shelf, report, Silent(), **more)(Index.of(file, report.reject))
        return report

    return carry_out
