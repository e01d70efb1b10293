"""Questions end in time, whatever is wrong with who is asked."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import pytest

from kernel.errors import Unavailable
from platform_app.calling.http import Answer, Asked, Lost
from platform_app.doctor.asking import Apps, seen
from platform_app.doctor.facts import Unseen
from platform_app.trouble import Trouble


async def _raising(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (Lost("ClientConnectorError"), "no answer (ClientConnectorError)"),
        (Unavailable("The database does not answer."), "The database does not answer"),
        (Trouble("It is not there."), "It is not there"),
        (KeyError("status"), "it answers what nobody here understands"),
        (ValueError("x"), "it answers what nobody here understands"),
        (RuntimeError("postgres://catalog:secret@host"), "it went wrong (RuntimeError)"),
    ],
)
async def test_what_goes_wrong_is_a_reason(error: Exception, why: str) -> None:
    assert await seen(_raising(error)) == Unseen(why)


async def test_what_takes_too_long_is_given_up() -> None:
    assert await seen(asyncio.sleep(60), 0.01) == Unseen("no answer within 0.01 s")
    assert await seen(asyncio.sleep(0, "found"), 60) == "found"


class Way:
    """A gateway that signs in by what a test says, and writes down what it is asked."""

    def __init__(self, sign_in: Answer | None) -> None:
        self._sign_in = sign_in
        self.asked: list[Asked] = []

    async def ask(self, asked: Asked) -> Answer:
        """See `Http`."""
        self.asked.append(asked)
        await asyncio.sleep(0)
        if asked.path != "/login":
            return Answer(200, {}, b'{"found": 1}')
        if self._sign_in is None:
            raise Lost("ServerDisconnectedError")
        return self._sign_in


def _json(status: int, body: Any) -> Answer:
    return Answer(status, {}, json.dumps(body).encode())


async def test_all_questions_share_one_sign_in() -> None:
    way = Way(_json(200, {"accessToken": "t"}))
    apps = Apps({"gateway": way}, "operator", "secret")
    found = await asyncio.gather(*(apps.as_operator(apps.get("/api/x", {"size": "1"})) for _ in range(3)))
    assert found == [{"found": 1}] * 3
    sign_in, *others = way.asked
    body = b'{"username": "operator", "password": "secret"}'
    assert sign_in == Asked("POST", "/login", {}, {"Content-Type": "application/json"}, body)
    assert others == [Asked("GET", "/api/x", {"size": "1"}, {"Authorization": "Bearer t"})] * 3
    assert await apps.signed_in() == "t"
    assert len(way.asked) == 4


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "no answer (ServerDisconnectedError)"),
        (_json(401, {"detail": "This password is wrong."}), "This password is wrong"),
        (_json(500, {}), "it answers with status 500"),
        (_json(200, {}), "it answers what nobody here understands"),
        (Answer(502, {}, b"<html>"), "it answers what nobody here understands"),
    ],
)
async def test_who_cannot_sign_in_asks_nothing_as_an_operator(answer: Answer | None, why: str) -> None:
    way = Way(answer)
    apps = Apps({"gateway": way}, "operator", "secret")
    question: Coroutine[Any, Any, Any] = apps.get("/api/x")
    assert await apps.as_operator(question) == Unseen("nobody can sign in")
    assert await apps.signed_in() == Unseen(why)
    assert [one.path for one in way.asked] == ["/login"]


async def test_a_refusal_is_a_reason() -> None:
    class Refusing(Way):
        async def ask(self, asked: Asked) -> Answer:
            if asked.path == "/login":
                return await super().ask(asked)
            return _json(503, {"detail": "The store does not answer."})

    apps = Apps({"gateway": Refusing(_json(200, {"accessToken": "t"}))}, "operator", "secret")
    assert await apps.as_operator(apps.get("/api/x")) == Unseen("The store does not answer")
