"""Kinds of the learned effects in use, chosen by the error of an arrival."""

import sqlalchemy as sa
from alembic import op

revision = "0260_learned_effects"
down_revision = "0255_zone_outlines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; an earlier learning has none."""
    with op.batch_alter_table("learning_results") as table:
        table.add_column(sa.Column("used", sa.JSON))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("learning_results") as table:
        table.drop_column("used")
