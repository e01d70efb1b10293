"""Which publications of an offering may hold prices, and a way to the prices that an offering holds."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the index."""
    op.execute("""
        create table sale (
            offering_id uuid primary key,
            version int not null default 0,
            live uuid,
            requested int not null default 0,
            pending uuid
        )
    """)
    # Without a list of what is pending: it would make each look at it longer, and now and then a write.
    op.execute("""
        create index price_holders on price
        using gin (jsonb_path_query_array(body, '$.holds[*].offeringId') jsonb_path_ops)
        with (fastupdate = off)
    """)


def downgrade() -> None:
    """Drop them. Which publications are over is forgotten; holds are on the prices."""
    op.execute("drop index price_holders")
    op.execute("drop table sale")
