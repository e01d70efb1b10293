"""What publications are listed by, which wait, and which have ended without their steps being kept."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the indexes of the lists."""
    op.execute("""
        alter table publication
            add offering_key text not null generated always as (body ->> 'offeringKey') stored,
            add requested_at timestamptz not null
                generated always as (moment(body ->> 'requestedAt')) stored,
            add ended_at timestamptz generated always as (moment(body ->> 'endedAt')) stored,
            add waiting boolean not null generated always as
                (body ->> 'status' = 'REQUESTED' and body ->> 'waitsWith' is not null) stored,
            add without_steps boolean not null
                generated always as (body ->> 'endedAt' is not null and body ->> 'steps' is null) stored
    """)
    op.execute("create index publication_requested on publication (requested_at, id)")
    op.execute("create index publication_status on publication (status, requested_at)")
    op.execute("create index publication_waiting on publication (requested_at, id) where waiting")
    op.execute("create index publication_without_steps on publication (id) where without_steps")


def downgrade() -> None:
    """Drop them; the indexes go with their columns."""
    op.execute("drop index publication_status")
    op.execute("""
        alter table publication
            drop column offering_key, drop column requested_at, drop column ended_at,
            drop column waiting, drop column without_steps
    """)
