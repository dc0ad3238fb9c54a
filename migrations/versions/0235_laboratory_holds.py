"""The laboratory's holds."""

import sqlalchemy as sa
from alembic import op

revision = "0235_laboratory_holds"
down_revision = "0234_laboratory_sampling"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
IS_OPEN = sa.text("lifted_at IS NULL")
TABLE = "laboratory_holds"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("subject", WORD, nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("lift_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("lift_asked_at", INSTANT, nullable=True),
        sa.Column("lift_reason", sa.String(), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _key("bank_id", "banks"),
        _key("result_id", "lab_results"),
        _key("opened_by_id", "people"),
        _key("lift_asked_by_id", "people"),
        _key("lifted_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.CheckConstraint(
            "lifted_by_id <> lift_asked_by_id", name=op.f(f"ck_{TABLE}_lifted_by_two")
        ),
    )
    op.create_index(op.f(f"ix_{TABLE}_bank_id"), TABLE, ["bank_id"])
    op.create_index(
        f"ix_{TABLE}_subject_subject_id_open",
        TABLE,
        ["subject", "subject_id"],
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def _key(column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{column}"))


def downgrade() -> None:
    op.drop_table(TABLE)
