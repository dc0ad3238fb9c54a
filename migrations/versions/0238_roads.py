"""Road regions, snapped positions and cached legs."""

import sqlalchemy as sa
from alembic import op

revision = "0238_roads"
down_revision = "0237_laboratory_storage"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "road_regions",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("attribution", sa.String(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(edge, sa.Double(), nullable=False)
            for edge in ("west", "south", "east", "north")
        ),
        sa.Column("junctions", sa.Integer(), nullable=False),
        sa.Column("arcs", sa.Integer(), nullable=False),
        sa.Column("has_streets", sa.Boolean(), nullable=False),
        *_key("road_regions"),
    )
    op.create_table(
        "snapped_positions",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("road", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Double(), nullable=False)
            for name in ("latitude", "longitude", "away")
        ),
        *_key("snapped_positions"),
        sa.UniqueConstraint("version", "place", name=op.f("uq_snapped_positions_version_place")),
    )
    op.create_table(
        "cached_legs",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.LargeBinary(), nullable=False)
            for name in ("destinations", "seconds", "metres")
        ),
        *_key("cached_legs"),
        sa.UniqueConstraint("version", "origin", name=op.f("uq_cached_legs_version_origin")),
    )


def _key(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    for table in ("cached_legs", "snapped_positions", "road_regions"):
        op.drop_table(table)
