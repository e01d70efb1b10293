"""Accounts, sessions with the refresh tokens that descend from them, failed attempts, signing keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("roles", JSONB, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "user_id", sa.Uuid, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("refreshed_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False, index=True),
        sa.Column("ended_at", moment),
        sa.Column("refresh_digest", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "refresh_token",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column(
            "session_id", sa.Uuid, sa.ForeignKey("session.id", ondelete="CASCADE"), nullable=False, index=True
        ),
    )
    op.create_table(
        "failed_attempts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_at", moment, index=True),
        sa.Column("locked_until", moment),
    )
    op.create_table(
        "signing_key",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kid", sa.Text, nullable=False, unique=True),
        sa.Column("private", sa.Text, nullable=False),
        sa.Column("public", JSONB, nullable=False),
        sa.Column("signs_from", moment, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables, with all accounts and keys in them."""
    for table in ("signing_key", "failed_attempts", "refresh_token", "session", "account"):
        op.drop_table(table)
