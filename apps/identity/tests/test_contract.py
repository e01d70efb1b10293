"""What the use cases may expect of the ports, of each adapter alike."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from identity_app.domain import Attempts, Session, User, digest
from identity_app.keyring import SigningKey
from identity_app.ports import Begin, Work
from kernel.auth import Role

MINUTE = timedelta(minutes=1)


class Crash(Exception):
    """A process that dies in the middle of a work."""


def user(name: str = "author") -> User:
    """An account."""
    return User(
        name=name,
        password_hash="$argon2id$hash",
        roles=(Role.PUBLISHER, Role.READER),
        full_name="Demo Author",
        email="author@example.org",
    )


async def session_of(work: Work, owner: User, born: str = "first") -> Session:
    """A session that is stored."""
    now = await work.now()
    session = Session(
        user_id=owner.id,
        client_id="gateway",
        scope="openid profile",
        started_at=now,
        refreshed_at=now,
        refresh_digest=digest(born),
    )
    await work.sessions.add(session)
    return session


async def key(work: Work, generation: int, kid: str) -> SigningKey:
    """A key that is not stored yet."""
    return SigningKey(
        kid=kid,
        private="-----BEGIN",
        public={"kty": "RSA", "n": "1"},
        generation=generation,
        signs_from=await work.now(),
    )


async def test_an_account_is_found_as_it_was_saved(begin: Begin) -> None:
    author = user()
    async with begin() as work:
        assert await work.users.find("author") is None
        await work.users.save(author)
    async with begin() as work:
        assert await work.users.find("author") == author
        assert await work.users.get(author.id) == author
        assert await work.users.find("Author") is None
        assert await work.users.get(uuid4()) is None


async def test_an_account_saved_again_keeps_its_id(begin: Begin) -> None:
    author = user()
    changed = replace(user(), password_hash="other", roles=(), full_name="A. L.", email="")
    assert changed.id != author.id
    async with begin() as work:
        await work.users.save(author)
    async with begin() as work:
        await work.users.save(changed)
    async with begin() as work:
        assert await work.users.find("author") == replace(changed, id=author.id)


async def test_a_deleted_account_takes_its_sessions_along(begin: Begin) -> None:
    author, reader = user(), user("reader")
    async with begin() as work:
        await work.users.save(author)
        await work.users.save(reader)
        of_ada = await session_of(work, author)
        of_other = await session_of(work, reader, "reader's")
    async with begin() as work:
        assert await work.users.keep_only(["reader", "new"]) == 1
    async with begin() as work:
        assert await work.users.find("author") is None
        assert await work.sessions.get(of_ada.id) is None
        assert await work.sessions.of_refresh_token(digest("first")) is None
        assert await work.sessions.get(of_other.id) == of_other
        assert await work.users.keep_only([]) == 1


async def test_a_session_is_found_by_every_token_that_was_ever_its(begin: Begin) -> None:
    author = user()
    async with begin() as work:
        await work.users.save(author)
        session = await session_of(work, author)
    async with begin() as work:
        found = await work.sessions.of_refresh_token(digest("first"))
        assert found == session
        found.refresh_digest = digest("second")
        found.refreshed_at += MINUTE
        found.ended_at = found.refreshed_at
        await work.sessions.save(found)
        await work.sessions.save(found)  # twice is as good as once
    async with begin() as work:
        assert await work.sessions.get(session.id) == found
        assert await work.sessions.of_refresh_token(digest("first")) == found
        assert await work.sessions.of_refresh_token(digest("second")) == found
        assert await work.sessions.of_refresh_token(digest("third")) is None
        assert await work.sessions.get(uuid4()) is None


async def test_outdated_sessions_are_forgotten(begin: Begin) -> None:
    author = user()
    async with begin() as work:
        await work.users.save(author)
        session = await session_of(work, author)
    async with begin() as work:
        await work.sessions.forget(session.expires_at)
        assert await work.sessions.get(session.id) == session
        await work.sessions.forget(session.expires_at + MINUTE)
        assert await work.sessions.get(session.id) is None
        assert await work.sessions.of_refresh_token(digest("first")) is None


async def test_failures_are_counted_by_name(begin: Begin) -> None:
    async with begin() as work:
        attempts = await work.attempts.of("author")
        assert attempts == Attempts(name="author")
        attempts.failures, attempts.failed_at = 5, await work.now()
        attempts.locked_until = attempts.failed_at + MINUTE
        await work.attempts.save(attempts)
    async with begin() as work:
        assert await work.attempts.of("author") == attempts
        assert await work.attempts.of("reader") == Attempts(name="reader")
        await work.attempts.forget(attempts.failed_at)
        assert await work.attempts.of("author") == attempts
        await work.attempts.forget(attempts.failed_at + MINUTE)
        assert await work.attempts.of("author") == Attempts(name="author")
    async with begin() as work:
        await work.attempts.of("author")
        await work.attempts.save(attempts)
        await work.attempts.reset("author")
        await work.attempts.reset("nobody")
        assert await work.attempts.of("author") == Attempts(name="author")


async def test_a_generation_exists_once(begin: Begin) -> None:
    async with begin() as work:
        assert (await work.keys.all()).keys == []
        first, rival, second = (
            await key(work, 1, "first"),
            await key(work, 1, "rival"),
            await key(work, 2, "second"),
        )
        assert await work.keys.add(first)
    async with begin() as work:
        assert not await work.keys.add(rival)
        assert await work.keys.add(second)
        assert (await work.keys.all()).keys == [first, second]
    async with begin() as work:
        await work.keys.forget(1)
        assert (await work.keys.all()).keys == [second]


async def test_a_work_that_raises_leaves_nothing_behind(begin: Begin) -> None:
    author = user()
    async with begin() as work:
        await work.users.save(author)
        session = await session_of(work, author)

    async def die() -> None:
        async with begin() as work:
            await work.users.save(user("reader"))
            await work.users.keep_only(["reader"])
            attempts = await work.attempts.of("author")
            attempts.failures = 4
            await work.attempts.save(attempts)
            await work.keys.add(await key(work, 1, "first"))
            raise Crash

    with pytest.raises(Crash):
        await die()
    async with begin() as work:
        assert await work.users.find("reader") is None
        assert await work.sessions.get(session.id) == session
        assert await work.attempts.of("author") == Attempts(name="author")
        assert (await work.keys.all()).keys == []


async def test_decisions_on_one_name_queue_up(begin: Begin) -> None:
    async def fail() -> None:
        async with begin() as work:
            attempts = await work.attempts.of("author")
            before = attempts.failures
            await asyncio.sleep(0)
            attempts.failures = before + 1
            await work.attempts.save(attempts)

    await asyncio.gather(*(fail() for _ in range(20)))
    async with begin() as work:
        assert (await work.attempts.of("author")).failures == 20


async def test_the_clock_is_read_after_the_lock(begin: Begin) -> None:
    locked, moments = asyncio.Event(), []

    async def first() -> None:
        async with begin() as work:
            await work.attempts.of("author")
            locked.set()
            await asyncio.sleep(0.05)
            moments.append(await work.now())

    async def second() -> None:
        await locked.wait()
        async with begin() as work:
            await work.attempts.of("author")
            moments.append(await work.now())

    await asyncio.gather(first(), second())
    assert moments == sorted(moments)
    assert moments[0].utcoffset() == timedelta(0)
