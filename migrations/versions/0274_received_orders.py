"""Orders of milk that another system sent, by its own number."""

import sqlalchemy as sa
from alembic import op

revision = "0274_received_orders"
down_revision = "0273_recall_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let an order have no person who asked, and create the table."""
    with op.batch_alter_table("milk_orders") as table:
        table.alter_column("asked_by_id", existing_type=sa.Integer, nullable=True)
    op.create_table(
        "received_orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("bank_id", sa.Integer, sa.ForeignKey("banks.id"), nullable=False, index=True),
        sa.Column(
            "order_id", sa.Integer, sa.ForeignKey("milk_orders.id"), nullable=False, unique=True
        ),
        sa.Column(
            "application_id",
            sa.Integer,
            sa.ForeignKey("applications.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("application_id", "system", "value"),
    )


def downgrade() -> None:
    """Drop the table; the orders of systems are told as asked by the first person of their bank."""
    op.drop_table("received_orders")
    first = "(SELECT min(people.id) FROM people WHERE people.bank_id = milk_orders.bank_id)"
    op.execute(f"UPDATE milk_orders SET asked_by_id = {first} WHERE asked_by_id IS NULL")  # noqa: S608
    with op.batch_alter_table("milk_orders") as table:
        table.alter_column("asked_by_id", existing_type=sa.Integer, nullable=False)
