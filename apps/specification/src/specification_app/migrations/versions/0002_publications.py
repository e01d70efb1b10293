"""The last publication of each offering, with the draft that is judged while it goes on."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Drafts are json and not jsonb: values are judged exactly as they were told."""
    op.execute("""
        create table publication (
            offering_id uuid primary key,
            publication_id uuid not null,
            version int not null,
            draft json
        )
    """)


def downgrade() -> None:
    """Drop it: what is being published then is not judged any more."""
    op.execute("drop table publication")
