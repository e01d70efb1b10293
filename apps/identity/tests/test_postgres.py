"""What only a real database can show: races between processes, migrations, secrets at rest."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from identity_app.hashing import Argon2Passwords
from identity_app.postgres import Postgres
from identity_app.tokens import RsaSignatures
from identity_app.use_cases.rotate_keys import RotateKeys
from kernel.errors import Unavailable
from kernel.redaction import redact
from kernel.sql import Database

TABLES = {"account", "session", "refresh_token", "failed_attempts", "signing_key"}


@pytest.mark.parametrize("round", range(3))
async def test_of_fifty_exchanges_of_one_token_one_succeeds_and_the_session_ends(
    run: Any, real_issuer: Any, migrated_url: str, round: int
) -> None:
    other = await run(database_url=migrated_url)  # a second process, as far as the database can tell
    tokens = (await real_issuer.sign_in()).json()
    answers = await asyncio.gather(
        *((real_issuer if number % 2 else other).refresh(tokens["refresh_token"]) for number in range(50))
    )
    said = Counter((one.status_code, one.json().get("error_description", "")) for one in answers)
    assert said == {
        (200, ""): 1,
        (400, "Maximum allowed refresh token reuse exceeded"): 1,
        (400, "Session not active"): 48,
    }
    winner = next(one.json() for one in answers if one.status_code == 200)
    assert (await other.refresh(winner["refresh_token"])).json()["error_description"] == "Session not active"
    assert (await other.user_info(winner["access_token"])).status_code == 401


async def test_a_chain_of_refreshes_over_two_processes(run: Any, real_issuer: Any, migrated_url: str) -> None:
    other = await run(database_url=migrated_url)
    tokens = (await real_issuer.sign_in()).json()
    for number in range(10):
        answer = await (other if number % 2 else real_issuer).refresh(tokens["refresh_token"])
        assert answer.status_code == 200
        assert answer.json()["session_state"] == tokens["session_state"]
        tokens = answer.json()


async def test_of_many_guesses_at_once_five_count(real_issuer: Any, database: Database) -> None:
    answers = await asyncio.gather(*(real_issuer.sign_in(password=f"guess {number}") for number in range(30)))
    assert {(one.status_code, one.content) for one in answers} == {
        (400, b'{"error":"invalid_grant","error_description":"Invalid user credentials"}')
    }
    async with database.begin() as connection:
        failures, wait = (
            await connection.execute(
                text("select failures, extract(epoch from locked_until - failed_at) from failed_attempts")
            )
        ).one()
    assert (failures, wait) == (5, 60)
    assert (await real_issuer.sign_in()).status_code == 400
    assert (await real_issuer.sign_in("reader")).status_code == 200
    async with database.begin() as connection:
        await connection.execute(text("update failed_attempts set locked_until = now()"))
    assert (await real_issuer.sign_in()).status_code == 200
    async with database.begin() as connection:
        assert await connection.scalar(text("select count(*) from failed_attempts")) == 0


async def test_processes_that_start_together_agree_on_accounts_and_key(
    run: Any, database: Database, migrated_url: str
) -> None:
    issuers = await asyncio.gather(*(run(database_url=migrated_url) for _ in range(4)))
    rings = [(await one.http.get(f"{one.base}/certs")).json() for one in issuers]
    assert rings == [rings[0]] * 4
    assert len(rings[0]["keys"]) == 1
    async with database.begin() as connection:
        assert await connection.scalar(text("select count(*) from account")) == 2
    tokens = (await issuers[0].sign_in()).json()
    assert (await issuers[3].user_info(tokens["access_token"])).status_code == 200


async def test_rivals_make_one_successor(database: Database) -> None:
    begin = Postgres(database)
    period = timedelta(days=30)
    rivals = [RotateKeys(begin, RsaSignatures("a secret of some length"), period) for _ in range(3)]
    await rivals[0]()
    async with database.begin() as connection:
        await connection.execute(text("update signing_key set signs_from = signs_from - interval '30 days'"))
    rings = await asyncio.gather(*(rival() for rival in rivals))
    assert [key.generation for key in rings[0].keys] == [1, 2]
    assert rings == [rings[0]] * 3


async def test_private_keys_and_tokens_are_not_readable_at_rest(real_issuer: Any, database: Database) -> None:
    tokens = (await real_issuer.sign_in()).json()
    async with database.begin() as connection:
        private = await connection.scalar(text("select private from signing_key"))
        assert str(private).startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        for table in TABLES:
            for row in await connection.execute(text(f"select * from {table}")):  # noqa: S608  # our own names
                assert tokens["refresh_token"] not in str(row)
                assert "correct horse" not in str(row)


async def test_another_key_secret_ends_the_start_with_a_sentence(
    run: Any, real_issuer: Any, migrated_url: str
) -> None:
    with pytest.raises(Unavailable, match=r"another IDENTITY_KEY_SECRET\. Give that one back") as refusal:
        await run(database_url=migrated_url, key_secret="another-key-secret")
    assert redact(str(refusal.value)) == str(refusal.value)  # the log has all of it


async def test_a_restart_keeps_sessions_and_keys(run: Any, real_issuer: Any, migrated_url: str) -> None:
    tokens = (await real_issuer.sign_in()).json()
    again = await run(database_url=migrated_url)
    assert (await again.user_info(tokens["access_token"])).json()["preferred_username"] == "author"
    assert (await again.refresh(tokens["refresh_token"])).status_code == 200


async def test_migrations_go_up_down_and_up(postgres_url: str) -> None:
    async with Database(postgres_url, service="tests") as database:

        async def tables() -> set[str]:
            async with database.begin() as connection:
                found = await connection.execute(
                    text("select tablename from pg_tables where schemaname = 'public'")
                )
                return set(found.scalars()) - {"alembic_version"}

        await database.migrate("identity_app")
        await database.migrate("identity_app")
        assert await tables() == TABLES
        await database.migrate("identity_app", "base")
        assert await tables() == set()
        await database.migrate("identity_app")
        assert await tables() == TABLES


async def test_argon2_tells_right_from_wrong_and_from_nothing() -> None:
    passwords = Argon2Passwords()
    hash = await passwords.hash("right")
    assert hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify(hash, "right")
    assert not await passwords.verify(hash, "wrong")
    assert not await passwords.verify(None, "nobody")
    assert not await passwords.verify("not a hash", "right")
