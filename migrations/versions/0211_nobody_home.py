"""The policy of the photo at a closed door, for banks that exist already."""

import sqlalchemy as sa
from alembic import op

revision = "0211_nobody_home"
down_revision = "0210_first_contact"
branch_labels = None
depends_on = None

KEY = "proof_nobody_home_photo"
SOURCE = "Milkround's own starting value: no source gives one"


def upgrade() -> None:
    op.execute(
        sa.text(
            "INSERT INTO policies (bank_id, key, value, unit, jurisdiction, source) "
            "SELECT bank_id, :key, 'off', '', jurisdiction, :source FROM policies "
            "WHERE key = 'proof_collection_photo'"
        ).bindparams(key=KEY, source=SOURCE)
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM policies WHERE key = :key").bindparams(key=KEY))
