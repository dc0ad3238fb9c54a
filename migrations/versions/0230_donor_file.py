"""A second person to call in a donor's file, and the history of its fields."""

import sqlalchemy as sa
from alembic import op

revision = "0230_donor_file"
down_revision = "0229_badges"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SECOND_CONTACT = ("second_name", "second_tie", "second_phone")


def upgrade() -> None:
    with op.batch_alter_table("donors") as batch:
        for name in SECOND_CONTACT:
            batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.create_table(
        "donor_changes",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("changed_by", "field", "before", "after")
        ),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["donors.id"], name=op.f("fk_donor_changes_donor_id")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_donor_changes_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor_changes")),
    )
    op.create_index(op.f("ix_donor_changes_bank_id"), "donor_changes", ["bank_id"])
    op.create_index(op.f("ix_donor_changes_donor_id"), "donor_changes", ["donor_id"])


def downgrade() -> None:
    op.drop_table("donor_changes")
    with op.batch_alter_table("donors") as batch:
        for name in SECOND_CONTACT:
            batch.drop_column(name)
