"""Policies of further spreads: hours, doors by purpose, absent donors, late starts; the alarm.

A bank of an earlier version gets the starting values of a new one, not verified.
"""

import sqlalchemy as sa
from alembic import op

revision = "0213_further_spreads"
down_revision = "0212_spreads_and_levels"
branch_labels = None
depends_on = None

SOURCE = "Milkround's own starting value: no source gives one"

VALUES = (
    ("hour_spread_percent", "0", "%"),
    ("first_visit_spread_percent", "35", "%"),
    ("material_spread_percent", "35", "%"),
    ("blood_spread_percent", "35", "%"),
    ("no_show_percent", "0", "%"),
    ("late_start_minutes", "0", "min"),
    ("alarm_percent", "80", "days in 100"),
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
