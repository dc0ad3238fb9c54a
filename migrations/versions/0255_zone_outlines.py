"""Outlines of zones, drawn on the map, and their versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0255_zone_outlines"
down_revision = "0252_planned_emptyings"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Add both columns; zones of before have no outline."""
    with op.batch_alter_table("zones") as table:
        table.add_column(sa.Column("outline", JSON, nullable=False, server_default="[]"))
        table.add_column(sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    with op.batch_alter_table("zones") as table:
        table.alter_column("outline", server_default=None)
        table.alter_column("version", server_default=None)


def downgrade() -> None:
    """Drop both columns."""
    with op.batch_alter_table("zones") as table:
        table.drop_column("version")
        table.drop_column("outline")
