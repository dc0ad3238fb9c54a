"""Six figures beside a sign-in link, for the browser that asked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0218_sign_in_codes"
down_revision = "0217_second_factor"
branch_labels = None
depends_on = None

COLUMNS = ("asked_by", "code_hash", "attempts")


def upgrade() -> None:
    with op.batch_alter_table("sign_in_links") as batch:
        for name in ("asked_by", "code_hash"):
            batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("sign_in_links") as batch:
        for name in COLUMNS:
            batch.alter_column(name, server_default=None)
    op.create_index(op.f("ix_sign_in_links_asked_by"), "sign_in_links", ["asked_by"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_links_asked_by"), "sign_in_links")
    with op.batch_alter_table("sign_in_links") as batch:
        for name in COLUMNS:
            batch.drop_column(name)
