"""Units: which codes there are, and exact conversions."""

import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.units import MOST_UNIT, check_unit, convert, in_base


@pytest.mark.parametrize(
    "code",
    [
        "GB",
        "MB",
        "kB",
        "B",
        "TB",
        "GiB",
        "GBy",
        "GiBy",
        "bit",
        "Mbit/s",
        "MB/s",
        "GB{ram}",
        "{cores}",
        "cm",
        "[in_i]",
        "kg",
        "Cel",
        "%",
        "1",
        "m2",
        "10*3/ul",
        "l/(100.km)",
        "W/(m2.K)",
        "mA.h",
        "dB",
    ],
)
def test_units_that_are_known(code: str) -> None:
    assert check_unit(code) is None


@pytest.mark.parametrize(
    "code",
    [
        "",
        " ",
        "KB",
        "Mbps",
        "inch",
        "furlongs",
        "é",
        "\ud800",
        "m**2",
        "m^2",
        "{",
        "()",
        "/",
        "GB cm",
        "m\n",
        "10*999999999",
        "m" * 40,
        "(" * MOST_UNIT,
    ],
)
def test_units_that_are_not_known(code: str) -> None:
    problem = check_unit(code)
    assert problem is not None
    assert (problem.code, problem.pointer) == ("unit", "/unit")
    assert "GB, Mbit/s, cm, kg or Cel" in problem.message


@given(st.text("mkGBycsCel[in_]%10*3/.(){}-+ d'", max_size=12))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_check(code: str) -> None:
    problem = check_unit(code)
    if problem is None:
        assert convert(Decimal("2.5"), code, code) == Decimal("2.5")


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "result"),
    [
        ("1", "GB", "MB", "1000"),
        ("1", "GB", "GBy", "1"),
        ("1", "GiBy", "MiBy", "1024"),
        ("1", "GiB", "MB", "1073.741824"),
        ("100", "Mbit/s", "Gbit/s", "0.1"),
        ("1", "MB/s", "Mbit/s", "8"),
        ("2.54", "cm", "[in_i]", "1"),
        ("20", "Cel", "[degF]", "68"),
        ("1", "K", "Cel", "-272.15"),
        ("90", "/min", "Hz", "1.5"),
        ("3", "l/(100.km)", "l/km", "0.03"),
        ("1", "kW.h", "MJ", "3.6"),
        ("0.1", "dB", "dB", "0.1"),
        ("1", "cm", "[in_i]", "0.3937007874015748031496062992125984251969"),
    ],
)
def test_conversions(value: str, from_unit: str, to_unit: str, result: str) -> None:
    assert convert(Decimal(value), from_unit, to_unit) == Decimal(result)


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "code"),
    [
        ("1", "GB", "cm", "dimension"),
        ("1", "GB", "deg", "dimension"),
        ("1", "GB", "1", "dimension"),
        ("1", "dB", "B[W]", "dimension"),
        ("1", "GB", "furlongs", "unit"),
        ("1e99", "GB", "MB", "digits"),
        ("NaN", "GB", "MB", "digits"),
    ],
)
def test_conversions_that_are_refused(value: str, from_unit: str, to_unit: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        convert(Decimal(value), from_unit, to_unit)
    assert refusal.value.code == code


@given(st.decimals(-(10**15), 10**15, places=6), st.sampled_from(["GB", "MiB", "kB", "bit", "B"]))
@settings(max_examples=50, deadline=None)
def test_there_and_back_again(value: Decimal, unit: str) -> None:
    assert convert(convert(value, "GB", unit), unit, "GB") == value


def test_a_process_starts_without_the_units() -> None:
    code = "import sys, characteristic.use_cases.define; sys.exit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


@pytest.mark.parametrize(
    ("left", "right"),
    [(("1", "GB"), ("1000", "MB")), (("8", "bit"), ("1", "B")), (("0", "Cel"), ("273.15", "K"))],
)
def test_the_same_amount_is_the_same_in_base_units(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert in_base(Decimal(left[0]), left[1]) == in_base(Decimal(right[0]), right[1]) is not None


def test_other_dimensions_and_what_has_no_base() -> None:
    length, memory = in_base(Decimal(1), "cm"), in_base(Decimal(1), "GB")
    assert length is not None
    assert memory is not None
    assert length[0] != memory[0]
    assert in_base(Decimal(1), "dB") is None
    assert in_base(Decimal(1), "no-unit") is None
