"""The grants over memory: what is decided, what is kept, what is not."""

import asyncio
import copy
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from identity_app.domain import PEOPLES_GRANTS, Client, ServiceAccount, digest
from identity_app.keyring import PUBLISHED_AFTER, PUBLISHED_BEFORE
from identity_app.memory import Memory, MemoryPasswords, MemorySignatures
from identity_app.refusals import GrantNotAllowed, NoServiceAccount, RefreshRefused, SignInRefused
from identity_app.use_cases.issue_tokens import IssueTokens, Tokens
from identity_app.use_cases.refresh import Refresh
from identity_app.use_cases.rotate_keys import RotateKeys
from identity_app.use_cases.seed_users import Account, SeedUsers
from identity_app.use_cases.sign_in import Credentials, SignIn
from identity_app.use_cases.sign_in_service import SignInService
from identity_app.use_cases.sign_out import SignOut
from kernel.auth import Role

CLIENT = Client(id="gateway", secret="secret", grants=PEOPLES_GRANTS)
SERVICE = Client(
    id="specification",
    secret="secret",
    grants=frozenset(),
    account=ServiceAccount(
        id=UUID(int=7),
        name="service-account-specification",
        roles=(Role.READER,),
        audience=("characteristic",),
    ),
)
PASSWORD = "correct horse battery staple"
AUTHOR = Account(
    name="Author", password=PASSWORD, roles=(Role.AUTHOR,), full_name="Demo Author", email="a@b.c"
)
PERIOD = timedelta(days=30)


@dataclass
class Issuer:
    """The use cases over one memory."""

    memory: Memory
    sign_in: SignIn
    sign_in_service: SignInService
    refresh: Refresh
    sign_out: SignOut
    rotate: RotateKeys
    seed: SeedUsers

    async def enter(self, name: str = "author", password: str = PASSWORD) -> Tokens:
        """Sign in."""
        return await self.sign_in(CLIENT, Credentials(name=name, password=password, scope="openid"))


@pytest.fixture
async def issuer(clock: Any) -> Issuer:
    memory, passwords, signatures = Memory(clock), MemoryPasswords(), MemorySignatures()
    rotate = RotateKeys(memory, signatures, PERIOD)
    issue = IssueTokens(signatures, "http://issuer", ["gateway"])
    seed = SeedUsers(memory, passwords)
    await seed([AUTHOR])
    return Issuer(
        memory,
        SignIn(memory, passwords, rotate, issue),
        SignInService(memory, rotate, signatures, "http://issuer"),
        Refresh(memory, rotate, issue),
        SignOut(memory),
        rotate,
        seed,
    )


def claims(token: str) -> dict[str, Any]:
    """The claims of a readable token."""
    document: dict[str, Any] = json.loads(token.partition(" ")[2])
    return document


async def test_tokens_say_who_and_for_whom(issuer: Issuer, clock: Any) -> None:
    tokens = await issuer.enter(" AUTHOR ")
    async with issuer.memory() as work:
        author = await work.users.find("author")
    assert author is not None
    access, identity = claims(tokens.access_token), claims(tokens.id_token or "")
    now = int(clock.moment.timestamp())
    common = {
        "iss": "http://issuer",
        "azp": "gateway",
        "sid": tokens.session_state,
        "iat": now,
        "exp": now + 300,
        "sub": str(author.id),
        "preferred_username": "author",
        "name": "Demo Author",
        "email": "a@b.c",
        "email_verified": False,
        "roles": ["author"],
    }
    assert access.pop("jti") != identity.pop("jti")
    assert access == {**common, "aud": ["gateway"], "typ": "Bearer", "scope": "openid profile email"}
    assert identity == {**common, "aud": "gateway", "typ": "ID", "auth_time": now}
    assert (tokens.expires_in, tokens.refresh_expires_in) == (300, 1800)


async def test_only_a_hash_of_the_refresh_token_is_kept(issuer: Issuer) -> None:
    tokens = await issuer.enter()
    assert tokens.refresh_token not in repr(issuer.memory.__dict__)
    async with issuer.memory() as work:
        session = await work.sessions.get(UUID(tokens.session_state))
    assert session is not None
    assert session.refresh_digest == digest(tokens.refresh_token)


