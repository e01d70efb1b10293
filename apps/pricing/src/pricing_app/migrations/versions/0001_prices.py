"""Prices, who uses them, and the tables of events."""

from alembic import op

from kernel.sql.schema import (
    create_aggregate_table,
    create_event_tables,
    create_usage_table,
    drop_event_tables,
    drop_usage_table,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    create_event_tables()
    create_usage_table()
    create_aggregate_table(
        "price",
        {
            "kind": "text not null generated always as (body ->> 'kind') stored",
            "currency": "text not null generated always as (body -> 'money' ->> 'currency') stored",
            "amount": "numeric generated always as (cast(body -> 'money' ->> 'amount' as numeric)) stored",
            "locked": "boolean not null generated always as (cast(body ->> 'locked' as boolean)) stored",
        },
    )


def downgrade() -> None:
    """Drop the tables, with everything that has happened."""
    op.execute("drop table price")
    drop_usage_table()
    drop_event_tables()
