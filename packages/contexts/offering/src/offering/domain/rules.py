"""What content must satisfy. Each rule yields its own faults, so that an author hears of all at once."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlsplit

from kernel.decimals import MOST_DIGITS, digits
from kernel.errors import Problem
from kernel.texts import description_faults, key_faults, name_faults, text_faults
from kernel.validity import validity_faults
from offering.domain.content import Content, written

MOST_CATEGORY = 200
"""Characters of a category's path."""
MOST_SEGMENTS = 8
MOST_PRICES = 50
MOST_VALUES = 100
MOST_IN_A_LIST = 500
"""As many as a characteristic accepts."""
MOST_TEXT = 4000
MOST_WRITTEN = 50_000
"""Characters of all values together, as JSON: an event has both a draft and what is live, and is bounded."""
MOST_URL = 2000

_URL = re.compile(r"https?://[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff\"<>\\^`{|}]+", re.IGNORECASE)
"""What RFC 3986 leaves in a URL, and letters of all languages, which browsers encode."""


def faults(content: Content) -> Iterator[Problem]:
    """All that is wrong with tidied content, with JSON pointers into it."""
    yield from name_faults(content.name)
    yield from description_faults(content.description)
    yield from _category_faults(content.category)
    yield from _price_faults(content)
    yield from _value_faults(content.values)
    yield from validity_faults(content.valid_for)
    if content.image_url is not None:
        yield from _image_faults(content.image_url)


def _category_faults(category: str) -> Iterator[Problem]:
    segments = category.split("/") if category else []
    if len(category) > MOST_CATEGORY or len(segments) > MOST_SEGMENTS:
        accepted = f"at most {MOST_SEGMENTS} steps and {MOST_CATEGORY} characters"
        yield Problem("length", f"A category is a path of {accepted}.", "/category")
    elif any(True for segment in segments for _ in key_faults(segment)):
        accepted = "steps of lower-case letters (a-z) and digits, in words joined by hyphens"
        yield Problem("category", f"A category is a path such as phones/android: {accepted}.", "/category")


def _price_faults(content: Content) -> Iterator[Problem]:
    if len(content.price_ids) > MOST_PRICES:
        yield Problem("length", f"An offering has at most {MOST_PRICES} prices.", "/priceIds")
        return  # each of a million ids could be there twice
    met = Counter[object]()
    for index, id in enumerate(content.price_ids):
        met[id] += 1
        if met[id] == 2:  # say it once a price, at the first repetition
            yield Problem("repeated", "Each price is named once.", f"/priceIds/{index}")


def _value_faults(values: Mapping[str, object]) -> Iterator[Problem]:
    """That the values can be kept. Whether they fit their characteristics is asked on publication."""
    if len(values) > MOST_VALUES:
        yield Problem("length", f"At most {MOST_VALUES} values are said of an offering.", "/values")
        return  # each of a million values could be wrong
    found = list[Problem]()
    for key, value in values.items():
        pointer = f"/values/{key.replace('~', '~0').replace('/', '~1')}"
        for problem in key_faults(key or "-"):  # of "" it would be said that no key can be made of it
            message = "Values are named by the key of their characteristic, such as screen-size."
            found.append(replace(problem, message=message, pointer=pointer))
        if isinstance(value, list):
            found += _list_faults(value, pointer)
        else:
            found += _scalar_faults(value, pointer)
    if not found and len(written(values)) > MOST_WRITTEN:
        accepted = f"at most {MOST_WRITTEN} characters as JSON"
        found.append(Problem("length", f"All values together have {accepted}.", "/values"))
    yield from found


def _list_faults(values: list[object], pointer: str) -> Iterator[Problem]:
    if len(values) > MOST_IN_A_LIST:
        yield Problem("length", f"At most {MOST_IN_A_LIST} values are accepted here.", pointer)
        return
    for index, one in enumerate(values):
        yield from _scalar_faults(one, f"{pointer}/{index}")


def _scalar_faults(value: object, pointer: str) -> Iterator[Problem]:
    if isinstance(value, str):
        yield from text_faults(value, pointer, most=MOST_TEXT, lines=True)
    elif isinstance(value, int):  # true and false are integers to Python
        if abs(value) >= 10**MOST_DIGITS:
            yield _too_long(pointer)
    elif isinstance(value, float):
        if not math.isfinite(value) or digits(Decimal(repr(value))) > MOST_DIGITS:
            yield _too_long(pointer)
    else:
        accepted = "A text, a number, true or false, or a list of these is accepted here"
        yield Problem("type", f"{accepted}; what is not known is left out.", pointer)


def _too_long(pointer: str) -> Problem:
    return Problem("digits", f"Numbers of at most {MOST_DIGITS} digits are accepted here.", pointer)


def _image_faults(url: str) -> Iterator[Problem]:
    if len(url) > MOST_URL:
        yield Problem("length", f"At most {MOST_URL} characters are accepted here.", "/imageUrl")
    elif not _URL.fullmatch(url) or not _has_host(url):
        accepted = "that begins with https:// or http://, such as https://images.example/phone.png"
        yield Problem("url", f"An image has an address {accepted}.", "/imageUrl")


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # of a bracket that is not closed, or a port that is no number
        return False
