"""how long a hand-over takes, as a rule; whose shifts a calendar shows; answers taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = ("bank_id", "key", "value", "unit", "jurisdiction", "source")
SHOWED_EVERYBODY = """
    UPDATE calendar_feeds SET everybody = true WHERE EXISTS (
        SELECT 1 FROM role_grants
        WHERE role_grants.person_id = calendar_feeds.person_id AND role_grants.role = 'coordinator'
    )
"""
"""Until now the role of whoever made it decided."""

OURS = "Milkround's own starting value: no source gives one"


def upgrade() -> None:
    give_rule()
    op.add_column(
        "calendar_feeds",
        sa.Column("everybody", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(SHOWED_EVERYBODY)
    with op.batch_alter_table("calendar_feeds") as feeds:
        feeds.alter_column("everybody", server_default=None)
    with op.batch_alter_table("disruptions") as disruptions:
        disruptions.add_column(sa.Column("takes_back_id", sa.Integer(), nullable=True))
        disruptions.create_foreign_key(
            op.f("fk_disruptions_takes_back_id"), "disruptions", ["takes_back_id"], ["id"]
        )


def give_rule() -> None:
    """Give every bank that was there before the rule that a new one starts with."""
    policies = sa.table("policies", *(sa.column(name) for name in COLUMNS))
    banks = op.get_bind().execute(sa.text("SELECT id, jurisdiction FROM banks")).all()
    rule = {"key": "hand_over_minutes", "value": "15", "unit": "min", "source": OURS}
    if banks:
        rows = [rule | {"bank_id": key, "jurisdiction": where} for key, where in banks]
        op.bulk_insert(policies, rows)


def downgrade() -> None:
    with op.batch_alter_table("disruptions") as disruptions:
        disruptions.drop_constraint(op.f("fk_disruptions_takes_back_id"), type_="foreignkey")
        disruptions.drop_column("takes_back_id")
    op.drop_column("calendar_feeds", "everybody")
    op.execute("DELETE FROM policies WHERE key = 'hand_over_minutes'")
