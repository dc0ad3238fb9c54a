"""Rules that steer the collection by the stock, and changes of a rule for some days."""

import sqlalchemy as sa
from alembic import op

revision = "0245_policy_periods"
down_revision = "0244_recall"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OURS = "Milkround's own starting value: no source gives one"
VALUES = {
    "demand_ml_per_day": ("0", "ml/d", f"Not entered yet. {OURS}"),
    "milk_urgency_percent": ("100", "%", OURS),
    "zones_every_day": ("off", "", OURS),
    "visit_days_early": ("0", "d", OURS),
}
BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
COLUMNS = ("key", "value", "unit", "jurisdiction", "source")
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in COLUMNS),
)


def upgrade() -> None:
    op.create_table(
        "policy_periods",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_policy_periods_in_order")),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_policy_periods_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_periods")),
    )
    op.create_index(op.f("ix_policy_periods_bank_id"), "policy_periods", ["bank_id"])
    for key, (value, unit, source) in VALUES.items():
        found = sa.select(
            BANKS.c.id,
            sa.literal(key),
            sa.literal(value),
            sa.literal(unit),
            BANKS.c.jurisdiction,
            sa.literal(source),
        )
        op.execute(sa.insert(POLICIES).from_select(["bank_id", *COLUMNS], found))


def downgrade() -> None:
    op.execute(sa.delete(POLICIES).where(POLICIES.c.key.in_(list(VALUES))))
    op.drop_table("policy_periods")
