"""The cheapest, the balanced and the safest plan of a run."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0215_levels_of_plans"
down_revision = "0214_forecasts"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("planning_runs", sa.Column("levels", JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("planning_runs") as batch:
        batch.drop_column("levels")
