"""Verification of a database: its integrity, its schema, its audit chains."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from collector import migrations
from collector.audit.anchors import first_anchor_fault
from collector.audit.queries import first_broken_link
from collector.audit.signing import HeadSigner
from collector.banks.queries import banks
from collector.db import Base
from collector.maintenance.databases import unpooled
from collector.maintenance.errors import BackupError


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The content of a verified database.

    Attributes
    ----------
    rows
        The number of rows of each table.
    banks
        The short names of the banks, whose audit chains are intact.
    """

    rows: dict[str, int]
    banks: list[str]


def verify(url: str, signer: HeadSigner | None) -> Verified:
    """Verify a database that nobody else uses.

    Parameters
    ----------
    signer
        The key of the signed heads; None leaves their signatures out.

    Raises
    ------
    BackupError
        Its pages, its keys, its schema or an audit chain are broken.
    """
    engine = unpooled(url)
    if faults := integrity_faults(engine):
        raise BackupError(f"The database is damaged: {faults[0]}.")
    if not migrations.is_current(engine):
        raise BackupError(
            "The database has another version's schema: restore it with the version that made it."
        )
    with Session(engine) as session:
        found = [(bank.id, bank.slug) for bank in banks(session)]
        for key, slug in found:
            if (entry := first_broken_link(session, key)) is not None:
                raise BackupError(f"The audit chain of {slug} is broken at entry {entry}.")
            if signer and (fault := first_anchor_fault(session, signer, bank_id=key, bank=slug)):
                raise BackupError(f"Signed head {fault.number} of {slug}: {fault.trouble}.")
        rows = {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
    return Verified(rows=rows, banks=[slug for _key, slug in found])


def integrity_faults(engine: Engine) -> list[str]:
    """Return the faults that the database finds in its own pages and keys."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            told = connection.execute(text("PRAGMA integrity_check(5)")).scalars().all()
            keys = connection.execute(text("PRAGMA foreign_key_check")).all()
            return [line for line in told if line != "ok"] + [
                f"a row of {row[0]} refers to no row of {row[2]}" for row in keys[:5]
            ]
        broken = connection.execute(
            text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        ).scalars()
        failed = connection.execute(
            text(
                "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database"
                " WHERE datname = current_database()"
            )
        ).scalar_one()
        return [f"index {name} is not valid" for name in broken] + (
            [f"{failed} pages failed their checksum"] if failed else []
        )
