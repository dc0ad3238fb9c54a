"""Learned driving and door times, and the errors of the learning."""

import sqlalchemy as sa
from alembic import op

revision = "0247_learned_times"
down_revision = "0246_phone_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learned_times",
        sa.Column("kind", sa.Enum(*KINDS, native_enum=False, length=40), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("factor", sa.Double(), nullable=False),
        sa.Column("spread_percent", sa.Double(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pinned", sa.Double(), nullable=True),
        *_of_bank("learned_times"),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["donors.id"], name=op.f("fk_learned_times_donor_id_donors")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_learned_times_person_id_people")
        ),
        sa.UniqueConstraint(
            "bank_id", "kind", "key", name=op.f("uq_learned_times_bank_id_kind_key")
        ),
    )
    for column in ("bank_id", "donor_id", "person_id"):
        op.create_index(op.f(f"ix_learned_times_{column}"), "learned_times", [column])
    op.create_table(
        "learning_results",
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("rounds", "days", "held_out_days", "legs", "doors", "left_out")
        ),
        *(
            sa.Column(f"{name}_{when}", sa.Double(), nullable=True)
            for name in ("arrival", "leg", "door")
            for when in ("before", "after")
        ),
        *_of_bank("learning_results"),
        sa.UniqueConstraint("bank_id", name=op.f("uq_learning_results_bank_id")),
    )
    op.create_index(op.f("ix_learning_results_bank_id"), "learning_results", ["bank_id"])


KINDS = ("hour", "road", "sector", "purpose", "donor", "collector", "leg_spread", "day_spread")


def _of_bank(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f(f"fk_{table}_bank_id_banks")),
    )


def downgrade() -> None:
    op.drop_table("learning_results")
    op.drop_table("learned_times")
