"""The laboratory's pools: thaw, inputs, lots, bottles, prints of labels, the series of numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0224_laboratory_pooling"
down_revision = "0223_laboratory_reception"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
STANDING = sa.text("withdrawn_at IS NULL")

OURS = "Milkround's own starting value: no source gives one"
SINGLE_DONORS = "Most banks pool one donor's milk; HMBANA 3 to 5; unverified"
THAW = "New York: within 48 h of thawing; elsewhere unverified"
SHELF_LIFE = "Brazil and New York: 6 months; elsewhere unverified"
VALUES = {
    "pool_most_donors": ("donors", SINGLE_DONORS, (1, 1, 1, 5)),
    "pool_most_ml": ("ml", OURS, (9000, 9000, 9000, 9000)),
    "balance_tolerance_permille": ("permille", OURS, (20, 20, 20, 20)),
    "thaw_to_heat_hours": ("h", THAW, (24, 24, 24, 48)),
    "shelf_life_days": ("d", SHELF_LIFE, (180, 180, 180, 180)),
}
JURISDICTIONS = ("FR", "UK", "BR", "US")
TABLES = ("label_prints", "bottles", "lots", "pool_inputs", "pools", "number_series")

BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("key", "value", "unit", "jurisdiction", "source")),
)


def upgrade() -> None:
    op.add_column("intakes", sa.Column("thaw_began_at", INSTANT, nullable=True))
    op.create_table(
        "number_series",
        sa.Column("facility", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        *_common("number_series"),
        sa.UniqueConstraint("bank_id", name=op.f("uq_number_series_bank_id")),
    )
    _pools()
    _lots()
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_bank_id"), table, ["bank_id"])
    for key, (unit, source, values) in VALUES.items():
        for jurisdiction, value in zip(JURISDICTIONS, values, strict=True):
            _add_policy(jurisdiction, key, str(value), unit, source)


def _pools() -> None:
    op.create_table(
        "pools",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("line", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("sampled_ml", sa.Integer(), nullable=False),
        sa.Column("discarded_ml", sa.Integer(), nullable=False),
        sa.Column("loss_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "sampled_ml >= 0 AND discarded_ml >= 0", name=op.f("ck_pools_poured_out")
        ),
        *_common("pools"),
        _key("pools", "made_by_id", "people"),
        _key("pools", "closed_by_id", "people"),
        sa.UniqueConstraint("bank_id", "number", name=op.f("uq_pools_bank_id_number")),
    )
    op.create_index("ix_pools_bank_id_state", "pools", ["bank_id", "state"])
    op.create_table(
        "pool_inputs",
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("intake_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        *_common("pool_inputs"),
        _key("pool_inputs", "pool_id", "pools"),
        _key("pool_inputs", "intake_id", "intakes"),
        _key("pool_inputs", "added_by_id", "people"),
    )
    op.create_index("ix_pool_inputs_pool_id_intake_id", "pool_inputs", ["pool_id", "intake_id"])
    op.create_index(
        "ix_pool_inputs_intake_id_standing",
        "pool_inputs",
        ["intake_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def _lots() -> None:
    op.create_table(
        "lots",
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        *_common("lots"),
        _key("lots", "pool_id", "pools"),
    )
    op.create_index(op.f("ix_lots_pool_id"), "lots", ["pool_id"])
    op.create_table(
        "bottles",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("filled_at", INSTANT, nullable=False),
        sa.Column("scanned_back_at", INSTANT, nullable=True),
        sa.CheckConstraint("volume_ml > 0", name=op.f("ck_bottles_has_volume")),
        *_common("bottles"),
        _key("bottles", "lot_id", "lots"),
        sa.UniqueConstraint("bank_id", "number", name=op.f("uq_bottles_bank_id_number")),
    )
    op.create_index(op.f("ix_bottles_lot_id"), "bottles", ["lot_id"])
    op.create_table(
        "label_prints",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("first_label", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("reprint", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("printed_by_id", sa.Integer(), nullable=False),
        sa.Column("printed_at", INSTANT, nullable=False),
        *_common("label_prints"),
        _key("label_prints", "lot_id", "lots"),
        _key("label_prints", "printed_by_id", "people"),
    )
    op.create_index(op.f("ix_label_prints_lot_id"), "label_prints", ["lot_id"])


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
    with op.batch_alter_table("intakes") as batch:
        batch.drop_column("thaw_began_at")
