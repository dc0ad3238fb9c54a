"""Pairs of files of two donors who share a telephone, an e-mail or a name."""

import sqlalchemy as sa
from alembic import op

revision = "0231_households"
down_revision = "0230_donor_file"
branch_labels = None
depends_on = None

KEYS = {"first_id": "donors", "second_id": "donors", "bank_id": "banks"}


def upgrade() -> None:
    op.create_table(
        "separate_files",
        *(sa.Column(key, sa.Integer(), nullable=False) for key in KEYS),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([key], [f"{table}.id"], name=op.f(f"fk_separate_files_{key}"))
            for key, table in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_separate_files")),
        sa.UniqueConstraint(
            "first_id", "second_id", name=op.f("uq_separate_files_first_id_second_id")
        ),
    )
    op.create_index(op.f("ix_separate_files_bank_id"), "separate_files", ["bank_id"])
    op.create_index(op.f("ix_separate_files_second_id"), "separate_files", ["second_id"])


def downgrade() -> None:
    op.drop_table("separate_files")
