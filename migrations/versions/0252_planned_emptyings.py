"""Planned emptyings of boxes on the way, and the policies that permit them.

A bank of an earlier version permits none until it changes the policy.
"""

import sqlalchemy as sa
from alembic import op

revision = "0252_planned_emptyings"
down_revision = "0251_leave_calendars"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

SOURCE = "Milkround's own starting value: no source gives one"

VALUES = (("emptyings_per_round", "0", "times"), ("emptying_minutes", "15", "min"))

BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("key", "value", "unit", "jurisdiction", "source")),
)


def upgrade() -> None:
    """Create the table, and give every bank the policies."""
    op.create_table(
        "planned_emptyings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("bank_id", sa.Integer, sa.ForeignKey("banks.id"), nullable=False, index=True),
        sa.Column("round_id", sa.Integer, sa.ForeignKey("rounds.id"), nullable=False, index=True),
        sa.Column("site_id", sa.Integer, sa.ForeignKey("sites.id"), nullable=False),
        sa.Column("arrives_at", INSTANT, nullable=False),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
    )
    for key, value, unit in VALUES:
        found = sa.select(
            BANKS.c.id,
            sa.literal(key),
            sa.literal(value),
            sa.literal(unit),
            BANKS.c.jurisdiction,
            sa.literal(SOURCE),
        )
        columns = ["bank_id", "key", "value", "unit", "jurisdiction", "source"]
        op.execute(sa.insert(POLICIES).from_select(columns, found))


def downgrade() -> None:
    """Drop both."""
    op.execute(sa.delete(POLICIES).where(POLICIES.c.key.in_([key for key, _, _ in VALUES])))
    op.drop_table("planned_emptyings")
