"""The key of a first contact's form, so that it opens one file."""

import sqlalchemy as sa
from alembic import op

revision = "0210_first_contact"
down_revision = "0209_phone_unreached"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("donors") as batch:
        batch.add_column(sa.Column("once", sa.String(), nullable=True))
        batch.create_unique_constraint(op.f("uq_donors_bank_id_once"), ["bank_id", "once"])


def downgrade() -> None:
    with op.batch_alter_table("donors") as batch:
        batch.drop_constraint(op.f("uq_donors_bank_id_once"), type_="unique")
        batch.drop_column("once")
