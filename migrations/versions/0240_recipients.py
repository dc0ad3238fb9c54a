"""Wards, recipients under pseudonyms, and their sealed identities."""

import sqlalchemy as sa
from alembic import op

revision = "0240_recipients"
down_revision = "0238_roads"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40)
"""A member of an enumeration."""
TABLES = (
    "recipient_identities",
    "recipients",
    "ward_members",
    "wards",
)


def upgrade() -> None:
    _wards()
    _ward_members()
    _recipients()
    _recipient_identities()


def _wards() -> None:
    op.create_table(
        "wards",
        sa.Column("establishment", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_depot", sa.Boolean(), nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        *_common("wards"),
        sa.UniqueConstraint(
            "bank_id", "establishment", "name", name=op.f("uq_wards_bank_id_establishment_name")
        ),
    )
    op.create_index(op.f("ix_wards_bank_id"), "wards", ["bank_id"])


def _ward_members() -> None:
    op.create_table(
        "ward_members",
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        *_common("ward_members"),
        _key("ward_members", "person_id", "people"),
        _key("ward_members", "ward_id", "wards"),
        sa.UniqueConstraint("person_id", name=op.f("uq_ward_members_person_id")),
    )
    op.create_index(op.f("ix_ward_members_bank_id"), "ward_members", ["bank_id"])
    op.create_index(op.f("ix_ward_members_ward_id"), "ward_members", ["ward_id"], unique=False)


def _recipients() -> None:
    op.create_table(
        "recipients",
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("gestation_days", sa.Integer(), nullable=False),
        sa.Column("birth_weight_g", sa.Integer(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("dairy_free", sa.Boolean(), nullable=False),
        sa.Column("indication", sa.String(), nullable=False),
        sa.Column("mother_id", sa.Integer(), nullable=True),
        sa.Column("enrolled_by_id", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", INSTANT, nullable=False),
        *_common("recipients"),
        sa.CheckConstraint(
            "birth_weight_g > 0 AND weight_g > 0", name=op.f("ck_recipients_has_weight")
        ),
        _key("recipients", "enrolled_by_id", "people"),
        _key("recipients", "mother_id", "donors"),
        _key("recipients", "ward_id", "wards"),
        sa.UniqueConstraint("bank_id", "pseudonym", name=op.f("uq_recipients_bank_id_pseudonym")),
    )
    op.create_index(op.f("ix_recipients_bank_id"), "recipients", ["bank_id"])
    op.create_index(op.f("ix_recipients_mother_id"), "recipients", ["mother_id"], unique=False)
    op.create_index(op.f("ix_recipients_ward_id"), "recipients", ["ward_id"], unique=False)


def _recipient_identities() -> None:
    op.create_table(
        "recipient_identities",
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hospital_number", sa.String(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("sealed_at", INSTANT, nullable=True),
        *_common("recipient_identities"),
        _key("recipient_identities", "recipient_id", "recipients"),
        sa.UniqueConstraint("recipient_id", name=op.f("uq_recipient_identities_recipient_id")),
    )
    op.create_index(op.f("ix_recipient_identities_bank_id"), "recipient_identities", ["bank_id"])


def _common(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _key(table, "bank_id", "banks"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
