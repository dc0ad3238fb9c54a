"""Rows of uploaded files, and of the columns that a bank chose for their headings."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class ImportFile(BankOwned, Base):
    """An uploaded file while a person reviews it; after the import, its rejected rows.

    It holds personal data, so it is deleted within a day.
    """

    __tablename__ = "import_files"

    kind: Mapped[str]
    """`donors` or `requests`."""
    name: Mapped[str]
    content: Mapped[bytes]
    uploaded_by: Mapped[str]
    """The reference of the person, as in the audit chain."""
    uploaded_at: Mapped[datetime] = mapped_column(index=True)
    imported_rows: Mapped[int | None]
    """The number of rows that were kept; None before the import."""


class ImportColumn(BankOwned, Base):
    """The column that a bank chose for a heading, remembered for the next file."""

    __tablename__ = "import_columns"
    __table_args__ = (UniqueConstraint("bank_id", "kind", "heading"),)

    kind: Mapped[str]
    heading: Mapped[str]
    """In the form of `collector.csv_rows.heading_key`."""
    column: Mapped[str]
    """Empty if the heading is left out."""
