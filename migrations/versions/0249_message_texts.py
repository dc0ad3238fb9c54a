"""Message texts of a bank."""

import sqlalchemy as sa
from alembic import op

revision = "0249_message_texts"
down_revision = "0248_policy_changes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "message_texts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("bank_id", sa.Integer, sa.ForeignKey("banks.id"), nullable=False, index=True),
        sa.Column("key", sa.String, nullable=False),
        sa.Column(
            "form",
            sa.String(40),
            nullable=False,
        ),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("discreet", sa.Boolean, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("changed_by", sa.String, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("bank_id", "key", "form", "language", "discreet"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("message_texts")
