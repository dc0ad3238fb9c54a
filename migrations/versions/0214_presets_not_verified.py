"""Presets that rest on other banks' pages: no longer marked as verified.

A mark that a person of the bank made stays, and so does the rule of the French order.
"""

import sqlalchemy as sa
from alembic import op

revision = "0214_presets_not_verified"
down_revision = "0213_left_untold"
branch_labels = None
depends_on = None

POLICIES = sa.table(
    "policies",
    sa.column("key", sa.String()),
    sa.column("verified_by", sa.String()),
    sa.column("verified_on", sa.Date()),
)
OF_OTHERS = ("milk_age_days", "baby_age_days", "minimum_volume_ml", "radius_km")


def upgrade() -> None:
    op.execute(
        sa.update(POLICIES)
        .where(POLICIES.c.verified_by == "Milkround", POLICIES.c.key.in_(OF_OTHERS))
        .values(verified_by=None, verified_on=None)
    )


def downgrade() -> None:
    """Leave the rows: a rule without a mark is right in the former version too."""
