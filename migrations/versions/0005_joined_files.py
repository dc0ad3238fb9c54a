"""two files of one donor may be joined."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("donors") as donors:
        donors.add_column(sa.Column("joined_into_id", sa.Integer(), nullable=True))
        donors.create_foreign_key(
            op.f("fk_donors_joined_into_id"), "donors", ["joined_into_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("donors") as donors:
        donors.drop_constraint(op.f("fk_donors_joined_into_id"), type_="foreignkey")
        donors.drop_column("joined_into_id")
