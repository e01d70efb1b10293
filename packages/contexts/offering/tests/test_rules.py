"""What is wrong with content: code and pointer of every fault, all at once."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest

from kernel.errors import Invalid
from kernel.validity import Validity
from offering.domain import Content, Offering

PLAIN = Content(name="Galaxy")
PRICES = tuple(uuid4() for _ in range(51))
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def faults(content: Content, key: str | None = "key") -> list[tuple[str, str]]:
    """Code and pointer of all that content is refused for; good content is refused for nothing."""
    try:
        Offering.drafted(content, key)
    except Invalid as refusal:
        return [(problem.code, problem.pointer) for problem in refusal.problems]
    return []


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        replace(PLAIN, name="n" * 200, description="one\ntwo" + "d" * 3993),
        replace(PLAIN, specification_id=uuid4(), price_ids=PRICES[:50]),
        replace(PLAIN, valid_for=Validity(from_=BEGIN, to=BEGIN + timedelta(microseconds=1))),
        replace(PLAIN, valid_for=Validity(to=END)),
    ],
)
def test_good_content(content: Content) -> None:
    assert faults(content) == []


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (replace(PLAIN, name="  "), [("length", "/name")]),
        (replace(PLAIN, name="n" * 201), [("length", "/name")]),
        (replace(PLAIN, name="a\0b"), [("characters", "/name")]),
        (replace(PLAIN, description="d" * 4001), [("length", "/description")]),
        (replace(PLAIN, description="half \ud800"), [("characters", "/description")]),
        (replace(PLAIN, price_ids=PRICES), [("length", "/priceIds")]),
        (replace(PLAIN, price_ids=(*PRICES[:2], *PRICES[:2], PRICES[0])), None),
    ],
)
def test_texts_and_prices(content: Content, found: list[tuple[str, str]] | None) -> None:
    twice = [("repeated", "/priceIds/2"), ("repeated", "/priceIds/3")]
    assert faults(content) == (twice if found is None else found)


@pytest.mark.parametrize(
    "category", ["", "phones", "phones/android", "a/b/c/d/e/f/g/h", "5g/tarif-xl", "a" * 64 + "/" + "b" * 64]
)
def test_categories(category: str) -> None:
    assert faults(replace(PLAIN, category=category)) == []


@pytest.mark.parametrize(
    ("category", "code"),
    [
        ("/", "category"),
        ("/phones", "category"),
        ("phones/", "category"),
        ("phones//android", "category"),
        ("Phones", "category"),
        ("phones/an droid", "category"),
        ("phones\\android", "category"),
        ("../phones", "category"),
        ("phones\n/android", "category"),
        ("a" * 65, "category"),
        ("a/b/c/d/e/f/g/h/i", "length"),
        ("/".join(["a" * 64] * 3) + "/abcdef", "length"),
        ("/" * 10_000, "length"),
    ],
)
def test_categories_that_are_refused(category: str, code: str) -> None:
    assert faults(replace(PLAIN, category=category)) == [(code, "/category")]


@pytest.mark.parametrize(
    "value",
    [
        *(True, False, 0, 12, -12.5, 10**40 - 1, 1e-7, 1e39, "", "red", "two\nlines", "t" * 4000),
        *([], ["red", "blue"], [1, 2.5, True], ["x"] * 500),
    ],
)
def test_values_that_can_be_kept(value: object) -> None:
    assert faults(replace(PLAIN, values={"colour": value})) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, [("type", "")]),
        ({"red": 1}, [("type", "")]),
        ([["red"]], [("type", "/0")]),
        (["red", None, {}], [("type", "/1"), ("type", "/2")]),
        (float("nan"), [("digits", "")]),
        (float("inf"), [("digits", "")]),
        (1e40, [("digits", "")]),
        (1e-300, [("digits", "")]),
        (10**40, [("digits", "")]),
        (-(10**4000), [("digits", "")]),
        (["a", float("-inf")], [("digits", "/1")]),
        ("t" * 4001, [("length", "")]),
        ("zero \0", [("characters", "")]),
        (["half \ud800"], [("characters", "/0")]),
        (["x"] * 501, [("length", "")]),
    ],
)
def test_values_that_are_refused(value: object, found: list[tuple[str, str]]) -> None:
    expected = [(code, f"/values/colour{pointer}") for code, pointer in found]
    assert faults(replace(PLAIN, values={"colour": value})) == expected


@pytest.mark.parametrize(
    ("key", "pointer"),
    [
        ("", "/values/"),
        ("Colour", "/values/Colour"),
        ("a/b~c", "/values/a~1b~0c"),
        ("k" * 65, "/values/" + "k" * 65),
        ("half \ud800", "/values/half \ud800"),
    ],
)
def test_keys_of_values_that_are_refused(key: str, pointer: str) -> None:
    assert faults(replace(PLAIN, values={key: "red"})) == [("key", pointer)]


def test_values_are_bounded_in_number_and_together() -> None:
    many: dict[str, object] = {f"key-{number}": True for number in range(101)}
    assert faults(replace(PLAIN, values=many)) == [("length", "/values")]
    del many["key-0"]
    assert faults(replace(PLAIN, values=many)) == []
    long: dict[str, object] = {f"key-{number:02}": "ä" * 4000 for number in range(12)}
    rest = 50_000 - len(json.dumps({**long, "rest": ""}, ensure_ascii=False))
    assert faults(replace(PLAIN, values={**long, "rest": "x" * rest})) == []
    assert faults(replace(PLAIN, values={**long, "rest": "x" * (rest + 1)})) == [("length", "/values")]


@pytest.mark.parametrize(
    ("period", "found"),
    [
        (Validity(from_=BEGIN, to=BEGIN), [("range", "/validFor/to")]),
        (Validity(from_=END, to=BEGIN), [("range", "/validFor/to")]),
        (Validity(from_=datetime(2026, 1, 1)), [("time_zone", "/validFor/from")]),
        (
            Validity(from_=datetime(2027, 1, 1), to=datetime(2026, 1, 1)),
            [("time_zone", "/validFor/from"), ("time_zone", "/validFor/to")],
        ),
        (
            Validity(from_=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
            [("range", "/validFor/from")],
        ),
        (
            Validity(to=datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14)))),
            [("range", "/validFor/to")],
        ),
        (Validity(from_=BEGIN, to=datetime(2025, 12, 31)), [("time_zone", "/validFor/to")]),
    ],
)
def test_periods_that_are_refused(period: Validity, found: list[tuple[str, str]]) -> None:
    assert faults(replace(PLAIN, valid_for=period)) == found


@pytest.mark.parametrize(
    "url",
    [
        "https://images.example/phone.png",
        "HTTP://images.example:8080/a%20b?size=2&of=x#top",
        "https://[2001:db8::1]/x",
        "https://bücher.example/straße.png",
        "https://x/" + "y" * 1990,
    ],
)
def test_images(url: str) -> None:
    assert faults(replace(PLAIN, image_url=url)) == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "url"),
        ("phone.png", "url"),
        ("/phone.png", "url"),
        ("//images.example/phone.png", "url"),
        ("ftp://images.example/phone.png", "url"),
        ("javascript:alert(1)", "url"),
        ("data:image/png;base64,AAAA", "url"),
        ("https://", "url"),
        ("https:///phone.png", "url"),
        ("https://:443/phone.png", "url"),
        ("https://images.example:99999/phone.png", "url"),
        ("https://images.example:port/phone.png", "url"),
        ("https://[::1", "url"),
        ("https://images.example/a b", "url"),
        ("https://images.example/\nphone.png", "url"),
        ('https://images.example/"onerror="x', "url"),
        ("https://images.example/<script>", "url"),
        ("https:\\\\images.example\\phone.png", "url"),
        ("https://images.example/\ud800", "url"),
        ("https://x/" + "y" * 1991, "length"),
    ],
)
def test_images_that_are_refused(url: str, code: str) -> None:
    assert faults(replace(PLAIN, image_url=url)) == [(code, "/imageUrl")]


def test_everything_wrong_is_said_at_once() -> None:
    same = UUID(int=1)
    content = Content(
        name="",
        description="\0",
        category="Phones",
        price_ids=(same, same),
        values={"RAM": None},
        valid_for=Validity(from_=END, to=BEGIN),
        image_url="x",
    )
    assert faults(content, key="Not A Key") == [
        ("key", "/key"),
        ("length", "/name"),
        ("characters", "/description"),
        ("category", "/category"),
        ("repeated", "/priceIds/1"),
        ("key", "/values/RAM"),
        ("type", "/values/RAM"),
        ("range", "/validFor/to"),
        ("url", "/imageUrl"),
    ]


@pytest.mark.parametrize("key", ["", "RAM", "a--b", "-a", "a_b", "ä", "a\n", "k" * 65])
def test_keys_that_are_refused(key: str) -> None:
    assert faults(PLAIN, key) == [("key", "/key")]


def test_a_name_without_latin_letters_needs_a_key() -> None:
    assert faults(replace(PLAIN, name="色"), key=None) == [("key", "/key")]


def test_refusals_are_understandable() -> None:
    content: Any = replace(PLAIN, category="Phones", values={"RAM": 8}, image_url="phone.png")
    with pytest.raises(Invalid) as refusal:
        Offering.drafted(content)
    assert refusal.value.message == "This offering cannot be drafted like that."
    assert [problem.message for problem in refusal.value.problems] == [
        "A category is a path such as phones/android: steps of lower-case letters (a-z) and digits, in words "
        "joined by hyphens.",
        "Values are named by the key of their characteristic, such as screen-size.",
        "An image has an address that begins with https:// or http://, such as "
        "https://images.example/phone.png.",
    ]


def test_numbers_are_tidied_to_what_every_store_gives_back() -> None:
    values = {"large": 1e20, "zero": -0.0, "small": 1e-7, "half": 0.5, "list": [1e16, True]}
    tidy = replace(PLAIN, values=values).tidied()
    assert repr(dict(tidy.values)) == repr(
        {"large": 10**20, "zero": 0.0, "small": 1e-7, "half": 0.5, "list": [10**16, True]}
    )
