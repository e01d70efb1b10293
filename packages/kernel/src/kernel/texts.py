"""What texts may contain, and how a name becomes a key."""

import re
import unicodedata
from collections.abc import Iterator

from kernel.errors import Problem

MOST_KEY = 64
"""Characters of a key."""
MOST_NAME = 200
MOST_DESCRIPTION = 4000

_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # Unicode's Cc and Cs
_CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NO_DECOMPOSITION = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
"""Letters that Unicode does not take apart into a Latin one and an accent."""


def unprintable(text: str) -> bool:
    """Whether a text has control characters other than line feeds, or halves of characters.

    The halves (surrogates) can be written in JSON, and no store and no pattern can encode them.
    """
    return _UNPRINTABLE.search(text) is not None


def text_faults(
    text: str, pointer: str, *, least: int = 0, most: int, lines: bool = False
) -> Iterator[Problem]:
    """What is wrong with a text of `least` to `most` characters; `lines` says whether it may have several."""
    if not least <= len(text) <= most:
        found = f"{len(text)} given"
        yield Problem("length", f"Between {least} and {most} characters are accepted here; {found}.", pointer)
    if unprintable(text) or ("\n" in text and not lines):
        yield Problem("characters", "Control characters are not accepted here.", pointer)


def name_faults(name: str) -> Iterator[Problem]:
    """What is wrong with the name that people read."""
    yield from text_faults(name, "/name", least=1, most=MOST_NAME)


def description_faults(description: str) -> Iterator[Problem]:
    """What is wrong with a description, which may have several lines, or be empty."""
    yield from text_faults(description, "/description", most=MOST_DESCRIPTION, lines=True)


def key_of(name: str) -> str:
    """The key for a name, "Größe (GB)" being "grosse-gb"; "" when no letter of it can be a key's."""
    latin = name.casefold().translate(_NO_DECOMPOSITION)
    letters = "".join(one for one in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(one))
    return "-".join(re.findall(r"[a-z0-9]+", letters))[:MOST_KEY].rstrip("-")


def key_faults(key: str) -> Iterator[Problem]:
    """What is wrong with a key; "" is what `key_of` makes of a name without Latin letters and digits."""
    if not key:
        yield Problem("key", "No key can be made of this name: give one, such as screen-size.", "/key")
    elif len(key) > MOST_KEY or not _KEY.fullmatch(key):
        accepted = f"at most {MOST_KEY} lower-case letters (a-z) and digits, in words joined by hyphens"
        yield Problem("key", f"A key has {accepted}, such as screen-size.", "/key")


def code_faults(code: str, pointer: str) -> Iterator[Problem]:
    """What is wrong with the code of an allowed value."""
    if not _CODE.fullmatch(code):
        accepted = "1 to 64 letters (A-Z, a-z), digits, dots, hyphens and underscores"
        yield Problem("code", f"A code has {accepted}, such as dark-blue.", pointer)
