"""asking for a visit: messages, slots, promises, receipts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import collector.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_choices",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "sms", "push", name="channel", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_channel_choices_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_choices")),
        sa.UniqueConstraint(
            "bank_id", "recipient", name=op.f("uq_channel_choices_bank_id_recipient")
        ),
    )
    op.create_index(
        op.f("ix_channel_choices_bank_id"), "channel_choices", ["bank_id"], unique=False
    )
    op.create_table(
        "push_subscriptions",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("made_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["banks.id"], name=op.f("fk_push_subscriptions_bank_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
    )
    op.create_index(
        op.f("ix_push_subscriptions_bank_id"), "push_subscriptions", ["bank_id"], unique=False
    )
    op.create_index(
        op.f("ix_push_subscriptions_recipient"), "push_subscriptions", ["recipient"], unique=False
    )
    op.create_table(
        "slot_books",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_slot_books_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_books")),
        sa.UniqueConstraint("bank_id", "day", name=op.f("uq_slot_books_bank_id_day")),
    )
    op.create_index(op.f("ix_slot_books_bank_id"), "slot_books", ["bank_id"], unique=False)
    op.create_table(
        "enquiries",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("bottles", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("oldest_on", sa.Date(), nullable=True),
        sa.Column("freezer_quarters", sa.Integer(), nullable=True),
        sa.Column("empties_wanted", sa.Integer(), nullable=False),
        sa.Column(
            "kit_wanted",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "health",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("written_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column(
            "purposes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("held_until", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_enquiries_bank_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_enquiries_donor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiries")),
        sa.UniqueConstraint("donor_id", name=op.f("uq_enquiries_donor_id")),
    )
    op.create_index(op.f("ix_enquiries_bank_id"), "enquiries", ["bank_id"], unique=False)
    op.create_table(
        "givings",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("paused_from", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("tapering", sa.Boolean(), nullable=False),
        sa.Column("last_gift", sa.Boolean(), nullable=False),
        sa.Column("bereaved_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("called_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("called_by_id", sa.Integer(), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_givings_bank_id")),
        sa.ForeignKeyConstraint(
            ["called_by_id"], ["people.id"], name=op.f("fk_givings_called_by_id")
        ),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_givings_donor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_givings")),
        sa.UniqueConstraint("donor_id", name=op.f("uq_givings_donor_id")),
    )
    op.create_index(op.f("ix_givings_bank_id"), "givings", ["bank_id"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("bottles", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("settled_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_corrections_bank_id")),
        sa.ForeignKeyConstraint(
            ["pickup_id"], ["pickups.id"], name=op.f("fk_corrections_pickup_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["people.id"], name=op.f("fk_corrections_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_bank_id"), "corrections", ["bank_id"], unique=False)
    op.create_index(op.f("ix_corrections_pickup_id"), "corrections", ["pickup_id"], unique=False)
    op.create_table(
        "proof_codes",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("made_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_proof_codes_bank_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["web_sessions.id"], name=op.f("fk_proof_codes_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_codes")),
    )
    op.create_index(op.f("ix_proof_codes_bank_id"), "proof_codes", ["bank_id"], unique=False)
    op.create_index(op.f("ix_proof_codes_session_id"), "proof_codes", ["session_id"], unique=False)
    op.create_table(
        "visit_links",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("made_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_visit_links_bank_id")),
        sa.ForeignKeyConstraint(
            ["pickup_id"], ["pickups.id"], name=op.f("fk_visit_links_pickup_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_visit_links_token_hash")),
    )
    op.create_index(op.f("ix_visit_links_bank_id"), "visit_links", ["bank_id"], unique=False)
    op.create_index(op.f("ix_visit_links_pickup_id"), "visit_links", ["pickup_id"], unique=False)
    op.add_column(
        "notices",
        sa.Column(
            "channel",
            sa.Enum("email", "sms", "push", name="channel", native_enum=False, length=40),
            nullable=False,
            server_default="email",
        ),
    )
    op.add_column("notices", sa.Column("trouble", sa.String(), nullable=True))
    op.add_column("pickups", sa.Column("freezer_quarters", sa.Integer(), nullable=True))
    op.add_column(
        "pickups",
        sa.Column(
            "kit_wanted",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            server_default="[]",
        ),
    )
    op.add_column(
        "pickups", sa.Column("do_not_ring", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "pickups", sa.Column("neighbour", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "pickups", sa.Column("promised_at", collector.db.UtcInstant(timezone=True), nullable=True)
    )
    op.add_column(
        "pickups",
        sa.Column(
            "answer",
            sa.Enum(
                "fine", "not_home", "fewer", "last", name="daybefore", native_enum=False, length=40
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "pickups", sa.Column("answered_at", collector.db.UtcInstant(timezone=True), nullable=True)
    )
    op.add_column(
        "sign_in_links", sa.Column("sent_by", sa.String(), nullable=False, server_default="email")
    )
    op.add_column(
        "web_sessions", sa.Column("sent_by", sa.String(), nullable=False, server_default="email")
    )
    op.add_column(
        "web_sessions",
        sa.Column("proved_at", collector.db.UtcInstant(timezone=True), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("web_sessions", "proved_at")
    op.drop_column("web_sessions", "sent_by")
    op.drop_column("sign_in_links", "sent_by")
    op.drop_column("pickups", "answered_at")
    op.drop_column("pickups", "answer")
    op.drop_column("pickups", "promised_at")
    op.drop_column("pickups", "neighbour")
    op.drop_column("pickups", "do_not_ring")
    op.drop_column("pickups", "kit_wanted")
    op.drop_column("pickups", "freezer_quarters")
    op.drop_column("notices", "trouble")
    op.drop_column("notices", "channel")
    op.drop_index(op.f("ix_visit_links_pickup_id"), table_name="visit_links")
    op.drop_index(op.f("ix_visit_links_bank_id"), table_name="visit_links")
    op.drop_table("visit_links")
    op.drop_index(op.f("ix_proof_codes_session_id"), table_name="proof_codes")
    op.drop_index(op.f("ix_proof_codes_bank_id"), table_name="proof_codes")
    op.drop_table("proof_codes")
    op.drop_index(op.f("ix_corrections_pickup_id"), table_name="corrections")
    op.drop_index(op.f("ix_corrections_bank_id"), table_name="corrections")
    op.drop_table("corrections")
    op.drop_index(op.f("ix_givings_bank_id"), table_name="givings")
    op.drop_table("givings")
    op.drop_index(op.f("ix_enquiries_bank_id"), table_name="enquiries")
    op.drop_table("enquiries")
    op.drop_index(op.f("ix_slot_books_bank_id"), table_name="slot_books")
    op.drop_table("slot_books")
    op.drop_index(op.f("ix_push_subscriptions_recipient"), table_name="push_subscriptions")
    op.drop_index(op.f("ix_push_subscriptions_bank_id"), table_name="push_subscriptions")
    op.drop_table("push_subscriptions")
    op.drop_index(op.f("ix_channel_choices_bank_id"), table_name="channel_choices")
    op.drop_table("channel_choices")
