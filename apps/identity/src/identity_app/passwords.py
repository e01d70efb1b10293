"""Which passwords an account may not start with."""

import re

from kernel.errors import Invalid

SHORTEST = 12
"""The fewest characters of a password, the account's name not counted."""

_DEFAULTS = frozenset(
    [
        "admin",
        "administrator",
        "changeme",
        "changeit",
        "default",
        "demo",
        "guest",
        "keycloak",
        "letmein",
        "master",
        "pass",
        "password",
        "postgres",
        "qwerty",
        "rabbitmq",
        "root",
        "secret",
        "system",
        "test",
        "toor",
        "user",
        "welcome",
    ]
)
_LOOKALIKES = str.maketrans("@4031$5!7", "aaoeissit")
_KEYBOARD = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)


def check_password(name: str, password: str) -> None:
    """Accept a password for the account `name`, or say what is wrong with it.

    A known default does not become a good password by digits at its end, by lookalike characters or by
    being repeated.

    Raises:
        Invalid: with the reason; the password itself is never in it.
    """
    if len(password) < SHORTEST:
        raise _weak(name, f"it is shorter than {SHORTEST} characters")
    said = password.casefold()
    if len(said.replace(name.casefold(), "") if name else said) < SHORTEST:
        raise _weak(name, f"it has fewer than {SHORTEST} characters besides the account's own name")
    stem = re.sub(r"[^a-z]", "", re.sub(r"[\W\d_]+$", "", said).translate(_LOOKALIKES))
    if _repeats_a_default(stem) or (not stem and said.strip("0123456789") == ""):
        raise _weak(name, "it is a known default, or one with a few characters added")
    if len(set(said)) < 5 or any(said in row for row in _KEYBOARD):
        raise _weak(name, "it follows a simple pattern")


def _repeats_a_default(stem: str) -> bool:
    return bool(stem) and any(not stem.replace(word, "") for word in _DEFAULTS)


def _weak(name: str, why: str) -> Invalid:
    return Invalid(
        f"The password of the account {name} is refused: {why}. Choose a long random one.",
        code="weak_password",
    )
