"""Visits that the loss of a child cancelled, and revisions without a coordinator."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0204_loss"
down_revision = "0203_phone_clocks"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("givings", sa.Column("called_off", JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("publications") as batch:
        batch.alter_column("published_by_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM publications WHERE published_by_id IS NULL")
    with op.batch_alter_table("publications") as batch:
        batch.alter_column("published_by_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("givings") as batch:
        batch.drop_column("called_off")
