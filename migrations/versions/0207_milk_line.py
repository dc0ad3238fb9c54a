"""The line of the milk: donated, or for the donor's own child."""

import sqlalchemy as sa
from alembic import op

revision = "0207_milk_line"
down_revision = "0206_imports"
branch_labels = None
depends_on = None

TABLES = ("pickups", "enquiries", "containers")


def upgrade() -> None:
    for table in TABLES:
        line = sa.Column("line", sa.String(40), nullable=False, server_default="donated")
        op.add_column(table, line)


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "line")
