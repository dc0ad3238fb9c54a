"""The laboratory's samples: plans with their rules, samples, results, files of results."""

import sqlalchemy as sa
from alembic import op

revision = "0234_laboratory_sampling"
down_revision = "0233_expected_begins"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
STANDS = sa.text("superseded_at IS NULL")
TABLES = ("lab_results", "lab_samples", "result_files", "sampling_rules", "sampling_plans")


def upgrade() -> None:
    _plans()
    op.create_table(
        "result_files",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        *_common("result_files"),
        _key("result_files", "imported_by_id", "people"),
        sa.UniqueConstraint("bank_id", "sha256", name=op.f("uq_result_files_bank_id_sha256")),
    )
    _samples()
    _results()
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_bank_id"), table, ["bank_id"])


def _plans() -> None:
    op.create_table(
        "sampling_plans",
        sa.Column("stage", WORD, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("frequency", WORD, nullable=False),
        sa.Column("every_cycles", sa.Integer(), nullable=False),
        sa.Column("plates", sa.Integer(), nullable=False),
        sa.Column("plated_ul", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        *_common("sampling_plans"),
        _key("sampling_plans", "made_by_id", "people"),
        sa.CheckConstraint("plates > 0 AND plated_ul > 0", name=op.f("ck_sampling_plans_plated")),
        sa.UniqueConstraint(
            "bank_id", "stage", "edition", name=op.f("uq_sampling_plans_bank_id_stage_edition")
        ),
    )
    op.create_table(
        "sampling_rules",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("analyte", WORD, nullable=False),
        sa.Column("measure", WORD, nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        *_common("sampling_rules"),
        _key("sampling_rules", "plan_id", "sampling_plans"),
        sa.CheckConstraint("most >= 0", name=op.f("ck_sampling_rules_most")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_sampling_rules_plan_id_position")),
    )


def _samples() -> None:
    op.create_table(
        "lab_samples",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("laboratory", sa.String(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("lost_reason", sa.String(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        *_common("lab_samples"),
        _key("lab_samples", "lot_id", "lots"),
        _key("lab_samples", "plan_id", "sampling_plans"),
        _key("lab_samples", "replaces_id", "lab_samples"),
        _key("lab_samples", "taken_by_id", "people"),
        sa.UniqueConstraint("bank_id", "number", name=op.f("uq_lab_samples_bank_id_number")),
    )
    op.create_index("ix_lab_samples_lot_id_stage", "lab_samples", ["lot_id", "stage"])


def _results() -> None:
    op.create_table(
        "lab_results",
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("plate", sa.Integer(), nullable=False),
        sa.Column("analyte", WORD, nullable=False),
        sa.Column("comparator", WORD, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("unit", WORD, nullable=False),
        sa.Column("plated_ul", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_at", INSTANT, nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("superseded_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        *_common("lab_results"),
        _key("lab_results", "sample_id", "lab_samples"),
        _key("lab_results", "entered_by_id", "people"),
        _key("lab_results", "verified_by_id", "people"),
        _key("lab_results", "file_id", "result_files"),
        _key("lab_results", "supersedes_id", "lab_results"),
        sa.CheckConstraint(
            "verified_by_id <> entered_by_id", name=op.f("ck_lab_results_verified_by_another")
        ),
        sa.CheckConstraint("value >= 0", name=op.f("ck_lab_results_not_negative")),
    )
    op.create_index(
        "ix_lab_results_sample_id_plate_analyte_standing",
        "lab_results",
        ["sample_id", "plate", "analyte"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
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
    for table in TABLES:
        op.drop_table(table)
