"""Secrets that are none, because everybody knows them: nothing of ours starts with one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, SecretStr

KNOWN = frozenset(
    {
        # what servers come with: RabbitMQ, Camunda, Keycloak, PostgreSQL, MongoDB, and accounts of Linux
        *("guest", "demo", "camunda", "operaton", "admin", "administrator", "keycloak", "postgres"),
        *("postgresql", "mongo", "mongodb", "mongoadmin", "rabbitmq", "root", "toor"),
        # what people write into examples, and forget
        *("change", "changeit", "changeme", "default", "dev", "example", "insecure", "letmein", "me", "my"),
        *("pass", "passwd", "password", "placeholder", "please", "qwerty", "secret", "test", "todo", "user"),
        *("catalog", "client", "key", "session", "super", "token", "welcome"),
    }
)
"""Words, in lower case. A secret made of these and of digits alone can be guessed in an afternoon."""
NEED_PASSWORD = ("amqp", "amqps", "http", "https", "mongodb", "mongodb+srv")
"""Addresses that are nobody's without a password: RabbitMQ's client would say `guest` then, and an engine or
a MongoDB that asks for none is everybody's. PostgreSQL may know a process by its account or certificate."""

_WORDS = re.compile(r"[a-z]+")
_DIGITS = 8
"""Digits that known words may have beside them: a year, 1234, 12345678."""


def is_known(secret: str) -> bool:
    """Whether a secret is a known default: empty, or known words and digits, however joined or repeated."""
    folded = secret.casefold()
    digits = sum(letter.isdigit() for letter in folded)
    words = _WORDS.findall(folded)
    return folded.isascii() and digits <= _DIGITS and all(_is_made_of_known(word) for word in words)


def fault_of(secret: str) -> str | None:
    """What is wrong with a secret, or with the password in an address; None when nothing is.

    The sentence never holds the secret.
    """
    if "://" not in secret:
        return "this is a known default: make one of your own" if is_known(secret) else None
    try:
        address = urlsplit(secret)
        user, password = unquote(address.username or ""), address.password
    except ValueError:
        return "this is no address"
    if password is None:
        return f"{address.scheme} needs a user and a password" if address.scheme in NEED_PASSWORD else None
    password = unquote(password)
    if is_known(password) or password == user:
        return "the password in this address is a known default: make one of your own"
    return None


def secrets_in(value: Any) -> Iterator[str]:
    """Every secret in the value of a setting, in mappings and models too.

    Not those in lists: accounts of people stand there, whose passwords have rules of their own.
    """
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from secrets_in(one)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from secrets_in(getattr(value, name))


def _is_made_of_known(word: str) -> bool:
    """Whether a word is known ones without a gap: `changemechangeme`."""
    reached = {0}
    for end in range(1, len(word) + 1):
        if any(word[begin:end] in KNOWN for begin in reached):
            reached.add(end)
    return len(word) in reached
