"""The replies to requests with an Idempotency-Key, kept in the transaction that the request has made."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from kernel.replies import InFlight, KeyReused, Once, Reply
from kernel.sql.database import Database

_KEPT = "24 hours"

# A key in flight holds this lock until its transaction ends, however it ends. Two keys may share a number,
# one time in 2^64: then one of them is told to try again.
_LOCK = text("select pg_try_advisory_xact_lock(hashtextextended(:subject || chr(31) || :key, 0))")
_FIND = text("select fingerprint, status, headers, body from reply where subject = :subject and key = :key")
_KEEP = text("""
    insert into reply (subject, key, fingerprint, status, headers, body)
    values (:subject, :key, :fingerprint, :status, cast(cast(:headers as text) as jsonb), :body)
""")
_FORGET = text(f"""
    delete from reply where (subject, key) in (
        select subject, key from reply where replied_at < clock_timestamp() - interval '{_KEPT}'
        limit 5 for update skip locked
    )
""")  # noqa: S608  # our own number


class SqlReplies:
    """The port `Replies` in the table `reply`. Use cases inside `once` join its transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def once(self, subject: str, key: str, fingerprint: bytes) -> AsyncIterator[Once]:
        """See `Replies`."""
        named = {"subject": subject, "key": key}
        async with self._database.shared() as connection:
            if not await connection.scalar(_LOCK, named):
                raise InFlight
            kept = (await connection.execute(_FIND, named)).one_or_none()
            if kept is not None:
                if kept.fingerprint != fingerprint:
                    raise KeyReused
                yield Once(Reply(kept.status, kept.headers, kept.body))
                return
            once = Once(None)
            yield once
            if (reply := once.kept) is not None:
                row = {"status": reply.status, "headers": json.dumps(dict(reply.headers)), "body": reply.body}
                await connection.execute(_KEEP, {**named, "fingerprint": fingerprint, **row})
                await connection.execute(_FORGET)
