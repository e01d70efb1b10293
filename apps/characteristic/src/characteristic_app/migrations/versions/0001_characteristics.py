"""Characteristics, who uses them, and the tables of events."""

from alembic import op

from kernel.sql.schema import create_event_tables, drop_event_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    create_event_tables()
    op.execute("""
        create table characteristic (
            id uuid primary key,
            version int not null,
            body jsonb not null,
            key text not null generated always as (body ->> 'key') stored,
            name text not null generated always as (body ->> 'name') stored,
            value_type text not null generated always as (body ->> 'valueType') stored,
            unit text generated always as (body ->> 'unit') stored,
            status text not null generated always as (body ->> 'status') stored,
            created_at timestamptz not null generated always as (moment(body ->> 'createdAt')) stored,
            modified_at timestamptz not null generated always as (moment(body ->> 'modifiedAt')) stored,
            constraint characteristic_key_key unique (key)
        )
    """)
    for column in ("name", "modified_at"):
        op.execute(f"create index on characteristic ({column}, id)")
    op.execute("""
        create table characteristic_use (
            characteristic_id uuid not null,
            kind text not null,
            user_id uuid not null,
            user_key text not null,
            primary key (characteristic_id, kind, user_id)
        )
    """)


def downgrade() -> None:
    """Drop the tables, with everything that has happened."""
    op.execute("drop table characteristic_use")
    op.execute("drop table characteristic")
    drop_event_tables()