async def test_five_failures_lock_and_time_opens(issuer: Issuer, clock: Any) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await issuer.enter(password="wrong")
    with pytest.raises(SignInRefused):
        await issuer.enter()  # the right password, while locked
    clock.move(seconds=59)
    with pytest.raises(SignInRefused):
        await issuer.enter()
    clock.move(seconds=1)
    assert (await issuer.enter()).session_state
    async with issuer.memory() as work:
        assert (await work.attempts.of("author")).failures == 0


async def test_a_success_resets_the_count(issuer: Issuer) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInRefused):
                await issuer.enter(password="wrong")
        await issuer.enter()


async def test_attempts_during_a_lock_do_not_prolong_it(issuer: Issuer, clock: Any) -> None:
    for _ in range(50):
        with pytest.raises(SignInRefused):
            await issuer.enter(password="wrong")
    async with issuer.memory() as work:
        attempts = await work.attempts.of("author")
    assert attempts.failures == 5
    assert attempts.locked_until == clock.moment + timedelta(seconds=60)


async def test_names_without_account_are_locked_alike(issuer: Issuer, clock: Any) -> None:
    for _ in range(7):
        with pytest.raises(SignInRefused):
            await issuer.enter("nobody")
    async with issuer.memory() as work:
        assert (await work.attempts.of("nobody")).locked(clock.moment)
        assert not (await work.attempts.of("author")).locked(clock.moment)


async def test_of_many_guesses_at_once_five_count(issuer: Issuer) -> None:
    guesses = [issuer.enter(password=f"guess {number}") for number in range(40)]
    outcomes = await asyncio.gather(*guesses, issuer.enter(), return_exceptions=True)
    assert [type(one) for one in outcomes[:40]] == [SignInRefused] * 40
    async with issuer.memory() as work:
        assert (await work.attempts.of("author")).failures == 5
    assert isinstance(outcomes[40], SignInRefused)  # right, but judged after the lock


async def test_a_password_changed_meanwhile_does_not_open(issuer: Issuer) -> None:
    class Slow(MemoryPasswords):
        async def verify(self, hash: str | None, password: str) -> bool:
            await issuer.seed([replace(AUTHOR, password="another long password")])
            return await super().verify(hash, password)

    slow = replace(issuer.sign_in, passwords=Slow())
    with pytest.raises(SignInRefused):
        await slow(CLIENT, Credentials(name="author", password=PASSWORD))


async def test_a_client_without_the_grant_is_refused_before_anything_else(issuer: Issuer) -> None:
    client = replace(CLIENT, grants=frozenset())
    with pytest.raises(GrantNotAllowed):
        await issuer.sign_in(client, Credentials(name="author", password="wrong"))
    with pytest.raises(RefreshRefused):
        await issuer.refresh(client, "token")
    with pytest.raises(NoServiceAccount):
        await issuer.sign_in_service(client)
    async with issuer.memory() as work:
        assert (await work.attempts.of("author")).failures == 0


async def test_a_service_gets_a_token_of_its_own_and_nothing_is_kept(issuer: Issuer, clock: Any) -> None:
    await issuer.rotate()
    before = copy.deepcopy(issuer.memory._tables)
    token = await issuer.sign_in_service(SERVICE)
    found, now = claims(token.access_token), int(clock.moment.timestamp())
    UUID(found.pop("jti"))
    assert found == {
        "iss": "http://issuer",
        "azp": "specification",
        "iat": now,
        "exp": now + 300,
        "aud": ["characteristic"],
        "typ": "Bearer",
        "scope": "profile",
        "sub": str(UUID(int=7)),
        "preferred_username": "service-account-specification",
        "roles": ["reader"],
    }
    assert (token.expires_in, token.scope) == (300, "profile")
    assert token.access_token not in repr(token)
    assert issuer.memory._tables == before


async def test_a_service_may_not_continue_a_persons_session(issuer: Issuer) -> None:
    tokens = await issuer.enter()
    with pytest.raises(RefreshRefused):
        await issuer.refresh(SERVICE, tokens.refresh_token)
    with pytest.raises(RefreshRefused):
        await issuer.sign_out(SERVICE, tokens.refresh_token)
    assert (await issuer.refresh(CLIENT, tokens.refresh_token)).session_state == tokens.session_state


