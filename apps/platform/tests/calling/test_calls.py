"""Calls to a gateway that is busy, slow, away, or does not know the caller any more."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from kernel.domain import new_id
from kernel.errors import CatalogError, Conflict, RuleBroken, Stale, Unauthorized, Unavailable
from platform_app.calling.calls import Away, Calls
from platform_app.calling.http import Answer, Asked, Lost
from platform_app.importing.gateway import Gateway
from platform_app.importing.rows import Kind

Reply = Answer | Exception | float
"""What happens to a request: an answer, an error, or so many seconds of silence."""


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    """An answer with JSON."""
    content = b"" if body is None else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def refusal(status: int, code: str, **headers: str) -> Answer:
    """Problem details."""
    errors = [{"code": code, "message": "No.", "pointer": "/name"}]
    return answer(status, {"code": code, "detail": "It is refused.", "errors": errors}, **headers)


def tokens(number: int, lasts: int = 300) -> Answer:
    """What a log-in answers."""
    return answer(200, {"accessToken": f"a{number}", "refreshToken": f"r{number}", "expiresIn": lasts})


@dataclass
class Script:
    """A gateway that does as it is told: `replies` to what comes, one after the other, then `always`."""

    replies: list[Reply] = field(default_factory=list)
    always: Reply = field(default_factory=lambda: answer(200, {"items": []}))
    asked: list[Asked] = field(default_factory=list)
    sign_in: Callable[[int], Answer] = tokens

    async def ask(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.path in ("/login", "/token/refresh"):
            return self.sign_in(sum(one.path in ("/login", "/token/refresh") for one in self.asked))
        reply = self.replies.pop(0) if self.replies else self.always
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, Answer):
            return reply
        await asyncio.sleep(reply)
        return answer(200)

    @property
    def paths(self) -> Sequence[str]:
        return [one.path for one in self.asked]


def calls(script: Script, **more: Any) -> Calls:
    return Calls(script, "publisher", "secret", **{"deadline": 0.2, "patience": 2.0, **more})


async def test_what_is_only_for_now_is_asked_again() -> None:
    script = Script([refusal(503, "unavailable"), Lost("ClientOSError"), 5.0, answer(200, {"id": 1})])
    assert await calls(script).send("GET", "/api/prices") == {"id": 1}
    assert script.paths == ["/login"] + ["/api/prices"] * 4
    assert {one.headers["Authorization"] for one in script.asked[1:]} == {"Bearer a1"}


async def test_who_says_when_is_not_asked_before() -> None:
    script, now = Script([refusal(429, "too_many", retry_after="1")]), asyncio.get_running_loop().time
    begin = now()
    await calls(script).send("GET", "/api/prices")
    assert now() - begin >= 1.0


async def test_a_key_in_flight_is_waited_for() -> None:
    script = Script([refusal(409, "idempotency_key_in_flight"), answer(201, {"id": 1})])
    assert await calls(script).send("POST", "/api/prices", body={}) == {"id": 1}


async def test_whoever_answers_nobody_is_away() -> None:
    with pytest.raises(Away, match="ClientOSError"):
        await calls(Script(always=Lost("ClientOSError")), patience=0.3).send("GET", "/api/prices")


async def test_whoever_answers_others_refuses_this_one() -> None:
    script = Script()
    both = calls(script, patience=0.4)
    await both.send("GET", "/api/prices")
    script.always = refusal(503, "unavailable")

    async def others() -> None:
        for _ in range(8):
            await asyncio.sleep(0.05)
            script.replies.append(answer(200, {}))
            await both.send("GET", "/api/offerings")

    with pytest.raises(Unavailable, match="It is refused"):
        await asyncio.gather(both.send("GET", "/api/prices"), others())


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (refusal(409, "key_taken"), Conflict),
        (refusal(409, "locked"), RuleBroken),
        (refusal(412, "stale"), Stale),
        (refusal(422, "malformed"), CatalogError),
        (refusal(500, "internal"), CatalogError),
    ],
)
async def test_a_refusal_is_raised_as_its_kind(given: Answer, kind: type[CatalogError]) -> None:
    with pytest.raises(CatalogError) as caught:
        await calls(Script([given])).send("PUT", "/api/prices/1", body={})
    assert type(caught.value) is kind
    assert [(one.pointer, one.message) for one in caught.value.problems] == [("/name", "No.")]


async def test_a_token_is_renewed_before_it_ends() -> None:
    script = Script(sign_in=lambda number: tokens(number, 300 if number > 1 else 0))
    both = calls(script)
    await both.send("GET", "/api/prices")
    await both.send("GET", "/api/prices")
    assert script.paths == ["/login", "/api/prices", "/token/refresh", "/api/prices"]
    assert json.loads(script.asked[2].content) == {"refreshToken": "r1"}


async def test_a_session_that_has_ended_is_begun_anew_once() -> None:
    script = Script([refusal(401, "unauthorized"), answer(200, {"id": 1})])
    assert await calls(script).send("GET", "/api/prices") == {"id": 1}
    assert script.paths == ["/login", "/api/prices", "/login", "/api/prices"]
    with pytest.raises(Unauthorized):
        await calls(Script(always=refusal(401, "unauthorized"))).send("GET", "/api/prices")


async def test_sixteen_at_once_sign_in_once() -> None:
    script = Script()
    both = calls(script)
    await asyncio.gather(*(both.send("GET", "/api/prices") for _ in range(16)))
    assert script.paths.count("/login") == 1


async def test_a_repetition_has_the_same_key_and_another_import_another() -> None:
    script = Script([refusal(503, "unavailable"), answer(201, {"id": 1}), answer(201, {"id": 1})])
    body = {"key": "a", "name": "\ud800"}
    await Gateway(calls(script)).create(Kind.PRICE, body)
    await Gateway(calls(script)).create(Kind.PRICE, body)
    keys = [one.headers["Idempotency-Key"] for one in script.asked if one.path == "/api/prices"]
    assert keys[0] == keys[1] != keys[2]
    assert all(len(key) == 71 for key in keys)


async def test_what_is_changed_names_the_version() -> None:
    script = Script([answer(200, {}), answer(200, {}), answer(202, {})])
    gateway, id = Gateway(calls(script)), new_id()
    await gateway.revise(Kind.OFFERING, id, 4, {"name": "x"})
    await gateway.activate(id, 5)
    await gateway.publish(id, 6)
    sent = [(one.method, one.path, one.headers["If-Match"]) for one in script.asked[1:]]
    assert sent == [
        ("PUT", f"/api/offerings/{id}", '"4"'),
        ("POST", f"/api/specifications/{id}/activate", '"5"'),
        ("POST", f"/api/offerings/{id}/publish", '"6"'),
    ]
