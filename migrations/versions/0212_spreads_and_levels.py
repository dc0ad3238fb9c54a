"""Policies of spreads and levels: how much times vary, and how well a plan should hold.

A bank of an earlier version gets the starting values of a new one, not verified.
"""

import sqlalchemy as sa
from alembic import op

revision = "0212_spreads_and_levels"
down_revision = "0211_nobody_home"
branch_labels = None
depends_on = None

SOURCE = "Milkround's own starting value: no source gives one"

VALUES = (
    ("leg_spread_percent", "15", "%"),
    ("day_spread_percent", "8", "%"),
    ("door_spread_percent", "35", "%"),
    ("promise_kept_percent", "95", "days in 100"),
    ("clock_kept_percent", "95", "days in 100"),
)

BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("key", "value", "unit", "jurisdiction", "source")),
)


def upgrade() -> None:
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
    op.execute(sa.delete(POLICIES).where(POLICIES.c.key.in_([key for key, _, _ in VALUES])))
