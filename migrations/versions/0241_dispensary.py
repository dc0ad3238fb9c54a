"""Prescriptions, orders, allocations, dispensings, fates, returns and destructions."""

import sqlalchemy as sa
from alembic import op

revision = "0241_dispensary"
down_revision = "0240_recipients"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
TABLES = (
    "reaction_holds",
    "bottle_returns",
    "bottle_fates",
    "dispensed_bottles",
    "serving_overrides",
    "dispensings",
    "bottle_destructions",
    "bottle_allocations",
    "reaction_reports",
    "prescriptions",
    "milk_orders",
)

OURS = "Milkround's own starting value: no source gives one"
CLASS_A = "Below 28 weeks or 1,000 g (Breastfeeding Medicine 02/2024); UK: 27; elsewhere unverified"
CLASS_B = "Below 32 weeks or 1,500 g (ADLF, co-naitre.net 2017); elsewhere unverified"
CLASS_C = "Below 34 weeks or 1,800 g when stock allows (ADLF, 2017); elsewhere unverified"
WARD_THAW = "Evelina: 24 h; New York: 48 h; unverified"
PRICE = "Arrêté du 18 mars 2009: 80 EUR per litre, fully reimbursed; elsewhere none is known"
VALUES = {
    "class_a_weeks": ("weeks", CLASS_A, (28, 27, 28, 28)),
    "class_a_grams": ("g", CLASS_A, (1000, 1000, 1000, 1000)),
    "class_b_weeks": ("weeks", CLASS_B, (32, 32, 32, 32)),
    "class_b_grams": ("g", CLASS_B, (1500, 1500, 1500, 1500)),
    "class_c_weeks": ("weeks", CLASS_C, (34, 34, 34, 34)),
    "class_c_grams": ("g", CLASS_C, (1800, 1800, 1800, 1800)),
    "cover_target_days": ("d", OURS, (21, 21, 21, 21)),
    "cover_tense_days": ("d", OURS, (14, 14, 14, 14)),
    "cover_short_days": ("d", OURS, (7, 7, 7, 7)),
    "cover_critical_days": ("d", OURS, (3, 3, 3, 3)),
    "allocation_hours": ("h", OURS, (24, 24, 24, 24)),
    "thawed_hours": ("h", WARD_THAW, (24, 24, 24, 48)),
    "most_ml_per_kg": ("ml", OURS, (220, 220, 220, 220)),
    "open_link_days": ("d", OURS, (30, 30, 30, 30)),
    "seal_identity_days": ("d", OURS, (90, 90, 90, 90)),
    "price_eur_per_litre": ("EUR/l", PRICE, (80, 0, 0, 0)),
}
JURISDICTIONS = ("FR", "UK", "BR", "US")
BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("key", "value", "unit", "jurisdiction", "source")),
)


def upgrade() -> None:
    _milk_orders()
    _prescriptions()
    _reaction_reports()
    _bottle_allocations()
    _bottle_destructions()
    _dispensings()
    _serving_overrides()
    _dispensed_bottles()
    _bottle_fates()
    _bottle_returns()
    _reaction_holds()
    op.add_column("bottles", sa.Column("left_at", INSTANT, nullable=True))
    for key, (unit, source, values) in VALUES.items():
        for jurisdiction, value in zip(JURISDICTIONS, values, strict=True):
            _add_policy(jurisdiction, key, str(value), unit, source)


