"""Signed heads of the audit chain, pulses of the worker, and maintenance runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0215_maintenance"
down_revision = "0214_presets_not_verified"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_anchors",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_audit_anchors_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_anchors")),
        sa.UniqueConstraint("bank_id", "day", name=op.f("uq_audit_anchors_bank_id_day")),
        sa.UniqueConstraint("bank_id", "number", name=op.f("uq_audit_anchors_bank_id_number")),
    )
    op.create_index(op.f("ix_audit_anchors_bank_id"), "audit_anchors", ["bank_id"])
    op.create_table(
        "worker_pulses",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_pulses")),
        sa.UniqueConstraint("name", name=op.f("uq_worker_pulses_name")),
    )
    op.create_table(
        "maintenance_runs",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_runs")),
    )
    op.create_index(op.f("ix_maintenance_runs_kind"), "maintenance_runs", ["kind"])


def downgrade() -> None:
    op.drop_index(op.f("ix_maintenance_runs_kind"), table_name="maintenance_runs")
    op.drop_table("maintenance_runs")
    op.drop_table("worker_pulses")
    op.drop_index(op.f("ix_audit_anchors_bank_id"), table_name="audit_anchors")
    op.drop_table("audit_anchors")
