"""Specifications, who uses them, and the tables of events."""

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
    status = "text not null generated always as (body ->> 'status') stored"
    create_aggregate_table("specification", {"status": status})


def downgrade() -> None:
    """Drop the tables, with everything that has happened."""
    op.execute("drop table specification")
    drop_usage_table()
    drop_event_tables()
