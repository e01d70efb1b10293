"""Diagrams, the instances that run by them, and the tasks that wait to be done."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.execute("""
        create table definition (
            key text not null,
            version int not null,
            name text not null,
            xml bytea not null,
            deployed_at timestamptz not null default clock_timestamp(),
            primary key (key, version)
        )
    """)
    # `due` is when the engine has to do something itself: of a running instance, fire its next timer; of one
    # that has ended, forget it. The body is json, not jsonb: a number stays as it was written.
    op.execute("""
        create table instance (
            id text primary key,
            key text not null,
            version int not null,
            business_key text not null,
            state text not null,
            due timestamptz,
            body json not null,
            constraint one_for_each_business_key unique (key, business_key),
            foreign key (key, version) references definition (key, version)
        ) with (fillfactor = 70)
    """)
    op.execute("create index on instance (due) where due is not null")
    # Rows live as long as a step takes: the table is small and full of dead ones, so it is vacuumed early.
    op.execute("""
        create table task (
            id text primary key,
            instance text not null references instance (id) on delete cascade,
            activity text not null,
            topic text not null,
            worker text,
            lock_until timestamptz,
            retries int,
            error text,
            created_at timestamptz not null default clock_timestamp()
        ) with (
            fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0,
            autovacuum_vacuum_cost_delay = 0
        )
    """)
    op.execute("create index on task (topic, created_at)")
    op.execute("create index on task (instance)")
    op.execute("create index on task (created_at) where retries = 0")


def downgrade() -> None:
    """Drop the tables, with everything that runs."""
    for table in ("task", "instance", "definition"):
        op.execute(f"drop table {table}")
