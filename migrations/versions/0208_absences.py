"""Absences of collectors and vehicles, and the disruptions that cause them."""

import sqlalchemy as sa
from alembic import op

revision = "0208_absences"
down_revision = "0207_milk_line"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("vehicle", sa.String(), nullable=True),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("disruption_id", sa.Integer(), nullable=True),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (vehicle IS NULL)", name=op.f("ck_absences_one_of_two")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_absences_bank_id")),
        sa.ForeignKeyConstraint(
            ["disruption_id"], ["disruptions.id"], name=op.f("fk_absences_disruption_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    for column in ("bank_id", "disruption_id", "ends_at", "person_id"):
        op.create_index(op.f(f"ix_absences_{column}"), "absences", [column])
    op.add_column("disruptions", sa.Column("until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_table("absences")
    with op.batch_alter_table("disruptions") as batch:
        batch.drop_column("until")
