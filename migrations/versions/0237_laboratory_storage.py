"""The laboratory's storage: units, places, moves, counts, probes, excursions, alarms."""

import sqlalchemy as sa
from alembic import op

revision = "0237_laboratory_storage"
down_revision = "0236_laboratory_release"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
STANDS = sa.text("ended_at IS NULL")
COUNTS = sa.text("closed_at IS NULL")

OURS = "Milkround's own starting value: no source gives one"
FREEZERS = "Brazil: -18; New York: -20; elsewhere unverified"
BLOCKING = "Brazil, while loading: -12; elsewhere unverified"
VALUES = {
    "unit_warmest_celsius": ("degC", FREEZERS, (-18, -20, -18, -20)),
    "unit_alarm_minutes": ("min", OURS, (30, 30, 30, 30)),
    "unit_silence_minutes": ("min", OURS, (30, 30, 30, 30)),
    "unit_block_celsius": ("degC", BLOCKING, (-12, -12, -12, -12)),
}
JURISDICTIONS = ("FR", "UK", "BR", "US")
TABLES = (
    "storage_alarms",
    "unit_excursions",
    "probe_imports",
    "probe_days",
    "unit_probes",
    "counted_items",
    "storage_counts",
    "storage_stays",
    "storage_moves",
    "storage_places",
    "storage_units",
)

BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("key", "value", "unit", "jurisdiction", "source")),
)


def upgrade() -> None:
    _units()
    _counts()
    _probes()
    _excursions()
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_bank_id"), table, ["bank_id"])
    for key, (unit, source, values) in VALUES.items():
        for jurisdiction, value in zip(JURISDICTIONS, values, strict=True):
            _add_policy(jurisdiction, key, str(value), unit, source)


