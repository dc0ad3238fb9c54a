"""The laboratory's reception: take-over of containers, intakes, discrepancies, refused scans."""

import sqlalchemy as sa
from alembic import op

revision = "0223_laboratory_reception"
down_revision = "0222_roster"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
AWAITING = sa.text("state = 'received' AND taken_over_at IS NULL")
STANDING = sa.text("withdrawn_at IS NULL")

OURS = "Milkround's own starting value: no source gives one"
VALUES = {
    "raw_age_days": ("d", "As the limits at collection; unverified", (120, 90, 15, 365)),
    "serology_lookback_days": ("d", OURS, (90, 90, 90, 180)),
    "bottle_tare_grams": ("g", OURS, (30, 30, 30, 30)),
}
JURISDICTIONS = ("FR", "UK", "BR", "US")

BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("key", "value", "unit", "jurisdiction", "source")),
)


def upgrade() -> None:
    op.add_column("containers", sa.Column("taken_over_at", INSTANT, nullable=True))
    op.create_index(
        "ix_containers_awaiting_laboratory",
        "containers",
        ["bank_id"],
        sqlite_where=AWAITING,
        postgresql_where=AWAITING,
    )
    _discrepancies()
    _intakes()
    _scans()
    for key, (unit, source, values) in VALUES.items():
        for jurisdiction, value in zip(JURISDICTIONS, values, strict=True):
            _add_policy(jurisdiction, key, str(value), unit, source)


def _discrepancies() -> None:
    op.create_table(
        "discrepancies",
        sa.Column("container_id", sa.Integer(), nullable=False),
        sa.Column("says", WORD, nullable=False),
        sa.Column("says_pickup_id", sa.Integer(), nullable=False),
        sa.Column("held", WORD, nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        *_common("discrepancies"),
        _key("discrepancies", "container_id", "containers"),
        _key("discrepancies", "says_pickup_id", "pickups"),
        _key("discrepancies", "closed_by_id", "people"),
    )
    for column in ("bank_id", "container_id"):
        op.create_index(op.f(f"ix_discrepancies_{column}"), "discrepancies", [column])


def _intakes() -> None:
    op.create_table(
        "intakes",
        sa.Column("container_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("line", WORD, nullable=False),
        sa.Column("child_of_id", sa.Integer(), nullable=True),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("measured", WORD, nullable=False),
        sa.Column("expressed_first", sa.Date(), nullable=True),
        sa.Column("expressed_last", sa.Date(), nullable=True),
        sa.Column("days_after_birth", sa.Integer(), nullable=True),
        sa.Column("preterm", WORD, nullable=False),
        sa.Column("dairy_free", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("refused_because", WORD, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(line = 'own_child') = (child_of_id IS NOT NULL)", name=op.f("ck_intakes_dedicated")
        ),
        sa.CheckConstraint(
            "expressed_first <= expressed_last", name=op.f("ck_intakes_expressed_in_order")
        ),
        sa.CheckConstraint("volume_ml > 0", name=op.f("ck_intakes_has_volume")),
        *_common("intakes"),
        _key("intakes", "container_id", "containers"),
        _key("intakes", "site_id", "sites"),
        _key("intakes", "child_of_id", "donors"),
        _key("intakes", "taken_by_id", "people"),
    )
    op.create_index(op.f("ix_intakes_bank_id"), "intakes", ["bank_id"])
    op.create_index("ix_intakes_bank_id_state", "intakes", ["bank_id", "state"])
    op.create_index("ix_intakes_bank_id_taken_at", "intakes", ["bank_id", "taken_at"])
    op.create_index(
        "ix_intakes_container_id_standing",
        "intakes",
        ["container_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def _scans() -> None:
    op.create_table(
        "bench_scans",
        sa.Column("task", WORD, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("refused", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *_common("bench_scans"),
        _key("bench_scans", "person_id", "people"),
    )
    op.create_index(op.f("ix_bench_scans_bank_id"), "bench_scans", ["bank_id"])
    op.create_index("ix_bench_scans_bank_id_at", "bench_scans", ["bank_id", "at"])


def _common(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _key(table, "bank_id", "banks"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _add_policy(jurisdiction: str, key: str, value: str, unit: str, source: str) -> None:
    columns = ["bank_id", "key", "value", "unit", "jurisdiction", "source"]
    found = sa.select(
        BANKS.c.id,
        sa.literal(key),
        sa.literal(value),
        sa.literal(unit),
        BANKS.c.jurisdiction,
        sa.literal(source),
    ).where(BANKS.c.jurisdiction == jurisdiction)
    op.execute(sa.insert(POLICIES).from_select(columns, found))


def downgrade() -> None:
    op.execute(sa.delete(POLICIES).where(POLICIES.c.key.in_(list(VALUES))))
    for table in ("bench_scans", "intakes", "discrepancies"):
        op.drop_table(table)
    op.drop_index("ix_containers_awaiting_laboratory", "containers")
    with op.batch_alter_table("containers") as batch:
        batch.drop_column("taken_over_at")
