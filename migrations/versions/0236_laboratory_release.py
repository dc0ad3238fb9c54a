"""The release of lots: their state, decisions, and proposals that await a second person."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0236_laboratory_release"
down_revision = "0235_laboratory_holds"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
ROWS = sa.JSON().with_variant(JSONB(), "postgresql")
WAITS = sa.text("closed_at IS NULL")
TABLES = ("release_proposals", "lot_decisions")
INDEX = "ix_lots_bank_id_state_expires_on"

KEY = "release_independent"
OURS = "Milkround's own starting value: no source gives one"
BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
COLUMNS = ("key", "value", "unit", "jurisdiction", "source")
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in COLUMNS),
)


def upgrade() -> None:
    op.create_table(
        "lot_decisions",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("verdict", WORD, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("checks", ROWS, nullable=False),
        sa.Column("rules", ROWS, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=False),
        *_common("lot_decisions"),
        _key("lot_decisions", "second_id", "people"),
        sa.CheckConstraint("second_id <> person_id", name=op.f("ck_lot_decisions_two_people")),
    )
    op.create_table(
        "release_proposals",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("reasons", ROWS, nullable=False),
        sa.Column("checks", ROWS, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        *_common("release_proposals"),
    )
    op.create_index(
        "ix_release_proposals_lot_id_waiting",
        "release_proposals",
        ["lot_id"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_index(op.f("ix_lot_decisions_lot_id"), "lot_decisions", ["lot_id"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_bank_id"), table, ["bank_id"])
    with op.batch_alter_table("lots") as batch:
        batch.add_column(sa.Column("state", WORD, nullable=False, server_default="waiting"))
    with op.batch_alter_table("lots") as batch:
        batch.alter_column("state", server_default=None)
    op.create_index(INDEX, "lots", ["bank_id", "state", "expires_on"])
    found = sa.select(
        BANKS.c.id,
        *(sa.literal(text) for text in (KEY, "on", "")),
        BANKS.c.jurisdiction,
        sa.literal(OURS),
    )
    op.execute(sa.insert(POLICIES).from_select(["bank_id", *COLUMNS], found))


def _common(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _key(table, "bank_id", "banks"),
        _key(table, "lot_id", "lots"),
        _key(table, "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    op.execute(sa.delete(POLICIES).where(POLICIES.c.key == KEY))
    op.drop_index(INDEX, "lots")
    with op.batch_alter_table("lots") as batch:
        batch.drop_column("state")
    for table in TABLES:
        op.drop_table(table)
