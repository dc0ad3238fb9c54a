"""Changed details of a published stop that a coordinator keeps from the collector."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0213_left_untold"
down_revision = "0212_spreads_and_levels"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("rounds", sa.Column("left_untold", JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("rounds") as batch:
        batch.drop_column("left_untold")
