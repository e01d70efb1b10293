"""Who uses a characteristic, as the events of specifications tell it."""

from alembic import op

from kernel.sql.schema import create_usage_table, drop_usage_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing has ever written to the table that there was."""
    op.execute("drop table characteristic_use")
    create_usage_table()


def downgrade() -> None:
    """Go back to the table of before."""
    drop_usage_table()
    op.execute("""
        create table characteristic_use (
            characteristic_id uuid not null,
            kind text not null,
            user_id uuid not null,
            user_key text not null,
            primary key (characteristic_id, kind, user_id)
        )
    """)
