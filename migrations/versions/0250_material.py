"""Material: movements of stock, devices and loans."""

import sqlalchemy as sa
from alembic import op

revision = "0250_material"
down_revision = "0249_message_texts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "material_movements",
        *_keys(),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("from_site_id", sa.Integer, sa.ForeignKey("sites.id")),
        sa.Column("from_vehicle_id", sa.Integer, sa.ForeignKey("vehicles.id")),
        sa.Column("to_site_id", sa.Integer, sa.ForeignKey("sites.id")),
        sa.Column("to_vehicle_id", sa.Integer, sa.ForeignKey("vehicles.id")),
        sa.Column("donor_id", sa.Integer, sa.ForeignKey("donors.id"), index=True),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "loan_devices",
        *_keys(),
        sa.Column("serial", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("site_id", sa.Integer, sa.ForeignKey("sites.id"), nullable=False),
        sa.Column("retired_on", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("bank_id", "serial"),
    )
    op.create_table(
        "loans",
        *_keys(),
        sa.Column(
            "device_id", sa.Integer, sa.ForeignKey("loan_devices.id"), nullable=False, index=True
        ),
        sa.Column("donor_id", sa.Integer, sa.ForeignKey("donors.id"), nullable=False, index=True),
        sa.Column("out_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("returned_on", sa.Date),
        sa.Column("lost_on", sa.Date),
        sa.Column("made_by", sa.String, nullable=False),
    )


def _keys() -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("bank_id", sa.Integer, sa.ForeignKey("banks.id"), nullable=False, index=True),
    )


def downgrade() -> None:
    """Drop the three tables."""
    for table in ("loans", "loan_devices", "material_movements"):
        op.drop_table(table)
