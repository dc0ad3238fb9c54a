"""Answers of wards to recalls: the reason to close without one, and the fates that were written."""

import sqlalchemy as sa
from alembic import op

revision = "0273_recall_answers"
down_revision = "0268_one_destruction"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns."""
    with op.batch_alter_table("recalls") as table:
        table.add_column(
            sa.Column("unanswered_because", sa.String, nullable=False, server_default="")
        )
    with op.batch_alter_table("recalls") as table:
        table.alter_column("unanswered_because", server_default=None)
    with op.batch_alter_table("recall_items") as table:
        table.add_column(
            sa.Column(
                "bottle_fate_id",
                sa.Integer,
                sa.ForeignKey(
                    "bottle_fates.id", name="fk_recall_items_bottle_fate_id_bottle_fates"
                ),
            )
        )
        table.create_index("ix_recall_items_bottle_fate_id", ["bottle_fate_id"])


def downgrade() -> None:
    """Drop both."""
    with op.batch_alter_table("recall_items") as table:
        table.drop_index("ix_recall_items_bottle_fate_id")
        table.drop_constraint("fk_recall_items_bottle_fate_id_bottle_fates", type_="foreignkey")
        table.drop_column("bottle_fate_id")
    with op.batch_alter_table("recalls") as table:
        table.drop_column("unanswered_because")
