"""The laboratory's pasteurisers: devices, cycles, curves."""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0225_laboratory_heating"
down_revision = "0224_laboratory_pooling"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
RUNS = sa.text("state = 'running'")
ROWS = sa.JSON().with_variant(JSONB(), "postgresql")

OURS = "Milkround's own starting value: no source gives one"
HOLDER = "Holder pasteurisation: 62.5 °C for 30 minutes (several sources)"
READ_ON = date(2026, 11, 1)
VALUES = {
    "heat_celsius": ("0.1 degC", HOLDER, ("62.5", "62.5", "62.5", "62.5")),
    "heat_minutes": ("min", HOLDER, ("30", "30", "30", "30")),
    "heat_most_celsius": ("0.1 degC", OURS, ("64.0", "64.0", "64.0", "64.0")),
    "heat_over_58_minutes": ("min", OURS, ("60", "60", "60", "60")),
    "cool_to_celsius": ("degC", OURS, ("10", "10", "5", "10")),
    "cool_minutes": ("min", OURS, ("30", "30", "30", "30")),
    "curve_gap_seconds": ("s", OURS, ("120", "120", "120", "120")),
}
JURISDICTIONS = ("FR", "UK", "BR", "US")
TABLES = ("cycle_curves", "cycles", "lab_devices")

BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
COLUMNS = ("key", "value", "unit", "jurisdiction", "source", "verified_by")
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in COLUMNS),
    sa.column("verified_on", sa.Date()),
)


def upgrade() -> None:
    op.create_table(
        "lab_devices",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("profile", WORD, nullable=False),
        sa.Column("qualified_until", sa.Date(), nullable=False),
        sa.Column("calibrated_until", sa.Date(), nullable=False),
        *_common("lab_devices"),
        sa.UniqueConstraint("bank_id", "serial", name=op.f("uq_lab_devices_bank_id_serial")),
    )
    op.create_table(
        "cycles",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("loaded_at", INSTANT, nullable=False),
        sa.Column("began_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        *_common("cycles"),
        _key("cycles", "device_id", "lab_devices"),
        _key("cycles", "operator_id", "people"),
    )
    op.create_index(
        "ix_cycles_device_id_running",
        "cycles",
        ["device_id"],
        unique=True,
        sqlite_where=RUNS,
        postgresql_where=RUNS,
    )
    op.create_table(
        "cycle_curves",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("profile", WORD, nullable=False),
        sa.Column("checks", ROWS, nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        *_common("cycle_curves"),
        _key("cycle_curves", "cycle_id", "cycles"),
        _key("cycle_curves", "imported_by_id", "people"),
        sa.UniqueConstraint("cycle_id", name=op.f("uq_cycle_curves_cycle_id")),
        sa.UniqueConstraint("bank_id", "sha256", name=op.f("uq_cycle_curves_bank_id_sha256")),
    )
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_bank_id"), table, ["bank_id"])
    with op.batch_alter_table("lots") as batch:
        batch.add_column(sa.Column("cycle_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_lots_cycle_id"), "cycles", ["cycle_id"], ["id"])
    op.create_index(op.f("ix_lots_cycle_id"), "lots", ["cycle_id"])
    for key, (unit, source, values) in VALUES.items():
        for jurisdiction, value in zip(JURISDICTIONS, values, strict=True):
            _add_policy(jurisdiction, key, value, unit, source)


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
    known = source == HOLDER
    found = sa.select(
        BANKS.c.id,
        *(sa.literal(text) for text in (key, value, unit)),
        BANKS.c.jurisdiction,
        sa.literal(source),
        sa.literal("Milkround" if known else None, sa.String()),
        sa.literal(READ_ON if known else None, sa.Date()),
    ).where(BANKS.c.jurisdiction == jurisdiction)
    columns = ["bank_id", *COLUMNS, "verified_on"]
    op.execute(sa.insert(POLICIES).from_select(columns, found))


def downgrade() -> None:
    op.execute(sa.delete(POLICIES).where(POLICIES.c.key.in_(list(VALUES))))
    op.drop_index(op.f("ix_lots_cycle_id"), "lots")
    with op.batch_alter_table("lots") as batch:
        batch.drop_constraint(op.f("fk_lots_cycle_id"), type_="foreignkey")
        batch.drop_column("cycle_id")
    for table in TABLES:
        op.drop_table(table)
