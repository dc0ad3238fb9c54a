"""the collector's phone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import collector.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OURS = "Milkround's own starting value: no source gives one"
RULES = {
    "label_check": "off",
    "navigation": "all",
    "proof_collection_label": "optional",
    "proof_collection_seal": "optional",
    "proof_collection_photo": "off",
    "proof_ward_label": "warn",
    "proof_ward_seal": "optional",
    "proof_ward_photo": "off",
    "proof_blood_sample_label": "warn",
    "proof_blood_sample_photo": "off",
    "proof_first_interview_photo": "off",
    "proof_material_drop_photo": "off",
    "proof_pump_return_label": "optional",
    "proof_pump_return_photo": "off",
}


def upgrade() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("read_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("revoked_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_calendar_feeds_bank_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feeds_bank_id"), "calendar_feeds", ["bank_id"], unique=False)
    op.create_index(
        op.f("ix_calendar_feeds_person_id"), "calendar_feeds", ["person_id"], unique=False
    )
    op.create_table(
        "devices",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("first_seen_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("seen_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("revoked_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_devices_bank_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_devices_person_id")),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["people.id"], name=op.f("fk_devices_revoked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["web_sessions.id"], name=op.f("fk_devices_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint(
            "bank_id", "key", "person_id", name=op.f("uq_devices_bank_id_key_person_id")
        ),
    )
    op.create_index(op.f("ix_devices_bank_id"), "devices", ["bank_id"], unique=False)
    op.create_index(op.f("ix_devices_key"), "devices", ["key"], unique=False)
    op.create_index(op.f("ix_devices_person_id"), "devices", ["person_id"], unique=False)
    op.create_table(
        "door_photos",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_door_photos_bank_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_door_photos_person_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_door_photos_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_photos")),
        sa.UniqueConstraint("bank_id", "client_id", name=op.f("uq_door_photos_bank_id_client_id")),
    )
    op.create_index(op.f("ix_door_photos_bank_id"), "door_photos", ["bank_id"], unique=False)
    op.create_index(op.f("ix_door_photos_round_id"), "door_photos", ["round_id"], unique=False)
    op.create_table(
        "box_readings",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "conditioned",
                "on_the_road",
                "handed_over",
                name="boxreadingkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("celsius", sa.Double(), nullable=False),
        sa.Column("device_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("recorded_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("withdrawn_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_box_readings_bank_id")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["round_events.id"], name=op.f("fk_box_readings_event_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_box_readings_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box_readings")),
    )
    op.create_index(op.f("ix_box_readings_bank_id"), "box_readings", ["bank_id"], unique=False)
    op.create_index(op.f("ix_box_readings_event_id"), "box_readings", ["event_id"], unique=False)
    op.create_index(op.f("ix_box_readings_round_id"), "box_readings", ["round_id"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "clock",
                "vehicle",
                "box",
                "road",
                "donor",
                "unwell",
                "rebook",
                "other",
                name="incidentkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("device_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("received_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("withdrawn_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "go_on",
                "skip",
                "come_back",
                "to_freezer",
                "call",
                "done",
                name="incidentdecision",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_incidents_bank_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_incidents_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["round_events.id"], name=op.f("fk_incidents_event_id")
        ),
        sa.ForeignKeyConstraint(["pickup_id"], ["pickups.id"], name=op.f("fk_incidents_pickup_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_incidents_round_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_incidents_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("event_id", name=op.f("uq_incidents_event_id")),
    )
    op.create_index(op.f("ix_incidents_bank_id"), "incidents", ["bank_id"], unique=False)
    op.create_index(op.f("ix_incidents_round_id"), "incidents", ["round_id"], unique=False)
    op.create_table(
        "excursions",
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("reading_id", sa.Integer(), nullable=True),
        sa.Column("celsius", sa.Double(), nullable=False),
        sa.Column("limit_celsius", sa.Integer(), nullable=False),
        sa.Column("detected_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("withdrawn_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("assessment", sa.String(), nullable=False),
        sa.Column("assessed_by_id", sa.Integer(), nullable=True),
        sa.Column("assessed_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "decision",
            sa.Enum("keep", "discard", name="excursiondecision", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessed_by_id"], ["people.id"], name=op.f("fk_excursions_assessed_by_id")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_excursions_bank_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_excursions_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["box_readings.id"], name=op.f("fk_excursions_reading_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["door_records.id"], name=op.f("fk_excursions_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excursions")),
        sa.UniqueConstraint("reading_id", name=op.f("uq_excursions_reading_id")),
        sa.UniqueConstraint("record_id", name=op.f("uq_excursions_record_id")),
    )
    op.create_index(op.f("ix_excursions_bank_id"), "excursions", ["bank_id"], unique=False)
    op.add_column(
        "containers",
        sa.Column(
            "kind",
            sa.Enum("bottle", "tube", name="containerkind", native_enum=False, length=40),
            nullable=False,
            server_default="bottle",
        ),
    )
    op.add_column("containers", sa.Column("box", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "door_records",
        sa.Column(
            "details",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            server_default="{}",
        ),
    )
    op.add_column(
        "round_events", sa.Column("device", sa.String(), nullable=False, server_default="")
    )
    op.add_column(
        "rounds", sa.Column("acknowledged", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("rounds", sa.Column("driven_metres", sa.Integer(), nullable=True))
    give_rules()


def give_rules() -> None:
    """Give every bank that was there before the rules that a new one starts with."""
    policies = sa.table(
        "policies",
        *(
            sa.column(name)
            for name in ("bank_id", "key", "value", "unit", "jurisdiction", "source")
        ),
    )
    banks = op.get_bind().execute(sa.text("SELECT id, jurisdiction FROM banks")).all()
    rows = []
    for bank_id, jurisdiction in banks:
        base = {"bank_id": bank_id, "jurisdiction": jurisdiction}
        rows += [
            base | {"key": key, "value": value, "unit": "", "source": OURS}
            for key, value in RULES.items()
        ]
        brazil = jurisdiction == "BR"
        source = "RDC 171: -1 degC or colder" if brazil else "As the home freezer; unverified"
        box = {"key": "box_warmest_celsius", "value": "-1" if brazil else "-18", "unit": "degC"}
        rows.append(base | box | {"source": source})
    if rows:
        op.bulk_insert(policies, rows)


def downgrade() -> None:
    op.execute(
        "DELETE FROM policies WHERE key LIKE 'proof_%' OR key IN"
        " ('label_check', 'navigation', 'box_warmest_celsius')"
    )
    op.drop_column("rounds", "driven_metres")
    op.drop_column("rounds", "acknowledged")
    op.drop_column("round_events", "device")
    op.drop_column("door_records", "details")
    op.drop_column("containers", "box")
    op.drop_column("containers", "kind")
    for table in (
        "excursions",
        "incidents",
        "box_readings",
        "door_photos",
        "devices",
        "calendar_feeds",
    ):
        op.drop_table(table)
