"""Changes of policies: planned for a day, made, withdrawn, with the values before."""

import sqlalchemy as sa
from alembic import op

revision = "0248_policy_changes"
down_revision = "0247_learned_times"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "policy_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("bank_id", sa.Integer, sa.ForeignKey("banks.id"), nullable=False, index=True),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("verified_by", sa.String),
        sa.Column("verified_on", sa.Date),
        sa.Column("counts_from", sa.Date, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("applied_at", INSTANT),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("former_value", sa.String),
        sa.Column("former_source", sa.String),
        sa.Column("former_verified_by", sa.String),
        sa.Column("former_verified_on", sa.Date),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("policy_changes")
