"""The key of a first contact's form, so that it opens one file."""

import sqlalchemy as sa
from alembic import op

revision = "0210_first_contact"
down_revision = "0209_phone_unreached"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("donors", sa.Column("once", sa.String(), nullable=True))
    op.create_index("ix_donors_bank_id_once", "donors", ["bank_id", "once"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_donors_bank_id_once", table_name="donors")
    op.drop_column("donors", "once")
