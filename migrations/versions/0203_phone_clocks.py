"""Errors of the phones' clocks at their last contact."""

import sqlalchemy as sa
from alembic import op

revision = "0203_phone_clocks"
down_revision = "0202"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("clock_ahead_seconds", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("devices", "clock_ahead_seconds")
