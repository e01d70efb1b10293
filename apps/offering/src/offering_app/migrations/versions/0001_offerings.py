"""Offerings, their publications, and the tables of events."""

from alembic import op

from kernel.sql.schema import create_aggregate_table, create_event_tables, drop_event_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. An offering is listed by its draft's name and category where there is a draft."""
    create_event_tables()
    create_aggregate_table(
        "offering",
        {
            "name": _of_the_content("name"),
            "status": "text not null generated always as (body ->> 'status') stored",
            "category": _of_the_content("category"),
        },
        "category",
    )
    op.execute("""
        create table publication (
            id uuid primary key,
            body jsonb not null,
            offering_id uuid not null generated always as (cast(body ->> 'offeringId' as uuid)) stored,
            status text not null generated always as (body ->> 'status') stored
        )
    """)
    op.execute("create index on publication (offering_id, id)")


def downgrade() -> None:
    """Drop the tables, with everything that has happened."""
    op.execute("drop table publication")
    op.execute("drop table offering")
    drop_event_tables()


def _of_the_content(field: str) -> str:
    found = f"coalesce(body #>> '{{draft,{field}}}', body #>> '{{live,{field}}}')"
    return f"text not null generated always as ({found}) stored"
