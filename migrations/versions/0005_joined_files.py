"""two files of one donor may be joined."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In one sentence that both databases read: SQLite can add no constraint afterwards, and making
    # the table anew fails there while rows refer to it.
    op.execute(
        "ALTER TABLE donors ADD COLUMN joined_into_id INTEGER"
        " CONSTRAINT fk_donors_joined_into_id REFERENCES donors (id)"
    )


def downgrade() -> None:
    op.drop_column("donors", "joined_into_id")
