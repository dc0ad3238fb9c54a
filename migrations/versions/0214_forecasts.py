"""Forecasts of promises and clocks, and their outcomes."""

import sqlalchemy as sa
from alembic import op

revision = "0214_forecasts"
down_revision = "0213_further_spreads"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""


def upgrade() -> None:
    op.create_table(
        "forecasts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=True),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("chance", sa.Integer(), nullable=False),
        sa.Column("closes_at", INSTANT, nullable=True),
        sa.Column("earliest_at", INSTANT, nullable=True),
        sa.Column("latest_at", INSTANT, nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("came_at", INSTANT, nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_forecasts_bank_id")),
        sa.ForeignKeyConstraint(["pickup_id"], ["pickups.id"], name=op.f("fk_forecasts_pickup_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_forecasts_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasts")),
    )
    for column in ("bank_id", "day", "pickup_id", "round_id", "settled_at"):
        op.create_index(op.f(f"ix_forecasts_{column}"), "forecasts", [column])


def downgrade() -> None:
    op.drop_table("forecasts")
