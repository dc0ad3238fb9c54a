"""edits of a day, to be undone; proposals of the planner, to be applied or discarded."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import collector.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
KINDS = (
    "moved",
    "pinned",
    "unpinned",
    "spread",
    "fixed",
    "applied",
    "taken",
    "other_day",
    "undone",
    "redone",
)


def upgrade() -> None:
    op.create_table(
        "day_edits",
        sa.Column("day_plan_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="editkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("takes_back_id", sa.Integer(), nullable=True),
        sa.Column("twin_id", sa.Integer(), nullable=True),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("made_at", collector.db.UtcInstant(timezone=True), nullable=False),
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
    for column in ("bank_id", "day_plan_id", "takes_back_id", "twin_id"):
        op.create_index(op.f(f"ix_day_edits_{column}"), "day_edits", [column], unique=False)
    op.add_column("planning_runs", sa.Column("asked", JSON, nullable=False, server_default="{}"))
    op.add_column(
        "planning_runs",
        sa.Column("settled_at", collector.db.UtcInstant(timezone=True), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("planning_runs", "settled_at")
    op.drop_column("planning_runs", "asked")
    for column in ("twin_id", "takes_back_id", "day_plan_id", "bank_id"):
        op.drop_index(op.f(f"ix_day_edits_{column}"), table_name="day_edits")
    op.drop_table("day_edits")