def _milk_orders() -> None:
    op.create_table(
        "milk_orders",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("needed_on", sa.Date(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("need_class", WORD, nullable=False),
        sa.Column("class_note", sa.String(), nullable=False),
        sa.Column("waits_because", WORD, nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("repeats_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", INSTANT, nullable=True),
        sa.Column("cancelled_because", sa.String(), nullable=False),
        *_common("milk_orders"),
        sa.CheckConstraint("volume_ml > 0", name=op.f("ck_milk_orders_has_volume")),
        _key("milk_orders", "asked_by_id", "people"),
        _key("milk_orders", "cancelled_by_id", "people"),
        _key("milk_orders", "recipient_id", "recipients"),
        _key("milk_orders", "repeats_id", "milk_orders"),
        _key("milk_orders", "ward_id", "wards"),
    )
    op.create_index(op.f("ix_milk_orders_bank_id"), "milk_orders", ["bank_id"])
    op.create_index(
        "ix_milk_orders_bank_id_needed_on", "milk_orders", ["bank_id", "needed_on"], unique=False
    )
    op.create_index(
        "ix_milk_orders_recipient_id_needed_on_standing",
        "milk_orders",
        ["recipient_id", "needed_on"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL AND recipient_id IS NOT NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL AND recipient_id IS NOT NULL"),
    )
    op.create_index(
        "ix_milk_orders_ward_id_needed_on", "milk_orders", ["ward_id", "needed_on"], unique=False
    )
    op.create_index(
        "ix_milk_orders_ward_id_needed_on_of_depot",
        "milk_orders",
        ["ward_id", "needed_on"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL AND recipient_id IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL AND recipient_id IS NULL"),
    )


def _prescriptions() -> None:
    op.create_table(
        "prescriptions",
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("prescriber", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("ml_per_day", sa.Integer(), nullable=True),
        sa.Column("ml_per_kg_day", sa.Integer(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("document_type", sa.String(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        *_common("prescriptions"),
        sa.CheckConstraint(
            "(ml_per_day IS NULL) <> (ml_per_kg_day IS NULL)",
            name=op.f("ck_prescriptions_one_volume"),
        ),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_prescriptions_in_order")),
        _key("prescriptions", "recipient_id", "recipients"),
        _key("prescriptions", "written_by_id", "people"),
    )
    op.create_index(op.f("ix_prescriptions_bank_id"), "prescriptions", ["bank_id"])
    op.create_index(
        op.f("ix_prescriptions_recipient_id"), "prescriptions", ["recipient_id"], unique=False
    )


def _reaction_reports() -> None:
    op.create_table(
        "reaction_reports",
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("fell_ill_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
        *_common("reaction_reports"),
        _key("reaction_reports", "recipient_id", "recipients"),
        _key("reaction_reports", "reported_by_id", "people"),
        _key("reaction_reports", "ward_id", "wards"),
    )
    op.create_index(op.f("ix_reaction_reports_bank_id"), "reaction_reports", ["bank_id"])
    op.create_index(
        "ix_reaction_reports_bank_id_reported_at",
        "reaction_reports",
        ["bank_id", "reported_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reaction_reports_recipient_id"), "reaction_reports", ["recipient_id"], unique=False
    )


def _bottle_allocations() -> None:
    op.create_table(
        "bottle_allocations",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("bottle_id", sa.Integer(), nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("passed_over", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("kept_until", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_because", WORD, nullable=True),
        *_common("bottle_allocations"),
        _key("bottle_allocations", "bottle_id", "bottles"),
        _key("bottle_allocations", "made_by_id", "people"),
        _key("bottle_allocations", "order_id", "milk_orders"),
    )
    op.create_index(op.f("ix_bottle_allocations_bank_id"), "bottle_allocations", ["bank_id"])
    op.create_index(
        op.f("ix_bottle_allocations_bottle_id"), "bottle_allocations", ["bottle_id"], unique=False
    )
    op.create_index(
        "ix_bottle_allocations_bottle_id_kept",
        "bottle_allocations",
        ["bottle_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        op.f("ix_bottle_allocations_order_id"), "bottle_allocations", ["order_id"], unique=False
    )


def _bottle_destructions() -> None:
    op.create_table(
        "bottle_destructions",
        sa.Column("bottle_id", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("destroyed_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("witness_id", sa.Integer(), nullable=True),
        sa.Column("witnessed_at", INSTANT, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        *_common("bottle_destructions"),
        sa.CheckConstraint("volume_ml > 0", name=op.f("ck_bottle_destructions_has_volume")),
        sa.CheckConstraint(
            "witness_id <> destroyed_by_id", name=op.f("ck_bottle_destructions_two_people")
        ),
        _key("bottle_destructions", "bottle_id", "bottles"),
        _key("bottle_destructions", "destroyed_by_id", "people"),
        _key("bottle_destructions", "witness_id", "people"),
    )
    op.create_index(op.f("ix_bottle_destructions_bank_id"), "bottle_destructions", ["bank_id"])
    op.create_index(
        "ix_bottle_destructions_bank_id_asked_at",
        "bottle_destructions",
        ["bank_id", "asked_at"],
        unique=False,
    )
    op.create_index(
        "ix_bottle_destructions_bottle_id_standing",
        "bottle_destructions",
        ["bottle_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _dispensings() -> None:
    op.create_table(
        "dispensings",
        sa.Column("kind", WORD, nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("picked_by_id", sa.Integer(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("label_checked_at", INSTANT, nullable=True),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("celsius", sa.Double(), nullable=True),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("handed_over_at", INSTANT, nullable=True),
        sa.Column("cancelled_at", INSTANT, nullable=True),
        *_common("dispensings"),
        sa.CheckConstraint("checked_by_id <> picked_by_id", name=op.f("ck_dispensings_two_people")),
        sa.CheckConstraint(
            "handed_over_at IS NULL OR checked_by_id IS NOT NULL",
            name=op.f("ck_dispensings_checked_before"),
        ),
        _key("dispensings", "checked_by_id", "people"),
        _key("dispensings", "order_id", "milk_orders"),
        _key("dispensings", "picked_by_id", "people"),
        _key("dispensings", "recipient_id", "recipients"),
        _key("dispensings", "ward_id", "wards"),
    )
    op.create_index(op.f("ix_dispensings_bank_id"), "dispensings", ["bank_id"])
    op.create_index(
        "ix_dispensings_bank_id_handed_over_at",
        "dispensings",
        ["bank_id", "handed_over_at"],
        unique=False,
    )
    op.create_index(op.f("ix_dispensings_order_id"), "dispensings", ["order_id"], unique=False)
    op.create_index(
        "ix_dispensings_order_id_under_way",
        "dispensings",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("handed_over_at IS NULL AND cancelled_at IS NULL"),
        postgresql_where=sa.text("handed_over_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_index(
        op.f("ix_dispensings_recipient_id"), "dispensings", ["recipient_id"], unique=False
    )
    op.create_index(op.f("ix_dispensings_ward_id"), "dispensings", ["ward_id"], unique=False)


def _serving_overrides() -> None:
    op.create_table(
        "serving_overrides",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", INSTANT, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        *_common("serving_overrides"),
        sa.CheckConstraint(
            "agreed_by_id <> asked_by_id", name=op.f("ck_serving_overrides_two_people")
        ),
        _key("serving_overrides", "agreed_by_id", "people"),
        _key("serving_overrides", "asked_by_id", "people"),
        _key("serving_overrides", "order_id", "milk_orders"),
    )
    op.create_index(op.f("ix_serving_overrides_bank_id"), "serving_overrides", ["bank_id"])
    op.create_index(
        op.f("ix_serving_overrides_order_id"), "serving_overrides", ["order_id"], unique=False
    )
    op.create_index(
        "ix_serving_overrides_order_id_proposed",
        "serving_overrides",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("agreed_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("agreed_at IS NULL AND withdrawn_at IS NULL"),
    )


def _dispensed_bottles() -> None:
    op.create_table(
        "dispensed_bottles",
        sa.Column("dispensing_id", sa.Integer(), nullable=False),
        sa.Column("bottle_id", sa.Integer(), nullable=False),
        sa.Column("picked_at", INSTANT, nullable=False),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("arrived_at", INSTANT, nullable=True),
        sa.Column("arrived_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_at", INSTANT, nullable=True),
        *_common("dispensed_bottles"),
        _key("dispensed_bottles", "arrived_by_id", "people"),
        _key("dispensed_bottles", "bottle_id", "bottles"),
        _key("dispensed_bottles", "dispensing_id", "dispensings"),
    )
    op.create_index(op.f("ix_dispensed_bottles_bank_id"), "dispensed_bottles", ["bank_id"])
    op.create_index(
        "ix_dispensed_bottles_bottle_id", "dispensed_bottles", ["bottle_id"], unique=False
    )
    op.create_index(
        "ix_dispensed_bottles_bottle_id_gone",
        "dispensed_bottles",
        ["bottle_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND returned_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND returned_at IS NULL"),
    )
    op.create_index(
        op.f("ix_dispensed_bottles_dispensing_id"),
        "dispensed_bottles",
        ["dispensing_id"],
        unique=False,
    )


def _bottle_fates() -> None:
    op.create_table(
        "bottle_fates",
        sa.Column("dispensed_bottle_id", sa.Integer(), nullable=False),
        sa.Column("fate", WORD, nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("thawed_at", INSTANT, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        *_common("bottle_fates"),
        sa.CheckConstraint(
            "fate <> 'given' OR recipient_id IS NOT NULL", name=op.f("ck_bottle_fates_given_to")
        ),
        sa.CheckConstraint("volume_ml > 0", name=op.f("ck_bottle_fates_has_volume")),
        _key("bottle_fates", "dispensed_bottle_id", "dispensed_bottles"),
        _key("bottle_fates", "recipient_id", "recipients"),
        _key("bottle_fates", "recorded_by_id", "people"),
        sa.UniqueConstraint("bank_id", "client_id", name=op.f("uq_bottle_fates_bank_id_client_id")),
    )
    op.create_index(op.f("ix_bottle_fates_bank_id"), "bottle_fates", ["bank_id"])
    op.create_index("ix_bottle_fates_bank_id_at", "bottle_fates", ["bank_id", "at"], unique=False)
    op.create_index(
        op.f("ix_bottle_fates_dispensed_bottle_id"),
        "bottle_fates",
        ["dispensed_bottle_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_bottle_fates_recipient_id"), "bottle_fates", ["recipient_id"], unique=False
    )


def _bottle_returns() -> None:
    op.create_table(
        "bottle_returns",
        sa.Column("dispensed_bottle_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("never_thawed", sa.Boolean(), nullable=False),
        sa.Column("logged", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("verdict", WORD, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("second_at", INSTANT, nullable=True),
        *_common("bottle_returns"),
        sa.CheckConstraint(
            "verdict <> 'restock' OR (sealed AND never_thawed AND logged)",
            name=op.f("ck_bottle_returns_cold_and_sealed"),
        ),
        sa.CheckConstraint("second_id <> decided_by_id", name=op.f("ck_bottle_returns_two_people")),
        _key("bottle_returns", "decided_by_id", "people"),
        _key("bottle_returns", "dispensed_bottle_id", "dispensed_bottles"),
        _key("bottle_returns", "second_id", "people"),
        _key("bottle_returns", "taken_by_id", "people"),
        sa.UniqueConstraint(
            "dispensed_bottle_id", name=op.f("uq_bottle_returns_dispensed_bottle_id")
        ),
    )
    op.create_index(op.f("ix_bottle_returns_bank_id"), "bottle_returns", ["bank_id"])


def _reaction_holds() -> None:
    op.create_table(
        "reaction_holds",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        *_common("reaction_holds"),
        _key("reaction_holds", "hold_id", "laboratory_holds"),
        _key("reaction_holds", "report_id", "reaction_reports"),
        sa.UniqueConstraint(
            "report_id", "hold_id", name=op.f("uq_reaction_holds_report_id_hold_id")
        ),
    )
    op.create_index(op.f("ix_reaction_holds_bank_id"), "reaction_holds", ["bank_id"])


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
    with op.batch_alter_table("bottles") as bottles:
        bottles.drop_column("left_at")
    for table in TABLES:
        op.drop_table(table)
