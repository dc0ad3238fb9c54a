"""Cancellations that a donor takes back, and visits that move to another slot."""

import sqlalchemy as sa
from alembic import op

revision = "0205_moves"
down_revision = "0204_loss"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pickups", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pickups", sa.Column("cancelled_by", sa.String(), nullable=True))
    with op.batch_alter_table("enquiries") as batch:
        batch.add_column(sa.Column("moves_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_enquiries_moves_id"), "pickups", ["moves_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("enquiries") as batch:
        batch.drop_constraint(op.f("fk_enquiries_moves_id"), type_="foreignkey")
        batch.drop_column("moves_id")
    op.drop_column("pickups", "cancelled_by")
    op.drop_column("pickups", "cancelled_at")
