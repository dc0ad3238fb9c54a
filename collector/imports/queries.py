"""Queries of uploaded files and remembered columns."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.imports.actions import KEPT_FOR
from collector.imports.models import ImportColumn, ImportFile


def import_files(session: Session, bank_id: int) -> Sequence[ImportFile]:
    """Return the files of a bank, latest first."""
    files = select(ImportFile).where(ImportFile.bank_id == bank_id)
    return session.scalars(files.order_by(ImportFile.id.desc())).all()


def has_old_files(session: Session, *, now: datetime, bank_id: int) -> bool:
    """Return whether a file of the bank was uploaded more than a day ago."""
    old = select(ImportFile.id).where(
        ImportFile.bank_id == bank_id, ImportFile.uploaded_at < now - KEPT_FOR
    )
    return session.scalar(old.limit(1)) is not None


def remembered_columns(session: Session, *, bank_id: int, kind: str) -> dict[str, str]:
    """Return the column that the bank chose for each heading of a kind of file."""
    rows = session.scalars(
        select(ImportColumn).where(ImportColumn.bank_id == bank_id, ImportColumn.kind == kind)
    )
    return {row.heading: row.column for row in rows}
