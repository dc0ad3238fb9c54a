"""Days on which a donor is met elsewhere, and places at which several mothers are met."""

import sqlalchemy as sa
from alembic import op

revision = "0232_stays"
down_revision = "0231_households"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _owned(
        "meeting_places",
        {"address_id": "addresses"},
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("bank_id", "name", name=op.f("uq_meeting_places_bank_id_name")),
    )
    _owned(
        "stays",
        {"donor_id": "donors", "place_id": "meeting_places", "address_id": "addresses"},
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("address_id", sa.Integer(), nullable=False),
    )
    for key in ("donor_id", "place_id"):
        op.create_index(op.f(f"ix_stays_{key}"), "stays", [key])


def _owned(table: str, keys: dict[str, str], *columns: sa.schema.SchemaItem) -> None:
    """Create a table of rows that belong to a bank."""
    op.create_table(
        table,
        *columns,
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([key], [f"{other}.id"], name=op.f(f"fk_{table}_{key}"))
            for key, other in (keys | {"bank_id": "banks"}).items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_bank_id"), table, ["bank_id"])


def downgrade() -> None:
    op.drop_table("stays")
    op.drop_table("meeting_places")
