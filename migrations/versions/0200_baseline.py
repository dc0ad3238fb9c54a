"""The whole schema at the start of 0.2.0.

The eight migrations of 0.1 made the same one. A database at the last of them only gets the mark of
this revision (`collector.migrations`).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0200"
down_revision = None
branch_labels = None
depends_on = None

of_release = "0.1"
"""The release before this one."""
replaces = "0008"
"""The last revision of the release before; its schema is the same."""
came_before = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""The revisions that led to `replaces`."""

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WORD = sa.String(40)
"""A member of an enumeration."""

# Thirteen columns have a `server_default`, because 0.1 added them to tables with rows. The classes
# of the rows set these values themselves. Dropping the defaults would copy ten tables of SQLite in
# every upgrade, so they stay.


def upgrade() -> None:
    op.create_table(
        "banks",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("jurisdiction", WORD, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_banks")),
        sa.UniqueConstraint("slug", name=op.f("uq_banks_slug")),
    )
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
        "sign_in_attempts",
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(op.f("ix_sign_in_attempts_address_hash"), "sign_in_attempts", ["address_hash"])
    op.create_table(
        "addresses",
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("access_notes", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_addresses_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    op.create_index(op.f("ix_addresses_bank_id"), "addresses", ["bank_id"])
    op.create_table(
        "audit_entries",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("previous_digest", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_audit_entries_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("bank_id", "sequence", name=op.f("uq_audit_entries_bank_id_sequence")),
    )
    op.create_index(op.f("ix_audit_entries_bank_id"), "audit_entries", ["bank_id"])
    op.create_table(
        "audit_heads",
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_audit_heads_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_heads")),
        sa.UniqueConstraint("bank_id", name=op.f("uq_audit_heads_bank_id")),
    )
    op.create_table(
        "channel_choices",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_channel_choices_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_choices")),
        sa.UniqueConstraint(
            "bank_id", "recipient", name=op.f("uq_channel_choices_bank_id_recipient")
        ),
    )
    op.create_index(op.f("ix_channel_choices_bank_id"), "channel_choices", ["bank_id"])
    op.create_table(
        "day_plans",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_day_plans_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_plans")),
        sa.UniqueConstraint("bank_id", "day", name=op.f("uq_day_plans_bank_id_day")),
    )
    op.create_index(op.f("ix_day_plans_bank_id"), "day_plans", ["bank_id"])
    op.create_table(
        "jobs",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("most_attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("deadline_seconds", sa.Integer(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("progress", JSON, nullable=False),
        sa.Column("result", JSON, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_jobs_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_bank_id"), "jobs", ["bank_id"])
    op.create_index(op.f("ix_jobs_state"), "jobs", ["state"])
    op.create_table(
        "lactariums",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("takes_anonymous", WORD, nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("postcodes", JSON, nullable=False),
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
        "notices",
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", WORD, server_default="email", nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("owed_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_notices_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("bank_id", "once", name=op.f("uq_notices_bank_id_once")),
    )
    op.create_index(op.f("ix_notices_bank_id"), "notices", ["bank_id"])
    op.create_index(op.f("ix_notices_state"), "notices", ["state"])
    op.create_table(
        "people",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_people_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_index(op.f("ix_people_bank_id"), "people", ["bank_id"])
    op.create_table(
        "policies",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("jurisdiction", WORD, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified_by", sa.String(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_policies_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("bank_id", "key", name=op.f("uq_policies_bank_id_key")),
    )
    op.create_index(op.f("ix_policies_bank_id"), "policies", ["bank_id"])
    op.create_table(
        "push_subscriptions",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["banks.id"], name=op.f("fk_push_subscriptions_bank_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
    )
    op.create_index(op.f("ix_push_subscriptions_bank_id"), "push_subscriptions", ["bank_id"])
    op.create_index(op.f("ix_push_subscriptions_recipient"), "push_subscriptions", ["recipient"])
    op.create_table(
        "questionnaires",
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("questions", JSON, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_questionnaires_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaires")),
        sa.UniqueConstraint("bank_id", "edition", name=op.f("uq_questionnaires_bank_id_edition")),
    )
    op.create_index(op.f("ix_questionnaires_bank_id"), "questionnaires", ["bank_id"])
    op.create_table(
        "sites",
        sa.Column("kind", WORD, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("receives", sa.Boolean(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_sites_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_index(op.f("ix_sites_bank_id"), "sites", ["bank_id"])
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
    op.create_index(op.f("ix_slot_books_bank_id"), "slot_books", ["bank_id"])
    op.create_table(
        "zones",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("postcodes", JSON, nullable=False),
        sa.Column("weekdays", JSON, server_default="[]", nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_zones_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zones")),
    )
    op.create_index(op.f("ix_zones_bank_id"), "zones", ["bank_id"])
    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_calendar_feeds_bank_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feeds_bank_id"), "calendar_feeds", ["bank_id"])
    op.create_index(op.f("ix_calendar_feeds_person_id"), "calendar_feeds", ["person_id"])
    op.create_table(
        "day_edits",
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("takes_back_id", sa.Integer(), nullable=True),
        sa.Column("twin_id", sa.Integer(), nullable=True),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_day_edits_bank_id")),
        sa.ForeignKeyConstraint(
            ["day_plan_id"], ["day_plans.id"], name=op.f("fk_day_edits_day_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["takes_back_id"], ["day_edits.id"], name=op.f("fk_day_edits_takes_back_id")
        ),
        sa.ForeignKeyConstraint(["twin_id"], ["day_edits.id"], name=op.f("fk_day_edits_twin_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_edits")),
    )
    op.create_index(op.f("ix_day_edits_bank_id"), "day_edits", ["bank_id"])
    op.create_index(op.f("ix_day_edits_day_plan_id"), "day_edits", ["day_plan_id"])
    op.create_index(op.f("ix_day_edits_takes_back_id"), "day_edits", ["takes_back_id"])
    op.create_index(op.f("ix_day_edits_twin_id"), "day_edits", ["twin_id"])
    op.create_table(
        "donors",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column("suspended_because", WORD, nullable=True),
        sa.Column("baby_born_on", sa.Date(), nullable=True),
        sa.Column("interview_signed_by_id", sa.Integer(), nullable=True),
        sa.Column("interview_signed_on", sa.Date(), nullable=True),
        sa.Column("consent_version", sa.String(), nullable=True),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("erasure_asked_at", INSTANT, nullable=True),
        sa.Column("erased_at", INSTANT, nullable=True),
        sa.Column("joined_into_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_donors_address_id")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_donors_bank_id")),
        sa.ForeignKeyConstraint(
            ["interview_signed_by_id"], ["people.id"], name=op.f("fk_donors_interview_signed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["joined_into_id"], ["donors.id"], name=op.f("fk_donors_joined_into_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donors")),
        sa.UniqueConstraint("bank_id", "number", name=op.f("uq_donors_bank_id_number")),
    )
    op.create_index(op.f("ix_donors_bank_id"), "donors", ["bank_id"])
    op.create_index(op.f("ix_donors_email"), "donors", ["email"])
    op.create_table(
        "horizons",
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("minimum_ml", sa.Integer(), nullable=False),
        sa.Column("radius_km", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("posed_at", INSTANT, nullable=False),
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
    op.create_index(op.f("ix_horizons_bank_id"), "horizons", ["bank_id"])
    op.create_table(
        "planning_runs",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("day_plan_version", sa.Integer(), nullable=False),
        sa.Column("problem", JSON, nullable=False),
        sa.Column("start", JSON, nullable=False),
        sa.Column("plan", JSON, nullable=True),
        sa.Column("posed_at", INSTANT, nullable=False),
        sa.Column("kept_at", INSTANT, nullable=True),
        sa.Column("asked", JSON, server_default="{}", nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_planning_runs_bank_id")),
        sa.ForeignKeyConstraint(
            ["day_plan_id"], ["day_plans.id"], name=op.f("fk_planning_runs_day_plan_id")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_planning_runs_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_runs")),
        sa.UniqueConstraint("job_id", name=op.f("uq_planning_runs_job_id")),
    )
    op.create_index(op.f("ix_planning_runs_bank_id"), "planning_runs", ["bank_id"])
    op.create_index(op.f("ix_planning_runs_day_plan_id"), "planning_runs", ["day_plan_id"])
    op.create_table(
        "positions",
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("source", WORD, nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_positions_address_id")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_positions_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
        sa.UniqueConstraint("address_id", name=op.f("uq_positions_address_id")),
    )
    op.create_index(op.f("ix_positions_bank_id"), "positions", ["bank_id"])
    op.create_table(
        "publications",
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_publications_bank_id")),
        sa.ForeignKeyConstraint(
            ["day_plan_id"], ["day_plans.id"], name=op.f("fk_publications_day_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["people.id"], name=op.f("fk_publications_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint(
            "day_plan_id", "revision", name=op.f("uq_publications_day_plan_id_revision")
        ),
    )
    op.create_index(op.f("ix_publications_bank_id"), "publications", ["bank_id"])
    op.create_index(op.f("ix_publications_day_plan_id"), "publications", ["day_plan_id"])
    op.create_table(
        "role_grants",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_role_grants_bank_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
        sa.UniqueConstraint("person_id", "role", name=op.f("uq_role_grants_person_id_role")),
    )
    op.create_index(op.f("ix_role_grants_bank_id"), "role_grants", ["bank_id"])
    op.create_table(
        "shifts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("collector_id", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("start_site_id", sa.Integer(), nullable=False),
        sa.Column("end_site_id", sa.Integer(), nullable=False),
        sa.Column("vehicle", sa.String(), nullable=False),
        sa.Column("capacity_bottles", sa.Integer(), nullable=False),
        sa.Column("capacity_ml", sa.Integer(), nullable=False),
        sa.Column("capacity_tubes", sa.Integer(), nullable=False),
        sa.Column("skills", JSON, nullable=False),
        sa.Column("fixed_cents", sa.Integer(), nullable=False),
        sa.Column("cents_per_km", sa.Integer(), nullable=False),
        sa.Column("cents_per_hour", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_shifts_bank_id")),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["people.id"], name=op.f("fk_shifts_collector_id")
        ),
        sa.ForeignKeyConstraint(["end_site_id"], ["sites.id"], name=op.f("fk_shifts_end_site_id")),
        sa.ForeignKeyConstraint(
            ["start_site_id"], ["sites.id"], name=op.f("fk_shifts_start_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sa.UniqueConstraint(
            "collector_id", "day", "begins", name=op.f("uq_shifts_collector_id_day_begins")
        ),
    )
    op.create_index(op.f("ix_shifts_bank_id"), "shifts", ["bank_id"])
    op.create_index(op.f("ix_shifts_day"), "shifts", ["day"])
    op.create_table(
        "call_backs",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
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
    op.create_index(op.f("ix_call_backs_bank_id"), "call_backs", ["bank_id"])
    op.create_index(op.f("ix_call_backs_day"), "call_backs", ["day"])
    op.create_index(op.f("ix_call_backs_donor_id"), "call_backs", ["donor_id"])
    op.create_table(
        "donor_decisions",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("because", WORD, nullable=True),
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
    op.create_index(op.f("ix_donor_decisions_bank_id"), "donor_decisions", ["bank_id"])
    op.create_index(op.f("ix_donor_decisions_donor_id"), "donor_decisions", ["donor_id"])
    op.create_table(
        "enquiries",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("bottles", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("oldest_on", sa.Date(), nullable=True),
        sa.Column("freezer_quarters", sa.Integer(), nullable=True),
        sa.Column("empties_wanted", sa.Integer(), nullable=False),
        sa.Column("kit_wanted", JSON, nullable=False),
        sa.Column("health", JSON, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("purposes", JSON, nullable=False),
        sa.Column("held_until", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_enquiries_bank_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_enquiries_donor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiries")),
        sa.UniqueConstraint("donor_id", name=op.f("uq_enquiries_donor_id")),
    )
    op.create_index(op.f("ix_enquiries_bank_id"), "enquiries", ["bank_id"])
    op.create_table(
        "givings",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("paused_from", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("tapering", sa.Boolean(), nullable=False),
        sa.Column("last_gift", sa.Boolean(), nullable=False),
        sa.Column("bereaved_at", INSTANT, nullable=True),
        sa.Column("called_at", INSTANT, nullable=True),
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
    op.create_index(op.f("ix_givings_bank_id"), "givings", ["bank_id"])
    op.create_table(
        "pickups",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("purposes", JSON, nullable=False),
        sa.Column("bottles", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("oldest_on", sa.Date(), nullable=True),
        sa.Column("freezer_nearly_full", sa.Boolean(), nullable=False),
        sa.Column("freezer_quarters", sa.Integer(), nullable=True),
        sa.Column("empties_wanted", sa.Integer(), nullable=False),
        sa.Column("kit_wanted", JSON, server_default="[]", nullable=False),
        sa.Column("call_first", sa.Boolean(), nullable=False),
        sa.Column("do_not_ring", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("neighbour", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("once", sa.String(), nullable=True),
        sa.Column("promised_at", INSTANT, nullable=True),
        sa.Column("answer", WORD, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_pickups_bank_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_pickups_donor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickups")),
        sa.UniqueConstraint("bank_id", "once", name=op.f("uq_pickups_bank_id_once")),
    )
    op.create_index(op.f("ix_pickups_bank_id"), "pickups", ["bank_id"])
    op.create_index(op.f("ix_pickups_donor_id"), "pickups", ["donor_id"])
    op.create_index(op.f("ix_pickups_state"), "pickups", ["state"])
    op.create_table(
        "rounds",
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("departs_at", INSTANT, nullable=True),
        sa.Column("returns_at", INSTANT, nullable=True),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("driving_seconds", sa.Integer(), nullable=False),
        sa.Column("cost_cents", sa.Integer(), nullable=False),
        sa.Column("published", JSON, nullable=True),
        sa.Column("acknowledged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("driven_metres", sa.Integer(), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_rounds_bank_id")),
        sa.ForeignKeyConstraint(
            ["day_plan_id"], ["day_plans.id"], name=op.f("fk_rounds_day_plan_id")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_rounds_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("day_plan_id", "shift_id", name=op.f("uq_rounds_day_plan_id_shift_id")),
    )
    op.create_index(op.f("ix_rounds_bank_id"), "rounds", ["bank_id"])
    op.create_index(op.f("ix_rounds_day_plan_id"), "rounds", ["day_plan_id"])
    op.create_table(
        "screenings",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
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
    op.create_index(op.f("ix_screenings_bank_id"), "screenings", ["bank_id"])
    op.create_index(op.f("ix_screenings_donor_id"), "screenings", ["donor_id"])
    op.create_table(
        "sealed_identities",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("identity", JSON, nullable=False),
        sa.Column("sealed_at", INSTANT, nullable=False),
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
    op.create_index(op.f("ix_sealed_identities_bank_id"), "sealed_identities", ["bank_id"])
    op.create_table(
        "serologies",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_serologies_bank_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_serologies_donor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serologies")),
    )
    op.create_index(op.f("ix_serologies_bank_id"), "serologies", ["bank_id"])
    op.create_table(
        "sign_in_links",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("donor_id", sa.Integer(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("sent_by", sa.String(), server_default="email", nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (donor_id IS NULL)", name=op.f("ck_sign_in_links_one_holder")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_sign_in_links_bank_id")),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["donors.id"], name=op.f("fk_sign_in_links_donor_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sign_in_links_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_links_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_links_bank_id"), "sign_in_links", ["bank_id"])
    op.create_table(
        "web_sessions",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("donor_id", sa.Integer(), nullable=True),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("sent_by", sa.String(), server_default="email", nullable=False),
        sa.Column("proved_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (donor_id IS NULL)", name=op.f("ck_web_sessions_one_holder")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_web_sessions_bank_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_web_sessions_donor_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_web_sessions_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_sessions_token_hash")),
    )
    op.create_index(op.f("ix_web_sessions_bank_id"), "web_sessions", ["bank_id"])
    op.create_table(
        "containers",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("refused_because", WORD, nullable=True),
        sa.Column("kind", WORD, server_default="bottle", nullable=False),
        sa.Column("box", sa.String(), server_default="", nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_containers_bank_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_containers_donor_id")),
        sa.ForeignKeyConstraint(
            ["pickup_id"], ["pickups.id"], name=op.f("fk_containers_pickup_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_containers")),
        sa.UniqueConstraint("bank_id", "number", name=op.f("uq_containers_bank_id_number")),
    )
    op.create_index(op.f("ix_containers_bank_id"), "containers", ["bank_id"])
    op.create_index(op.f("ix_containers_donor_id"), "containers", ["donor_id"])
    op.create_index(op.f("ix_containers_pickup_id"), "containers", ["pickup_id"])
    op.create_table(
        "corrections",
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("bottles", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
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
    op.create_index(op.f("ix_corrections_bank_id"), "corrections", ["bank_id"])
    op.create_index(op.f("ix_corrections_pickup_id"), "corrections", ["pickup_id"])
    op.create_table(
        "devices",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
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
    op.create_index(op.f("ix_devices_bank_id"), "devices", ["bank_id"])
    op.create_index(op.f("ix_devices_key"), "devices", ["key"])
    op.create_index(op.f("ix_devices_person_id"), "devices", ["person_id"])
    op.create_table(
        "disruptions",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("day_plan_version", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("pickup_id", sa.Integer(), nullable=True),
        sa.Column("takes_back_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.Column("problem", JSON, nullable=False),
        sa.Column("ahead", JSON, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
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
        sa.ForeignKeyConstraint(
            ["takes_back_id"], ["disruptions.id"], name=op.f("fk_disruptions_takes_back_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disruptions")),
    )
    op.create_index(op.f("ix_disruptions_bank_id"), "disruptions", ["bank_id"])
    op.create_index(op.f("ix_disruptions_day"), "disruptions", ["day"])
    op.create_table(
        "door_photos",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
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
    op.create_index(op.f("ix_door_photos_bank_id"), "door_photos", ["bank_id"])
    op.create_index(op.f("ix_door_photos_round_id"), "door_photos", ["round_id"])
    op.create_table(
        "pickup_holds",
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("cleared_at", INSTANT, nullable=True),
        sa.Column("cleared_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_pickup_holds_bank_id")),
        sa.ForeignKeyConstraint(
            ["cleared_by_id"], ["people.id"], name=op.f("fk_pickup_holds_cleared_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["pickup_id"], ["pickups.id"], name=op.f("fk_pickup_holds_pickup_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickup_holds")),
    )
    op.create_index(op.f("ix_pickup_holds_bank_id"), "pickup_holds", ["bank_id"])
    op.create_index(op.f("ix_pickup_holds_pickup_id"), "pickup_holds", ["pickup_id"])
    op.create_table(
        "pickup_windows",
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_pickup_windows_bank_id")),
        sa.ForeignKeyConstraint(
            ["pickup_id"], ["pickups.id"], name=op.f("fk_pickup_windows_pickup_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickup_windows")),
    )
    op.create_index(op.f("ix_pickup_windows_bank_id"), "pickup_windows", ["bank_id"])
    op.create_index(op.f("ix_pickup_windows_day"), "pickup_windows", ["day"])
    op.create_index(op.f("ix_pickup_windows_pickup_id"), "pickup_windows", ["pickup_id"])
    op.create_table(
        "proof_codes",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_proof_codes_bank_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["web_sessions.id"], name=op.f("fk_proof_codes_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_codes")),
    )
    op.create_index(op.f("ix_proof_codes_bank_id"), "proof_codes", ["bank_id"])
    op.create_index(op.f("ix_proof_codes_session_id"), "proof_codes", ["session_id"])
    op.create_table(
        "round_events",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("device", sa.String(), server_default="", nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("device_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_round_events_bank_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_round_events_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["pickup_id"], ["pickups.id"], name=op.f("fk_round_events_pickup_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_events_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_events")),
        sa.UniqueConstraint("bank_id", "client_id", name=op.f("uq_round_events_bank_id_client_id")),
    )
    op.create_index(op.f("ix_round_events_bank_id"), "round_events", ["bank_id"])
    op.create_index(op.f("ix_round_events_pickup_id"), "round_events", ["pickup_id"])
    op.create_index(op.f("ix_round_events_round_id"), "round_events", ["round_id"])
    op.create_table(
        "stops",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("arrives_at", INSTANT, nullable=False),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_stops_bank_id")),
        sa.ForeignKeyConstraint(["pickup_id"], ["pickups.id"], name=op.f("fk_stops_pickup_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_stops_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stops")),
    )
    op.create_index(op.f("ix_stops_bank_id"), "stops", ["bank_id"])
    op.create_index(op.f("ix_stops_pickup_id"), "stops", ["pickup_id"])
    op.create_index(op.f("ix_stops_round_id"), "stops", ["round_id"])
    op.create_table(
        "unplanned",
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_unplanned_bank_id")),
        sa.ForeignKeyConstraint(
            ["day_plan_id"], ["day_plans.id"], name=op.f("fk_unplanned_day_plan_id")
        ),
        sa.ForeignKeyConstraint(["pickup_id"], ["pickups.id"], name=op.f("fk_unplanned_pickup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unplanned")),
        sa.UniqueConstraint(
            "day_plan_id", "pickup_id", name=op.f("uq_unplanned_day_plan_id_pickup_id")
        ),
    )
    op.create_index(op.f("ix_unplanned_bank_id"), "unplanned", ["bank_id"])
    op.create_index(op.f("ix_unplanned_day_plan_id"), "unplanned", ["day_plan_id"])
    op.create_index(op.f("ix_unplanned_pickup_id"), "unplanned", ["pickup_id"])
    op.create_table(
        "visit_links",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_visit_links_bank_id")),
        sa.ForeignKeyConstraint(
            ["pickup_id"], ["pickups.id"], name=op.f("fk_visit_links_pickup_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_visit_links_token_hash")),
    )
    op.create_index(op.f("ix_visit_links_bank_id"), "visit_links", ["bank_id"])
    op.create_index(op.f("ix_visit_links_pickup_id"), "visit_links", ["pickup_id"])
    op.create_table(
        "box_readings",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("celsius", sa.Double(), nullable=False),
        sa.Column("device_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_box_readings_bank_id")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["round_events.id"], name=op.f("fk_box_readings_event_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_box_readings_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box_readings")),
    )
    op.create_index(op.f("ix_box_readings_bank_id"), "box_readings", ["bank_id"])
    op.create_index(op.f("ix_box_readings_event_id"), "box_readings", ["event_id"])
    op.create_index(op.f("ix_box_readings_round_id"), "box_readings", ["round_id"])
    op.create_table(
        "custody_entries",
        sa.Column("container_id", sa.Integer(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_custody_entries_bank_id")),
        sa.ForeignKeyConstraint(
            ["container_id"], ["containers.id"], name=op.f("fk_custody_entries_container_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_entries")),
    )
    op.create_index(op.f("ix_custody_entries_bank_id"), "custody_entries", ["bank_id"])
    op.create_index(op.f("ix_custody_entries_container_id"), "custody_entries", ["container_id"])
    op.create_table(
        "door_records",
        sa.Column("pickup_id", sa.Integer(), nullable=False),
        sa.Column("collector_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("bottles", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("freezer_celsius", sa.Double(), nullable=True),
        sa.Column("storage_ok", sa.Boolean(), nullable=True),
        sa.Column("empties_left", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("flags", JSON, nullable=False),
        sa.Column("device_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("details", JSON, server_default="{}", nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_door_records_bank_id")),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["people.id"], name=op.f("fk_door_records_collector_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["round_events.id"], name=op.f("fk_door_records_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["pickup_id"], ["pickups.id"], name=op.f("fk_door_records_pickup_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_records")),
        sa.UniqueConstraint("event_id", name=op.f("uq_door_records_event_id")),
    )
    op.create_index(op.f("ix_door_records_bank_id"), "door_records", ["bank_id"])
    op.create_index(op.f("ix_door_records_pickup_id"), "door_records", ["pickup_id"])
    op.create_table(
        "incidents",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pickup_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("device_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("decision", WORD, nullable=True),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
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
    op.create_index(op.f("ix_incidents_bank_id"), "incidents", ["bank_id"])
    op.create_index(op.f("ix_incidents_round_id"), "incidents", ["round_id"])
    op.create_table(
        "proposals",
        sa.Column("disruption_id", sa.Integer(), nullable=False),
        sa.Column("way", WORD, nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("problem", JSON, nullable=False),
        sa.Column("start", JSON, nullable=False),
        sa.Column("plan", JSON, nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
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
    op.create_index(op.f("ix_proposals_bank_id"), "proposals", ["bank_id"])
    op.create_index(op.f("ix_proposals_disruption_id"), "proposals", ["disruption_id"])
    op.create_table(
        "excursions",
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("reading_id", sa.Integer(), nullable=True),
        sa.Column("celsius", sa.Double(), nullable=False),
        sa.Column("limit_celsius", sa.Integer(), nullable=False),
        sa.Column("detected_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("assessment", sa.String(), nullable=False),
        sa.Column("assessed_by_id", sa.Integer(), nullable=True),
        sa.Column("assessed_at", INSTANT, nullable=True),
        sa.Column("decision", WORD, nullable=True),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
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
    op.create_index(op.f("ix_excursions_bank_id"), "excursions", ["bank_id"])


def downgrade() -> None:
    for table in NEWEST_FIRST:
        op.drop_table(table)


NEWEST_FIRST = (
    "excursions",
    "proposals",
    "incidents",
    "door_records",
    "custody_entries",
    "box_readings",
    "visit_links",
    "unplanned",
    "stops",
    "round_events",
    "proof_codes",
    "pickup_windows",
    "pickup_holds",
    "door_photos",
    "disruptions",
    "devices",
    "corrections",
    "containers",
    "web_sessions",
    "sign_in_links",
    "serologies",
    "sealed_identities",
    "screenings",
    "rounds",
    "pickups",
    "givings",
    "enquiries",
    "donor_decisions",
    "call_backs",
    "shifts",
    "role_grants",
    "publications",
    "positions",
    "planning_runs",
    "horizons",
    "donors",
    "day_edits",
    "calendar_feeds",
    "zones",
    "slot_books",
    "sites",
    "questionnaires",
    "push_subscriptions",
    "policies",
    "people",
    "notices",
    "lactariums",
    "jobs",
    "day_plans",
    "channel_choices",
    "audit_heads",
    "audit_entries",
    "addresses",
    "sign_in_attempts",
    "postcode_places",
    "banks",
)
"""Each table before the tables that it refers to."""
