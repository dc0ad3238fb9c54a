"""Destructions of milk before a witness."""

import sqlalchemy as sa
from alembic import op

revision = "0243_laboratory_destructions"
down_revision = "0242_laboratory_materials"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
LISTS, ITEMS = "destructions", "destroyed_items"
WAITS = sa.text("witnessed_at IS NULL AND abandoned_at IS NULL")
IN_LIST = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.create_table(
        LISTS,
        sa.Column("reason", WORD, nullable=False),
        sa.Column("method", WORD, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("witness_id", sa.Integer(), nullable=True),
        sa.Column("witnessed_at", INSTANT, nullable=True),
        sa.Column("abandoned_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _key(LISTS, "bank_id", "banks"),
        _key(LISTS, "begun_by_id", "people"),
        _key(LISTS, "witness_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LISTS}")),
        sa.CheckConstraint("witness_id <> begun_by_id", name=op.f(f"ck_{LISTS}_two_people")),
        sa.CheckConstraint(
            "(witness_id IS NULL) = (witnessed_at IS NULL)", name=op.f(f"ck_{LISTS}_witnessed")
        ),
    )
    op.create_index(op.f(f"ix_{LISTS}_bank_id"), LISTS, ["bank_id"])
    op.create_index(
        f"ix_{LISTS}_bank_id_waiting",
        LISTS,
        ["bank_id"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_index(f"ix_{LISTS}_bank_id_witnessed_at", LISTS, ["bank_id", "witnessed_at"])
    op.create_table(
        ITEMS,
        sa.Column("destruction_id", sa.Integer(), nullable=False),
        sa.Column("intake_id", sa.Integer(), nullable=True),
        sa.Column("bottle_id", sa.Integer(), nullable=True),
        sa.Column("scanned_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _key(ITEMS, "bank_id", "banks"),
        _key(ITEMS, "destruction_id", LISTS),
        _key(ITEMS, "intake_id", "intakes"),
        _key(ITEMS, "bottle_id", "bottles"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ITEMS}")),
        sa.CheckConstraint(
            "(intake_id IS NULL) <> (bottle_id IS NULL)", name=op.f(f"ck_{ITEMS}_one_thing")
        ),
    )
    op.create_index(op.f(f"ix_{ITEMS}_bank_id"), ITEMS, ["bank_id"])
    op.create_index(op.f(f"ix_{ITEMS}_destruction_id"), ITEMS, ["destruction_id"])
    for column in ("intake_id", "bottle_id"):
        op.create_index(
            f"ix_{ITEMS}_{column}_standing",
            ITEMS,
            [column],
            unique=True,
            sqlite_where=IN_LIST,
            postgresql_where=IN_LIST,
        )


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    op.drop_table(ITEMS)
    op.drop_table(LISTS)
