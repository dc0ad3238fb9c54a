"""Recalls: their subjects, holds, frozen scopes and events; the days between two drills."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0244_recall"
down_revision = "0243_laboratory_destructions"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
FIGURES = sa.JSON().with_variant(JSONB(), "postgresql")
TABLES = ("recall_events", "recall_notices", "recall_items", "recall_holds", "recalls")

KEY, DAYS = "mock_recall_days", "90"
OURS = "Milkround's own starting value: no source gives one"
BANKS = sa.table("banks", sa.column("id", sa.Integer()), sa.column("jurisdiction", sa.String()))
COLUMNS = ("key", "value", "unit", "jurisdiction", "source")
POLICIES = sa.table(
    "policies",
    sa.column("bank_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in COLUMNS),
)


def upgrade() -> None:
    _recalls()
    _scopes()
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_bank_id"), table, ["bank_id"])
    op.create_index(op.f("ix_recall_holds_recall_id"), "recall_holds", ["recall_id"])
    op.create_index(op.f("ix_recall_items_bottle_id"), "recall_items", ["bottle_id"])
    op.create_index(op.f("ix_recall_items_recipient_id"), "recall_items", ["recipient_id"])
    op.create_index("ix_recall_items_recall_id_ward_id", "recall_items", ["recall_id", "ward_id"])
    op.create_index(op.f("ix_recall_notices_ward_id"), "recall_notices", ["ward_id"])
    op.create_index(
        "ix_recall_items_recall_id_whereabouts_fate",
        "recall_items",
        ["recall_id", "whereabouts", "fate"],
    )
    op.create_index("ix_recall_events_recall_id_act", "recall_events", ["recall_id", "act"])
    found = sa.select(
        BANKS.c.id,
        *(sa.literal(text) for text in (KEY, DAYS, "d")),
        BANKS.c.jurisdiction,
        sa.literal(OURS),
    )
    op.execute(sa.insert(POLICIES).from_select(["bank_id", *COLUMNS], found))


def _recalls() -> None:
    op.create_table(
        "recalls",
        sa.Column("subject", WORD, nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("mock", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("scope_hash", sa.String(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("confirm_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("close_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closing_note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_common("recalls"),
        *(
            _key("recalls", f"{act}_by_id", "people")
            for act in ("opened", "confirm_asked", "confirmed", "close_asked", "closed")
        ),
        sa.CheckConstraint("until >= since", name=op.f("ck_recalls_in_order")),
        sa.CheckConstraint(
            "confirmed_by_id <> confirm_asked_by_id", name=op.f("ck_recalls_confirmed_by_two")
        ),
        sa.CheckConstraint(
            "closed_by_id <> close_asked_by_id", name=op.f("ck_recalls_closed_by_two")
        ),
    )


def _scopes() -> None:
    op.create_table(
        "recall_holds",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        *_common("recall_holds"),
        _key("recall_holds", "recall_id", "recalls"),
        _key("recall_holds", "hold_id", "laboratory_holds"),
        sa.UniqueConstraint("hold_id", name=op.f("uq_recall_holds_hold_id")),
    )
    op.create_table(
        "recall_items",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("form", WORD, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=True),
        sa.Column("container_id", sa.Integer(), nullable=True),
        sa.Column("pool_id", sa.Integer(), nullable=True),
        sa.Column("bottle_id", sa.Integer(), nullable=True),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("volume_ml", sa.Integer(), nullable=True),
        sa.Column("declared", sa.Boolean(), nullable=False),
        sa.Column("whereabouts", WORD, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("fate", WORD, nullable=True),
        sa.Column("fate_at", INSTANT, nullable=True),
        sa.Column("fate_by_id", sa.Integer(), nullable=True),
        *_common("recall_items"),
        _key("recall_items", "recall_id", "recalls"),
        _key("recall_items", "pickup_id", "pickups"),
        _key("recall_items", "container_id", "containers"),
        _key("recall_items", "pool_id", "pools"),
        _key("recall_items", "bottle_id", "bottles"),
        _key("recall_items", "ward_id", "wards"),
        _key("recall_items", "recipient_id", "recipients"),
        _key("recall_items", "fate_by_id", "people"),
        sa.UniqueConstraint(
            "recall_id",
            "form",
            "number",
            "part",
            name=op.f("uq_recall_items_recall_id_form_number_part"),
        ),
        sa.CheckConstraint("volume_ml > 0", name=op.f("ck_recall_items_has_volume")),
    )
    op.create_table(
        "recall_notices",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        *_common("recall_notices"),
        _key("recall_notices", "recall_id", "recalls"),
        _key("recall_notices", "ward_id", "wards"),
        _key("recall_notices", "acknowledged_by_id", "people"),
        sa.UniqueConstraint(
            "recall_id", "ward_id", name=op.f("uq_recall_notices_recall_id_ward_id")
        ),
    )
    op.create_table(
        "recall_events",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("act", WORD, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("figures", FIGURES, nullable=False),
        *_common("recall_events"),
        _key("recall_events", "recall_id", "recalls"),
        _key("recall_events", "person_id", "people"),
    )


def _common(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _key(table, "bank_id", "banks"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    op.execute(sa.delete(POLICIES).where(POLICIES.c.key == KEY))
    for table in TABLES:
        op.drop_table(table)
