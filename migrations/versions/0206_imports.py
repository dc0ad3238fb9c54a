"""Uploaded files under review, and the columns that a bank chose for their headings."""

import sqlalchemy as sa
from alembic import op

revision = "0206_imports"
down_revision = "0205_moves"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_files",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_rows", sa.Integer(), nullable=True),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_import_files_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_files")),
    )
    op.create_index(op.f("ix_import_files_bank_id"), "import_files", ["bank_id"])
    op.create_index(op.f("ix_import_files_uploaded_at"), "import_files", ["uploaded_at"])
    op.create_table(
        "import_columns",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_import_columns_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_columns")),
        sa.UniqueConstraint(
            "bank_id", "kind", "heading", name=op.f("uq_import_columns_bank_id_kind_heading")
        ),
    )
    op.create_index(op.f("ix_import_columns_bank_id"), "import_columns", ["bank_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_import_columns_bank_id"), table_name="import_columns")
    op.drop_table("import_columns")
    op.drop_index(op.f("ix_import_files_uploaded_at"), table_name="import_files")
    op.drop_index(op.f("ix_import_files_bank_id"), table_name="import_files")
    op.drop_table("import_files")