def _units() -> None:
    op.create_table(
        "storage_units",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("zone", WORD, nullable=False),
        sa.Column("warmest_celsius", sa.Integer(), nullable=True),
        *_common("storage_units"),
        _key("storage_units", "site_id", "sites"),
        sa.UniqueConstraint("bank_id", "name", name=op.f("uq_storage_units_bank_id_name")),
    )
    op.create_table(
        "storage_places",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("shelf", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("capacity_bottles", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity_bottles > 0", name=op.f("ck_storage_places_has_room")),
        *_common("storage_places"),
        _key("storage_places", "unit_id", "storage_units"),
        sa.UniqueConstraint("bank_id", "code", name=op.f("uq_storage_places_bank_id_code")),
        sa.UniqueConstraint(
            "unit_id", "shelf", "name", name=op.f("uq_storage_places_unit_id_shelf_name")
        ),
    )
    op.create_table(
        "storage_moves",
        sa.Column("reason", WORD, nullable=False),
        sa.Column("to_place_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("moved_by_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        *_common("storage_moves"),
        _key("storage_moves", "to_place_id", "storage_places"),
        _key("storage_moves", "moved_by_id", "people"),
    )
    op.create_index("ix_storage_moves_bank_id_at", "storage_moves", ["bank_id", "at"])
    op.create_index("ix_storage_moves_bank_id_reason", "storage_moves", ["bank_id", "reason"])
    op.create_table(
        "storage_stays",
        sa.Column("intake_id", sa.Integer(), nullable=True),
        sa.Column("bottle_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("began_move_id", sa.Integer(), nullable=False),
        sa.Column("ended_move_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(intake_id IS NULL) <> (bottle_id IS NULL)", name=op.f("ck_storage_stays_one_thing")
        ),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_storage_stays_in_order")),
        *_common("storage_stays"),
        _key("storage_stays", "intake_id", "intakes"),
        _key("storage_stays", "bottle_id", "bottles"),
        _key("storage_stays", "place_id", "storage_places"),
        _key("storage_stays", "began_move_id", "storage_moves"),
        _key("storage_stays", "ended_move_id", "storage_moves"),
    )
    op.create_index("ix_storage_stays_bottle_id", "storage_stays", ["bottle_id"])
    op.create_index(
        "ix_storage_stays_bottle_id_standing",
        "storage_stays",
        ["bottle_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_index("ix_storage_stays_ended_move_id", "storage_stays", ["ended_move_id"])
    op.create_index("ix_storage_stays_intake_id", "storage_stays", ["intake_id"])
    op.create_index(
        "ix_storage_stays_intake_id_standing",
        "storage_stays",
        ["intake_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_index("ix_storage_stays_place_id_began_at", "storage_stays", ["place_id", "began_at"])
    op.create_index(
        "ix_storage_stays_place_id_standing",
        "storage_stays",
        ["place_id"],
        unique=False,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def _counts() -> None:
    op.create_table(
        "storage_counts",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("strangers", sa.Integer(), nullable=False),
        *_common("storage_counts"),
        _key("storage_counts", "place_id", "storage_places"),
        _key("storage_counts", "begun_by_id", "people"),
        _key("storage_counts", "closed_by_id", "people"),
    )
    op.create_index("ix_storage_counts_place_id", "storage_counts", ["place_id"])
    op.create_index(
        "ix_storage_counts_place_id_open",
        "storage_counts",
        ["place_id"],
        unique=True,
        sqlite_where=COUNTS,
        postgresql_where=COUNTS,
    )
    op.create_table(
        "counted_items",
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("intake_id", sa.Integer(), nullable=True),
        sa.Column("bottle_id", sa.Integer(), nullable=True),
        sa.Column("scanned_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(intake_id IS NULL) <> (bottle_id IS NULL)", name=op.f("ck_counted_items_one_thing")
        ),
        *_common("counted_items"),
        _key("counted_items", "count_id", "storage_counts"),
        _key("counted_items", "intake_id", "intakes"),
        _key("counted_items", "bottle_id", "bottles"),
        sa.UniqueConstraint(
            "count_id", "bottle_id", name=op.f("uq_counted_items_count_id_bottle_id")
        ),
        sa.UniqueConstraint(
            "count_id", "intake_id", name=op.f("uq_counted_items_count_id_intake_id")
        ),
    )


def _probes() -> None:
    op.create_table(
        "unit_probes",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_digest", sa.String(), nullable=True),
        sa.Column("watched_since", INSTANT, nullable=False),
        sa.Column("last_read_at", INSTANT, nullable=True),
        sa.Column("retired_at", INSTANT, nullable=True),
        *_common("unit_probes"),
        _key("unit_probes", "unit_id", "storage_units"),
        sa.UniqueConstraint("key_digest", name=op.f("uq_unit_probes_key_digest")),
        sa.UniqueConstraint("unit_id", "name", name=op.f("uq_unit_probes_unit_id_name")),
    )
    op.create_table(
        "probe_days",
        sa.Column("probe_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("least", sa.Double(), nullable=False),
        sa.Column("most", sa.Double(), nullable=False),
        sa.Column("series", sa.LargeBinary(), nullable=False),
        *_common("probe_days"),
        _key("probe_days", "probe_id", "unit_probes"),
        sa.UniqueConstraint("probe_id", "day", name=op.f("uq_probe_days_probe_id_day")),
    )
    op.create_table(
        "probe_imports",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        *_common("probe_imports"),
        _key("probe_imports", "unit_id", "storage_units"),
        _key("probe_imports", "imported_by_id", "people"),
        sa.UniqueConstraint("bank_id", "sha256", name=op.f("uq_probe_imports_bank_id_sha256")),
    )
    op.create_index("ix_probe_imports_unit_id", "probe_imports", ["unit_id"])


def _excursions() -> None:
    op.create_table(
        "unit_excursions",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("warmest", sa.Double(), nullable=False),
        sa.Column("limit_celsius", sa.Integer(), nullable=False),
        sa.Column("excursion_id", sa.Integer(), nullable=True),
        *_common("unit_excursions"),
        _key("unit_excursions", "unit_id", "storage_units"),
        _key("unit_excursions", "excursion_id", "excursions"),
        sa.UniqueConstraint("excursion_id", name=op.f("uq_unit_excursions_excursion_id")),
    )
    op.create_index(
        "ix_unit_excursions_unit_id_began_at", "unit_excursions", ["unit_id", "began_at"]
    )
    op.create_table(
        "storage_alarms",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("probe_id", sa.Integer(), nullable=True),
        sa.Column("unit_excursion_id", sa.Integer(), nullable=True),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("over_at", INSTANT, nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        *_common("storage_alarms"),
        _key("storage_alarms", "unit_id", "storage_units"),
        _key("storage_alarms", "probe_id", "unit_probes"),
        _key("storage_alarms", "unit_excursion_id", "unit_excursions"),
        _key("storage_alarms", "acknowledged_by_id", "people"),
        sa.UniqueConstraint(
            "probe_id", "began_at", name=op.f("uq_storage_alarms_probe_id_began_at")
        ),
        sa.UniqueConstraint("unit_excursion_id", name=op.f("uq_storage_alarms_unit_excursion_id")),
    )
    op.create_index(
        "ix_storage_alarms_bank_id_acknowledged_at",
        "storage_alarms",
        ["bank_id", "acknowledged_at"],
    )
    op.create_index("ix_storage_alarms_unit_id", "storage_alarms", ["unit_id"])


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
    for table in TABLES:
        op.drop_table(table)
