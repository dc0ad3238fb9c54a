"""Accounts of a hospital's sign-in provider, linked to people."""

import sqlalchemy as sa
from alembic import op

revision = "0228_provider_accounts"
down_revision = "0227_webhooks"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLE = "provider_accounts"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.Column("proved_at", INSTANT, nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f(f"fk_{TABLE}_bank_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{TABLE}_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("issuer", "subject", name=op.f(f"uq_{TABLE}_issuer_subject")),
        sa.UniqueConstraint("issuer", "person_id", name=op.f(f"uq_{TABLE}_issuer_person_id")),
    )
    for column in ("bank_id", "person_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])


def downgrade() -> None:
    op.drop_table(TABLE)
