"""The list of currencies: its size, and the minor units that programs most often get wrong."""

import pytest

from pricing.domain.currencies import MINOR_UNITS


def test_the_list_is_that_of_the_standard() -> None:
    assert len(MINOR_UNITS) == 165
    assert sorted(code for code, places in MINOR_UNITS.items() if places == 3) == [
        *("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
    ]
    assert [len(code) for code in MINOR_UNITS if not (code.isupper() and code.isascii())] == []
    assert {len(code) for code in MINOR_UNITS} == {3}


@pytest.mark.parametrize(
    ("code", "places"),
    [
        *(("EUR", 2), ("USD", 2), ("CHF", 2), ("HUF", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0), ("UGX", 0)),
        *(("KWD", 3), ("TND", 3), ("CLF", 4), ("UYW", 4), ("XCG", 2), ("ZWG", 2), ("XAD", 2), ("VED", 2)),
    ],
)
def test_minor_units(code: str, places: int) -> None:
    assert MINOR_UNITS[code] == places


@pytest.mark.parametrize(
    "code", ["BGN", "HRK", "ANG", "CUC", "SLL", "ZWL", "DEM", "XAU", "XDR", "XTS", "XXX"]
)
def test_what_is_no_currency_any_more_or_never_was(code: str) -> None:
    assert code not in MINOR_UNITS
