"""the hand-over: a rule that says how long it takes, which plans take off the ride limits."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = ("bank_id", "key", "value", "unit", "jurisdiction", "source")
OURS = "Milkround's own starting value: no source gives one"


def upgrade() -> None:
    """Give every bank that was there before the rule that a new one starts with."""
    policies = sa.table("policies", *(sa.column(name) for name in COLUMNS))
    banks = op.get_bind().execute(sa.text("SELECT id, jurisdiction FROM banks")).all()
    rule = {"key": "hand_over_minutes", "value": "15", "unit": "min", "source": OURS}
    if banks:
        rows = [rule | {"bank_id": key, "jurisdiction": where} for key, where in banks]
        op.bulk_insert(policies, rows)


def downgrade() -> None:
    op.execute("DELETE FROM policies WHERE key = 'hand_over_minutes'")