async def test_a_refresh_gives_the_roles_of_now(issuer: Issuer) -> None:
    tokens = await issuer.enter()
    await issuer.seed([replace(AUTHOR, roles=(Role.OPERATOR,))])
    fresh = await issuer.refresh(CLIENT, tokens.refresh_token)
    assert claims(fresh.access_token)["roles"] == ["operator"]
    assert fresh.session_state == tokens.session_state
    assert fresh.refresh_token != tokens.refresh_token


async def test_a_reused_token_ends_the_family(issuer: Issuer) -> None:
    tokens = await issuer.enter()
    fresh = await issuer.refresh(CLIENT, tokens.refresh_token)
    with pytest.raises(RefreshRefused, match="reuse exceeded"):
        await issuer.refresh(CLIENT, tokens.refresh_token)
    with pytest.raises(RefreshRefused, match="Session not active"):
        await issuer.refresh(CLIENT, fresh.refresh_token)


async def test_sessions_do_not_end_each_other(issuer: Issuer) -> None:
    one, other = await issuer.enter(), await issuer.enter()
    await issuer.sign_out(CLIENT, one.refresh_token)
    await issuer.sign_out(CLIENT, one.refresh_token)
    with pytest.raises(RefreshRefused, match="Session not active"):
        await issuer.refresh(CLIENT, one.refresh_token)
    assert (await issuer.refresh(CLIENT, other.refresh_token)).session_state == other.session_state


async def test_an_idle_session_is_over(issuer: Issuer, clock: Any) -> None:
    tokens = await issuer.enter()
    clock.move(seconds=1800)
    with pytest.raises(RefreshRefused, match="Session not active"):
        await issuer.refresh(CLIENT, tokens.refresh_token)


async def test_a_token_nobody_issued_is_invalid(issuer: Issuer) -> None:
    for use in (issuer.refresh, issuer.sign_out):
        with pytest.raises(RefreshRefused, match="Invalid refresh token"):
            await use(CLIENT, "never issued")


async def test_only_its_client_may_use_a_token(issuer: Issuer) -> None:
    tokens = await issuer.enter()
    stranger = replace(CLIENT, id="stranger")
    for use in (issuer.refresh, issuer.sign_out):
        with pytest.raises(RefreshRefused, match="Invalid refresh token"):
            await use(stranger, tokens.refresh_token)
    await issuer.refresh(CLIENT, tokens.refresh_token)


async def test_seeding_again_changes_nothing(issuer: Issuer) -> None:
    async with issuer.memory() as work:
        before = await work.users.find("author")
    await issuer.seed([AUTHOR])
    async with issuer.memory() as work:
        assert await work.users.find("author") == before


async def test_an_account_that_is_not_described_any_more_is_deleted(issuer: Issuer) -> None:
    tokens = await issuer.enter()
    await issuer.seed([replace(AUTHOR, name="reader")])
    with pytest.raises(SignInRefused):
        await issuer.enter()
    with pytest.raises(RefreshRefused, match="Invalid refresh token"):
        await issuer.refresh(CLIENT, tokens.refresh_token)
    assert (await issuer.enter("reader")).session_state


async def test_keys_turn_when_somebody_asks(issuer: Issuer, clock: Any) -> None:
    (first,) = (await issuer.rotate()).keys
    clock.move(seconds=(PERIOD - PUBLISHED_BEFORE).total_seconds() - 1)
    assert list((await issuer.rotate()).keys) == [first]
    clock.move(seconds=1)
    _, second = (await issuer.rotate()).keys
    assert (await issuer.enter()).access_token.startswith(first.kid)
    clock.move(seconds=PUBLISHED_BEFORE.total_seconds())
    assert (await issuer.enter()).access_token.startswith(second.kid)
    assert list((await issuer.rotate()).keys) == [first, second]
    clock.move(seconds=PUBLISHED_AFTER.total_seconds())
    assert list((await issuer.rotate()).keys) == [second]


async def test_one_process_makes_one_key_for_all_its_requests(clock: Any) -> None:
    class Counted(MemorySignatures):
        made = 0

        async def make_key(self) -> Any:
            self.made += 1
            await asyncio.sleep(0)
            return await super().make_key()

    signatures = Counted()
    rotate = RotateKeys(Memory(clock), signatures, PERIOD)
    rings = await asyncio.gather(*(rotate() for _ in range(20)))
    assert signatures.made == 1
    assert {ring.keys[0].kid for ring in rings} == {rings[0].keys[0].kid}
