"""the day followed: disruptions and their proposals, the weeks to come, the days of a zone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import collector.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OURS = "A small diesel van. Milkround's own starting value: no source gives one"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "horizons",
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("minimum_ml", sa.Integer(), nullable=False),
        sa.Column("radius_km", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("posed_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("problem", JSON, nullable=False),
        sa.Column("start", JSON, nullable=False),
        sa.Column("plan", JSON, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_horizons_bank_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_horizons_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_horizons")),
        sa.UniqueConstraint("job_id", name=op.f("uq_horizons_job_id")),
    )
    op.create_index(op.f("ix_horizons_bank_id"), "horizons", ["bank_id"], unique=False)
    op.create_table(
        "disruptions",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("day_plan_version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "collector_ill",
                "vehicle",
                "road",
                "freezer",
                "urgent",
                name="disruptionkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("pickup_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("told_at", collector.db.UtcInstant(timezone=True), nullable=False),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.Column("problem", JSON, nullable=False),
        sa.Column("ahead", JSON, nullable=False),
        sa.Column("ended_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_disruptions_bank_id")),
        sa.ForeignKeyConstraint(
            ["day_plan_id"], ["day_plans.id"], name=op.f("fk_disruptions_day_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["pickup_id"], ["pickups.id"], name=op.f("fk_disruptions_pickup_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_disruptions_round_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_disruptions_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disruptions")),
    )
    op.create_index(op.f("ix_disruptions_bank_id"), "disruptions", ["bank_id"], unique=False)
    op.create_index(op.f("ix_disruptions_day"), "disruptions", ["day"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("disruption_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "go_on",
                "insert",
                "rebalance",
                "other_day",
                "other_freezer",
                name="proposalway",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("problem", JSON, nullable=False),
        sa.Column("start", JSON, nullable=False),
        sa.Column("plan", JSON, nullable=True),
        sa.Column("accepted_at", collector.db.UtcInstant(timezone=True), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_proposals_bank_id")),
        sa.ForeignKeyConstraint(
            ["disruption_id"], ["disruptions.id"], name=op.f("fk_proposals_disruption_id")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_proposals_job_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_proposals_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("job_id", name=op.f("uq_proposals_job_id")),
    )
    op.create_index(op.f("ix_proposals_bank_id"), "proposals", ["bank_id"], unique=False)
    op.create_index(
        op.f("ix_proposals_disruption_id"), "proposals", ["disruption_id"], unique=False
    )
    op.add_column("zones", sa.Column("weekdays", JSON, nullable=False, server_default="[]"))
    give_rule()


def give_rule() -> None:
    """Give every bank that was there before the rule that a new one starts with."""
    policies = sa.table(
        "policies",
        *(
            sa.column(name)
            for name in ("bank_id", "key", "value", "unit", "jurisdiction", "source")
        ),
    )
    banks = op.get_bind().execute(sa.text("SELECT id, jurisdiction FROM banks")).all()
    rule = {"key": "co2_grams_per_km", "value": "200", "unit": "g/km", "source": OURS}
    if banks:
        rows = [rule | {"bank_id": key, "jurisdiction": where} for key, where in banks]
        op.bulk_insert(policies, rows)


def downgrade() -> None:
    op.execute("DELETE FROM policies WHERE key = 'co2_grams_per_km'")
    op.drop_column("zones", "weekdays")
    op.drop_index(op.f("ix_proposals_disruption_id"), table_name="proposals")
    op.drop_index(op.f("ix_proposals_bank_id"), table_name="proposals")
    op.drop_table("proposals")
    op.drop_index(op.f("ix_disruptions_day"), table_name="disruptions")
    op.drop_index(op.f("ix_disruptions_bank_id"), table_name="disruptions")
    op.drop_table("disruptions")
    op.drop_index(op.f("ix_horizons_bank_id"), table_name="horizons")
    op.drop_table("horizons")
