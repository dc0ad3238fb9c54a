"""The instants between which a visit begins on as many days as promises are to be kept."""

import sqlalchemy as sa
from alembic import op

revision = "0233_expected_begins"
down_revision = "0232_stays"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("stops", sa.Column("earliest_at", INSTANT, nullable=True))
    op.add_column("stops", sa.Column("latest_at", INSTANT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("stops") as batch:
        batch.drop_column("latest_at")
        batch.drop_column("earliest_at")
