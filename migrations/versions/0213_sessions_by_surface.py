"""One session per surface, with its browser; earlier ones are told apart by their holder."""

import sqlalchemy as sa
from alembic import op

revision = "0213_sessions_by_surface"
down_revision = "0212_spreads_and_levels"
branch_labels = None
depends_on = None

WORD = sa.String(40)
"""A member of an enumeration."""


def upgrade() -> None:
    with op.batch_alter_table("web_sessions") as batch:
        batch.add_column(sa.Column("surface", WORD, nullable=False, server_default=""))
        batch.add_column(sa.Column("browser", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE web_sessions SET surface = CASE "
        "WHEN donor_id IS NOT NULL THEN 'milkround_donor' "
        "WHEN EXISTS (SELECT 1 FROM role_grants WHERE role_grants.person_id = "
        "web_sessions.person_id AND role_grants.role <> 'collector') THEN 'milkround_desk' "
        "ELSE 'milkround_phone' END"
    )
    with op.batch_alter_table("web_sessions") as batch:
        batch.alter_column("surface", server_default=None)
        batch.alter_column("browser", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("web_sessions") as batch:
        batch.drop_column("browser")
        batch.drop_column("surface")
