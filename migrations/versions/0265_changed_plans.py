"""The policies of a published visit that changes its collector, and of a promise that changes."""

import sqlalchemy as sa
from alembic import op

revision = "0265_changed_plans"
down_revision = "0260_learned_effects"
branch_labels = None
depends_on = None

BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("key", "value", "unit", "jurisdiction", "source")),
)
VALUES = {"changed_collector_cents": "200", "changed_promise_cents": "500"}
SOURCE = "Milkround's own starting value: no source gives one"


def upgrade() -> None:
    """Add both to every bank."""
    columns = ["bank_id", "key", "value", "unit", "jurisdiction", "source"]
    for key, value in VALUES.items():
        words = map(sa.literal, (key, value, "ct"))
        found = sa.select(BANKS.c.id, *words, BANKS.c.jurisdiction, sa.literal(SOURCE))
        op.execute(sa.insert(POLICIES).from_select(columns, found))


def downgrade() -> None:
    """Take both away."""
    op.execute(sa.delete(POLICIES).where(POLICIES.c.key.in_(VALUES)))
