"""Materials of the laboratory, and holds until a day."""

import sqlalchemy as sa
from alembic import op

revision = "0242_laboratory_materials"
down_revision = "0241_dispensary"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
TABLE, HOLDS = "lab_materials", "laboratory_holds"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("kind", WORD, nullable=False),
        sa.Column("makers_lot", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f(f"fk_{TABLE}_bank_id")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["people.id"], name=op.f(f"fk_{TABLE}_opened_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "bank_id", "kind", "makers_lot", name=op.f(f"uq_{TABLE}_bank_id_kind_makers_lot")
        ),
        sa.CheckConstraint("closed_at >= opened_at", name=op.f(f"ck_{TABLE}_in_order")),
    )
    op.create_index(op.f(f"ix_{TABLE}_bank_id"), TABLE, ["bank_id"])
    with op.batch_alter_table(HOLDS) as batch:
        batch.add_column(sa.Column("until", sa.Date(), nullable=True))
        batch.create_check_constraint(op.f(f"ck_{HOLDS}_in_order"), "until >= since")


def downgrade() -> None:
    with op.batch_alter_table(HOLDS) as batch:
        batch.drop_constraint(op.f(f"ck_{HOLDS}_in_order"), type_="check")
        batch.drop_column("until")
    op.drop_table(TABLE)
