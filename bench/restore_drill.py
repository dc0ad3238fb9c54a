"""Minutes of a backup and of a rehearsed restore, on SQLite and PostgreSQL.

    python -m bench.restore_drill [--acts 200000] [--photos 500] [--url postgresql+psycopg://...]

The database gets a bank with an audit chain of that many entries, and pictures of 150 kB that do
not compress, which is some years of a busy bank.
"""

import argparse
import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from sqlalchemy import text

from collector.audit.actions import AuditAct, record_acts
from collector.banks.actions import found_bank
from collector.config import settings_from
from collector.db import db, transaction
from collector.imports.models import ImportFile
from collector.installation import application
from collector.maintenance.backup import back_up
from collector.maintenance.encryption import new_identity, read_identities
from collector.maintenance.restore import drill, restore

PHOTO_BYTES = 150_000
BATCH = 10_000


def main() -> None:
    """Fill a database, back it up, rehearse a restore, restore it, and print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--acts", type=int, default=200_000)
    parser.add_argument("--photos", type=int, default=500)
    parser.add_argument("--url", help="an empty database; default SQLite in a new folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = {"MILKROUND_HOME": str(folder / "home")}
        settings = settings_from(environ | ({"DATABASE_URL": asked.url} if asked.url else {}))
        app = application(settings)
        with app.app_context():
            _fill(asked.acts, asked.photos)
            size = _size(folder)
            db.engine.dispose()
        public = new_identity(folder / "identity")
        identities, now = read_identities(folder / "identity"), datetime.now(UTC)
        begun = perf_counter()
        made = back_up(settings, folder=folder / "to", recipients=[public], now=now, keep=1, days=0)
        backed_up = perf_counter()
        drill(settings, folder / "to", identities, now=now)
        rehearsed = perf_counter()
        restore(settings, made.file, identities, now=now, replace=True)
        restored = perf_counter()
        print(
            json.dumps(
                {
                    "database_mb": round(size / 1e6),
                    "file_mb": round(made.size / 1e6),
                    "rows": made.rows,
                    "backup_s": round(backed_up - begun, 1),
                    "drill_s": round(rehearsed - backed_up, 1),
                    "restore_s": round(restored - rehearsed, 1),
                }
            )
        )


def _fill(acts: int, photos: int) -> None:
    now = datetime.now(UTC)
    with transaction() as session:
        bank = found_bank(session, now=now, slug="drill", name="Drill", town="Pessac").id
    for first in range(0, acts, BATCH):
        with transaction() as session:
            written = [
                AuditAct(
                    actor="system", action="measured", subject=f"x:{number}", details={"n": number}
                )
                for number in range(first, min(acts, first + BATCH))
            ]
            record_acts(session, now=now, bank_id=bank, acts=written)
    for number in range(photos):
        with transaction() as session:
            session.add(
                ImportFile(
                    bank_id=bank,
                    kind="photo",
                    name=str(number),
                    content=os.urandom(PHOTO_BYTES),
                    uploaded_by="system",
                    uploaded_at=now,
                    imported_rows=None,
                )
            )


def _size(folder: Path) -> int:
    if db.engine.dialect.name == "sqlite":
        return sum(path.stat().st_size for path in (folder / "home").glob("milkround.sqlite3*"))
    with db.engine.connect() as connection:
        return int(
            connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        )


if __name__ == "__main__":
    main()
