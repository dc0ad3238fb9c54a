"""Last places of phones on the road."""

import sqlalchemy as sa
from alembic import op

revision = "0246_phone_places"
down_revision = "0245_policy_periods"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone_places",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_places")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_phone_places_round_id_rounds")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["banks.id"], name=op.f("fk_phone_places_bank_id_banks")
        ),
        sa.UniqueConstraint("round_id", name=op.f("uq_phone_places_round_id")),
    )
    op.create_index(op.f("ix_phone_places_bank_id"), "phone_places", ["bank_id"])


def downgrade() -> None:
    op.drop_table("phone_places")
