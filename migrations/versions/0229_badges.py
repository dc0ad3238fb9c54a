"""Badges and PINs of the laboratory's shared screens."""

import sqlalchemy as sa
from alembic import op

revision = "0229_badges"
down_revision = "0228_provider_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badges",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_mark", sa.String(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_badges_bank_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_badges_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges")),
        sa.UniqueConstraint("bank_id", "code_mark", name=op.f("uq_badges_bank_id_code_mark")),
        sa.UniqueConstraint("person_id", name=op.f("uq_badges_person_id")),
    )
    op.create_index(op.f("ix_badges_bank_id"), "badges", ["bank_id"])


def downgrade() -> None:
    op.drop_table("badges")
