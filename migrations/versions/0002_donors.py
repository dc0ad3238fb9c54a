"""donors, from a question to a receipt."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import collector.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "postcode_places",
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postcode_places")),
        sa.UniqueConstraint("postcode", name=op.f("uq_postcode_places_postcode")),
    )
    op.create_table(
        "lactariums",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "internal",
                "internal_and_external",
                "unknown",
                name="lactariumkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "takes_anonymous",
            sa.Enum("yes", "no", "unknown", name="known", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column(
            "postcodes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("radius_km", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_lactariums_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lactariums")),
        sa.UniqueConstraint("bank_id", name=op.f("uq_lactariums_bank_id")),
    )
    op.create_table(
        "questionnaires",
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column(
            "questions",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("made_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_questionnaires_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaires")),
        sa.UniqueConstraint("bank_id", "edition", name=op.f("uq_questionnaires_bank_id_edition")),
    )
    op.create_index(op.f("ix_questionnaires_bank_id"), "questionnaires", ["bank_id"], unique=False)
    op.create_table(
        "call_backs",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "done",
                "missed",
                "withdrawn",
                name="callbackstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("settled_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_call_backs_bank_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_call_backs_donor_id")),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["people.id"], name=op.f("fk_call_backs_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_backs")),
    )
    op.create_index(op.f("ix_call_backs_bank_id"), "call_backs", ["bank_id"], unique=False)
    op.create_index(op.f("ix_call_backs_day"), "call_backs", ["day"], unique=False)
    op.create_index(op.f("ix_call_backs_donor_id"), "call_backs", ["donor_id"], unique=False)
    op.create_table(
        "donor_decisions",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "candidate",
                "prescreened",
                "interviewed",
                "awaiting_serology",
                "eligible",
                "suspended",
                "ended",
                "excluded",
                name="donorstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "because",
            sa.Enum(
                "serology_lapsed",
                "serology_not_clear",
                "illness",
                "medication",
                "exposure",
                "donor_asked",
                "other",
                name="whysuspended",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_donor_decisions_bank_id")),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["donors.id"], name=op.f("fk_donor_decisions_donor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor_decisions")),
    )
    op.create_index(
        op.f("ix_donor_decisions_bank_id"), "donor_decisions", ["bank_id"], unique=False
    )
    op.create_index(
        op.f("ix_donor_decisions_donor_id"), "donor_decisions", ["donor_id"], unique=False
    )
    op.create_table(
        "screenings",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column(
            "answers",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("began_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("saved_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("submitted_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_screenings_bank_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_screenings_donor_id")),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"], ["questionnaires.id"], name=op.f("fk_screenings_questionnaire_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screenings")),
        sa.UniqueConstraint(
            "donor_id", "questionnaire_id", name=op.f("uq_screenings_donor_id_questionnaire_id")
        ),
    )
    op.create_index(op.f("ix_screenings_bank_id"), "screenings", ["bank_id"], unique=False)
    op.create_index(op.f("ix_screenings_donor_id"), "screenings", ["donor_id"], unique=False)
    op.create_table(
        "sealed_identities",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column(
            "identity",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("sealed_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["banks.id"], name=op.f("fk_sealed_identities_bank_id")
        ),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["donors.id"], name=op.f("fk_sealed_identities_donor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_identities")),
        sa.UniqueConstraint("donor_id", name=op.f("uq_sealed_identities_donor_id")),
    )
    op.create_index(
        op.f("ix_sealed_identities_bank_id"), "sealed_identities", ["bank_id"], unique=False
    )
    op.add_column(
        "donors",
        sa.Column(
            "suspended_because",
            sa.Enum(
                "serology_lapsed",
                "serology_not_clear",
                "illness",
                "medication",
                "exposure",
                "donor_asked",
                "other",
                name="whysuspended",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "donors",
        sa.Column("erasure_asked_at", collector.db.UtcInstant(timezone=True), nullable=True),
    )
    op.add_column(
        "donors", sa.Column("erased_at", collector.db.UtcInstant(timezone=True), nullable=True)
    )
    op.add_column("pickup_holds", sa.Column("note", sa.String(), nullable=True))
    # A bank founded before this version gets the rule with its starting value.
    op.execute(
        "INSERT INTO policies (bank_id, key, value, unit, jurisdiction, source) "
        "SELECT id, 'calls_per_half_day', '6', 'calls', jurisdiction, "
        "'Milkround''s own starting value: no source gives one' FROM banks"
    )


def downgrade() -> None:
    op.execute("DELETE FROM policies WHERE key = 'calls_per_half_day'")
    op.drop_column("pickup_holds", "note")
    op.drop_column("donors", "erased_at")
    op.drop_column("donors", "erasure_asked_at")
    op.drop_column("donors", "suspended_because")
    op.drop_index(op.f("ix_sealed_identities_bank_id"), table_name="sealed_identities")
    op.drop_table("sealed_identities")
    op.drop_index(op.f("ix_screenings_donor_id"), table_name="screenings")
    op.drop_index(op.f("ix_screenings_bank_id"), table_name="screenings")
    op.drop_table("screenings")
    op.drop_index(op.f("ix_donor_decisions_donor_id"), table_name="donor_decisions")
    op.drop_index(op.f("ix_donor_decisions_bank_id"), table_name="donor_decisions")
    op.drop_table("donor_decisions")
    op.drop_index(op.f("ix_call_backs_donor_id"), table_name="call_backs")
    op.drop_index(op.f("ix_call_backs_day"), table_name="call_backs")
    op.drop_index(op.f("ix_call_backs_bank_id"), table_name="call_backs")
    op.drop_table("call_backs")
    op.drop_index(op.f("ix_questionnaires_bank_id"), table_name="questionnaires")
    op.drop_table("questionnaires")
    op.drop_table("lactariums")
    op.drop_table("postcode_places")
