"""The policy of a visit by another collector than the donor's last one; free at first."""

import sqlalchemy as sa
from alembic import op

revision = "0239_other_collector"
down_revision = "0238_roads"
branch_labels = None
depends_on = None

BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("key", "value", "unit", "jurisdiction", "source")),
)


def upgrade() -> None:
    values = ("other_collector_cents", "0", "ct")
    source = sa.literal("Milkround's own starting value: no source gives one")
    found = sa.select(BANKS.c.id, *map(sa.literal, values), BANKS.c.jurisdiction, source)
    columns = ["bank_id", "key", "value", "unit", "jurisdiction", "source"]
    op.execute(sa.insert(POLICIES).from_select(columns, found))


def downgrade() -> None:
    op.execute(sa.delete(POLICIES).where(POLICIES.c.key == "other_collector_cents"))
