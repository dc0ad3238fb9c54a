"""Calendars of leave that are followed at an address, and the absences that come from them."""

import sqlalchemy as sa
from alembic import op

revision = "0251_leave_calendars"
down_revision = "0250_material"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table, and mark absences."""
    op.create_table(
        "leave_calendars",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("bank_id", sa.Integer, sa.ForeignKey("banks.id"), nullable=False, index=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id"), nullable=False, unique=True),
        sa.Column("sealed_url", sa.String, nullable=False),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("next_look_at", INSTANT, nullable=False, index=True),
        sa.Column("looked_at", INSTANT),
        sa.Column("fault", sa.String, nullable=False),
        sa.Column("left_out", sa.Integer, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
    )
    with op.batch_alter_table("absences") as table:
        table.add_column(
            sa.Column("from_calendar", sa.Boolean, nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("absences") as table:
        table.alter_column("from_calendar", server_default=None)


def downgrade() -> None:
    """Drop both."""
    with op.batch_alter_table("absences") as table:
        table.drop_column("from_calendar")
    op.drop_table("leave_calendars")
