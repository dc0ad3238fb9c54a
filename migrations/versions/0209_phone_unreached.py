"""The last day on which a donor's telephone could not be reached."""

import sqlalchemy as sa
from alembic import op

revision = "0209_phone_unreached"
down_revision = "0208_absences"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("donors", sa.Column("phone_unreached_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("donors", "phone_unreached_on")
