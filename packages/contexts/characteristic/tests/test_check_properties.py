"""The one validator on random characteristics: valid values pass, and every broken constraint is named."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from string import ascii_lowercase

from hypothesis import given, settings
from hypothesis import strategies as st

from characteristic.domain import AllowedValue, Characteristic, Constraints, Definition, ValueType

quick = settings(max_examples=100, deadline=None)
"""The first unit or pattern takes longer than Hypothesis likes."""


def broken(characteristic: Characteristic, value: object) -> str | None:
    """The code of the rule that the value breaks."""
    problem = characteristic.check(value)
    return problem.code if problem else None


def written(number: Decimal) -> st.SearchStrategy[object]:
    """The ways in which JSON can say the number exactly."""
    ways: list[object] = [f"{number:f}"]
    if Fraction(number).denominator == 1:
        ways = [int(number), f"{int(number)}"]
    elif Decimal(repr(float(number))) == number:
        ways.append(float(number))
    return st.sampled_from(ways)


@st.composite
def stepped(draw: st.DrawFn, type: ValueType) -> tuple[Characteristic, int]:
    """A number with min, max, step and scale, and how many steps there are from min to max."""
    scale = draw(st.integers(0, 12)) if type is ValueType.DECIMAL else 0
    one = Decimal(1).scaleb(-scale)
    least = draw(st.integers(-(10**12), 10**12)) * one
    step = draw(st.integers(2, 10**6)) * one
    steps = draw(st.integers(1, 1000))
    said = Constraints(
        min=least, max=least + steps * step, step=step, scale=scale if type is ValueType.DECIMAL else None
    )
    unit = draw(st.sampled_from([None, "GB", "cm"]))
    wanted = Definition(name="Number", value_type=type, unit=unit, constraints=said)
    return Characteristic.define(wanted), steps


numbers = st.sampled_from([ValueType.INTEGER, ValueType.DECIMAL]).flatmap(stepped)


@given(numbers, st.data())
@quick
def test_numbers(found: tuple[Characteristic, int], data: st.DataObject) -> None:
    number, steps = found
    said = number.constraints
    assert isinstance(said.min, Decimal)
    assert isinstance(said.max, Decimal)
    assert said.step is not None
    smallest = Decimal(1).scaleb(-(said.scale or 0))
    good = said.min + data.draw(st.integers(0, steps)) * said.step
    for value, code in [
        (good, None),
        (said.min - said.step, "min"),
        (said.max + said.step, "max"),
        (said.min + smallest, "step"),  # a step is at least two of the smallest
    ]:
        assert broken(number, data.draw(written(value))) == code
    finer = f"{said.min + smallest / 10:f}"
    assert broken(number, finer) == ("scale" if number.value_type is ValueType.DECIMAL else "type")
    others: list[object] = [True, None, [], "many", float("nan")]
    for other in others:
        assert broken(number, other) == "type"


@given(st.integers(1, 50), st.integers(1, 50), st.data())
@quick
def test_texts(least: int, more: int, data: st.DataObject) -> None:
    said = Constraints(pattern=f"[a-z]{{{least},}}", max_length=least + more)
    text = Characteristic.define(Definition(name="Text", value_type=ValueType.TEXT, constraints=said))
    good = data.draw(st.text(ascii_lowercase, min_size=least, max_size=least + more))
    assert broken(text, good) is None
    assert broken(text, "a" * (least + more + 1)) == "max_length"
    assert broken(text, good[:-1] + "A") == "pattern"
    assert broken(text, good[:-1] + "\x07") == "characters"


@given(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.integers(0, 10_000), st.data())
@quick
def test_dates(first: date, days: int, data: st.DataObject) -> None:
    last = first + timedelta(days=days)
    said = Constraints(min=first, max=last)
    day = Characteristic.define(Definition(name="Day", value_type=ValueType.DATE, constraints=said))
    assert broken(day, data.draw(st.dates(first, last)).isoformat()) is None
    assert broken(day, (first - timedelta(days=1)).isoformat()) == "min"
    assert broken(day, (last + timedelta(days=1)).isoformat()) == "max"


@given(st.sets(st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True), min_size=2, max_size=9), st.data())
@quick
def test_choices(codes: set[str], data: st.DataObject) -> None:
    old, *live = sorted(codes)
    values = [AllowedValue(code=code, label=code, deprecated=code == old) for code in [old, *live]]
    wanted = Definition(name="Choice", value_type=ValueType.CHOICE, allowed_values=tuple(values))
    one, several = Characteristic.define(wanted), Characteristic.define(replace(wanted, multiple=True))
    good = data.draw(st.lists(st.sampled_from(live), min_size=1, unique=True))
    assert broken(one, good[0]) is None
    assert broken(several, good) is None
    assert broken(one, old) == "deprecated_value"
    assert broken(several, [*good, old]) == "deprecated_value"
    assert broken(one, good[0] + "?") == "not_allowed"
    assert broken(several, [*good, good[0]]) == "repeated"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(json_values, st.sampled_from(ValueType), st.booleans())
@quick
def test_no_json_value_breaks_the_validator(value: object, type: ValueType, several: bool) -> None:
    multiple = several and type not in (ValueType.BOOLEAN, ValueType.DATE)
    colours = (AllowedValue(code="red", label="Red"),) if type is ValueType.CHOICE else ()
    wanted = Definition(name="Any", value_type=type, allowed_values=colours, multiple=multiple)
    Characteristic.define(wanted).check(value)
