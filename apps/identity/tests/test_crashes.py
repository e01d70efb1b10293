"""A process that dies in the middle of a grant or of a rotation has changed nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from identity_app.memory import Memory, MemorySignatures
from identity_app.use_cases.rotate_keys import RotateKeys
from identity_app.use_cases.sign_in import Credentials


class Dying(MemorySignatures):
    """Dies while it signs, and while it makes a key."""

    def sign(self, key: Any, claims: Any) -> str:
        raise ConnectionAbortedError

    async def make_key(self) -> Any:
        raise ConnectionAbortedError


async def test_a_refresh_that_dies_spends_nothing(issuer: Any) -> None:
    tokens = (await issuer.sign_in()).json()
    refresh = issuer.container.refresh()
    dying = replace(refresh, issue=replace(refresh.issue, signatures=Dying()))
    for _ in range(2):
        with pytest.raises(ConnectionAbortedError):
            await dying(issuer.container.clients()["gateway"], tokens["refresh_token"])
    fresh = await issuer.refresh(tokens["refresh_token"])
    assert (fresh.status_code, fresh.json()["session_state"]) == (200, tokens["session_state"])


async def test_a_sign_in_that_dies_leaves_neither_session_nor_failure(issuer: Any) -> None:
    for _ in range(3):
        assert (await issuer.sign_in(password="wrong")).status_code == 400
    sign_in = issuer.container.sign_in()
    dying = replace(sign_in, issue=replace(sign_in.issue, signatures=Dying()))
    typed = Credentials(name="author", password="correct horse battery staple")
    with pytest.raises(ConnectionAbortedError):
        await dying(issuer.container.clients()["gateway"], typed)
    async with issuer.container.begin()() as work:
        assert work.sessions.rows == {}
        assert (await work.attempts.of("author")).failures == 3
    sid = (await issuer.sign_in()).json()["session_state"]
    async with issuer.container.begin()() as work:
        assert list(work.sessions.rows) == [UUID(sid)]


async def test_a_rotation_that_dies_publishes_nothing(clock: Any) -> None:
    memory, period = Memory(clock), timedelta(days=30)
    alive = RotateKeys(memory, MemorySignatures(), period)
    (first,) = (await alive()).keys
    clock.move(days=30)
    with pytest.raises(ConnectionAbortedError):
        await RotateKeys(memory, Dying(), period)()
    async with memory() as work:
        assert (await work.keys.all()).keys == [first]
    assert [key.generation for key in (await alive()).keys] == [1, 2]
