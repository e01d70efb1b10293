"""The tables that every writing app has besides those of its aggregates, for its migrations to make.

What a released migration calls never changes: a later form of these tables is a further pair of functions.

| table | holds |
|---|---|
| `event_log` | everything that has happened, for ever: the source of every rebuild |
| `outbox_pending` | what of it is not published yet, and how often that was tried |
| `outbox_refused` | what somebody will never take, and why |
| `outbox` | a view for people: each event with its `status` PENDING, SENT or REFUSED |
| `audit` | who has changed what, when, and how; it can only grow |
| `inbox` | which messages a consumer has handled |
| `reply` | the answers to requests with an Idempotency-Key |

An app whose things others refer to has `usage` besides: who uses them.
"""

from collections.abc import Mapping

from alembic import op

_UP = (
    """
    create table event_log (
        seq bigint generated always as identity primary key,
        event_id uuid not null,
        aggregate_type text not null,
        aggregate_id uuid not null,
        aggregate_version int not null,
        type text not null,
        payload jsonb not null,
        headers jsonb not null,
        occurred_at timestamptz not null default clock_timestamp(),
        xid xid8 not null default pg_current_xact_id(),
        unique (aggregate_id, aggregate_version, aggregate_type)
    )
    """,
    # Rows live for milliseconds: the table is small and full of dead ones, so it is vacuumed early, at once.
    """
    create table outbox_pending (
        seq bigint primary key,
        aggregate_id uuid not null,
        attempts int not null default 0,
        next_at timestamptz not null default clock_timestamp(),
        last_error text
    ) with (
        fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_cost_delay = 0
    )
    """,
    "create index on outbox_pending (aggregate_id, seq)",
    "create index on outbox_pending (seq) where attempts > 0",
    """
    create table outbox_refused (
        seq bigint not null,
        consumer text not null,
        reason text not null,
        attempts int not null,
        refused_at timestamptz not null default clock_timestamp(),
        primary key (consumer, seq)
    )
    """,
    """
    create view outbox as
    select
        log.seq, log.type, log.aggregate_id, log.aggregate_version, log.occurred_at,
        case when pending.seq is not null then 'PENDING' when refused.reason is not null then 'REFUSED'
             else 'SENT' end as status,
        pending.attempts, coalesce(pending.last_error, refused.reason) as problem, log.event_id
    from event_log log
    left join outbox_pending pending using (seq)
    left join (
        select seq, string_agg(consumer || ': ' || reason, '; ') as reason from outbox_refused group by seq
    ) refused using (seq)
    """,
    """
    create table audit (
        id bigint generated always as identity primary key,
        at timestamptz not null default clock_timestamp(),
        subject text not null,
        name text not null,
        what text not null,
        aggregate_type text not null,
        aggregate_id uuid not null,
        old_version int not null,
        new_version int not null,
        changes jsonb not null,
        correlation_id text not null
    )
    """,
    "create index on audit (aggregate_id, new_version)",
    """
    create function refuse_change() returns trigger language plpgsql as $$
    begin
        raise exception 'the audit trail can only grow' using errcode = 'insufficient_privilege';
    end $$
    """,
    """
    create trigger only_grows before update or delete or truncate on audit
    for each statement execute function refuse_change()
    """,
    """
    create table inbox (
        consumer text not null,
        event_id uuid not null,
        starts int not null default 0,
        done_at timestamptz,
        primary key (consumer, event_id)
    )
    """,
    "create index on inbox (done_at)",
    """
    create table reply (
        subject text not null,
        key text not null,
        fingerprint bytea not null,
        status int not null,
        headers jsonb not null,
        body bytea not null,
        replied_at timestamptz not null default clock_timestamp(),
        primary key (subject, key)
    )
    """,
    "create index on reply (replied_at)",
    # Text to time depends on a session's settings unless the text names its zone, as our JSON always does.
    """
    create function moment(text) returns timestamptz language sql immutable strict parallel safe
    return cast($1 as timestamptz)
    """,
)


def create_event_tables() -> None:
    """Make the tables above. Called in a migration."""
    for statement in _UP:
        op.execute(statement)


def drop_event_tables() -> None:
    """Drop them, with everything that has happened."""
    op.execute("drop view outbox")
    for table in ("event_log", "outbox_pending", "outbox_refused", "audit", "inbox", "reply"):
        op.execute(f"drop table {table}")
    op.execute("drop function refuse_change()")
    op.execute("drop function moment(text)")


def create_usage_table() -> None:
    """Make the table of `SqlUses`. Called in a migration."""
    op.execute("""
        create table usage (
            kind text not null,
            user_id uuid not null,
            version int not null,
            user_key text not null,
            used uuid[] not null,
            primary key (kind, user_id)
        )
    """)
    op.execute("create index on usage using gin (used)")


def drop_usage_table() -> None:
    """Drop it."""
    op.execute("drop table usage")


def create_aggregate_table(kind: str, columns: Mapping[str, str], *indexed: str) -> None:
    """Make the table of a kind of aggregate (`AggregateStore`). Called in a migration.

    `columns` are its own beside `key`, `name` and the times: name and definition, such as
    `"status": "text not null generated always as (body ->> 'status') stored"`. Lists are sorted fast by
    `name`, `modified_at` and what is `indexed`.
    """
    stored = {
        "key": "text not null generated always as (body ->> 'key') stored",
        "name": "text not null generated always as (body ->> 'name') stored",
        **columns,
        "created_at": "timestamptz not null generated always as (moment(body ->> 'createdAt')) stored",
        "modified_at": "timestamptz not null generated always as (moment(body ->> 'modifiedAt')) stored",
    }
    own = "".join(f"{name} {definition}, " for name, definition in stored.items())
    op.execute(
        f"create table {kind} (id uuid primary key, version int not null, body jsonb not null, {own}"
        f"constraint {kind}_key_key unique (key))"
    )
    for column in ("name", "modified_at", *indexed):
        op.execute(f"create index on {kind} ({column}, id)")
