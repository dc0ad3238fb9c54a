"""Instants of phones in the future, and failures of timers.

A phone's clock may be wrong. An event happened at the latest when it was received; the phone's own
time is kept beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0201"
down_revision = "0200"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
RECEIVED = {
    "round_events": "received_at",
    "incidents": "received_at",
    "door_records": "recorded_at",
    "box_readings": "recorded_at",
}
"""The column of the reception by table with a phone's time."""


def upgrade() -> None:
    op.add_column("round_events", sa.Column("reported_at", INSTANT, nullable=True))
    op.execute("UPDATE round_events SET reported_at = device_at WHERE device_at > received_at")
    for table, received in RECEIVED.items():
        op.execute(f"UPDATE {table} SET device_at = {received} WHERE device_at > {received}")  # noqa: S608
    op.create_table(
        "timer_failures",
        sa.Column("timer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_failed_at", INSTANT, nullable=False),
        sa.Column("last_failed_at", INSTANT, nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_timer_failures_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer_failures")),
        sa.UniqueConstraint(
            "bank_id", "timer", "subject", name=op.f("uq_timer_failures_bank_id_timer_subject")
        ),
    )
    op.create_index(op.f("ix_timer_failures_bank_id"), "timer_failures", ["bank_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_timer_failures_bank_id"), table_name="timer_failures")
    op.drop_table("timer_failures")
    op.drop_column("round_events", "reported_at")
