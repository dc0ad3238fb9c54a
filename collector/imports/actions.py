"""Verbs of uploaded files: keep, remember columns, replace by the rejected rows, delete."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.csv_rows import heading_key
from collector.db import owned
from collector.imports.models import ImportColumn, ImportFile

KEPT_FOR = timedelta(days=1)


def upload(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    kind: str,
    name: str,
    content: bytes,
) -> ImportFile:
    """Keep a file for its review; files of the bank older than a day are deleted."""
    delete_old_files(session, now=now, bank_id=bank_id)
    file = ImportFile(
        bank_id=bank_id,
        kind=kind,
        name=name,
        content=content,
        uploaded_by=actor,
        uploaded_at=now,
        imported_rows=None,
    )
    session.add(file)
    session.flush()
    return file


def remember_columns(
    session: Session, *, bank_id: int, kind: str, columns: Mapping[str, str]
) -> None:
    """Remember the column of each heading; an empty one leaves the heading out."""
    chosen = {heading_key(heading): column for heading, column in columns.items()}
    known = session.scalars(
        select(ImportColumn).where(ImportColumn.bank_id == bank_id, ImportColumn.kind == kind)
    )
    for row in known:
        if row.heading in chosen:
            row.column = chosen.pop(row.heading)
    session.add_all(
        ImportColumn(bank_id=bank_id, kind=kind, heading=heading, column=column)
        for heading, column in chosen.items()
    )
    session.flush()


def settle(
    session: Session, *, bank_id: int, file_id: int, imported: int, rejected: bytes | None
) -> None:
    """Replace a file by its rejected rows; delete it if there are none."""
    file = owned(session, ImportFile, bank_id, file_id)
    if rejected is None:
        session.delete(file)
    else:
        file.content, file.imported_rows = rejected, (file.imported_rows or 0) + imported
    session.flush()


def discard(session: Session, *, bank_id: int, file_id: int) -> None:
    """Delete a file."""
    session.delete(owned(session, ImportFile, bank_id, file_id))
    session.flush()


def delete_old_files(session: Session, *, now: datetime, bank_id: int) -> None:
    """Delete the files of a bank that were uploaded more than a day ago."""
    session.execute(
        delete(ImportFile).where(
            ImportFile.bank_id == bank_id, ImportFile.uploaded_at < now - KEPT_FOR
        )
    )
