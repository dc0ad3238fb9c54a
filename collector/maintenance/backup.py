"""Backup of an installation: one encrypted file, verified before it is kept."""

import json
import os
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from collector.audit.signing import HeadSigner
from collector.config import Settings
from collector.kept_secrets import SECRETS
from collector.maintenance.databases import dump, is_sqlite, scratch_database
from collector.maintenance.encryption import encrypt_and_prove
from collector.maintenance.erasures import PATTERN as REGISTERS
from collector.maintenance.erasures import write_register
from collector.maintenance.errors import BackupError
from collector.maintenance.verification import verify

NAME = "milkround-{:%Y%m%dT%H%M%SZ}.age"
PATTERN = "milkround-*.age"
DATABASE = "database"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made.

    Attributes
    ----------
    rows
        The rows of all tables together.
    removed
        The number of old files that were removed.
    """

    file: Path
    size: int
    rows: int
    banks: list[str]
    removed: int


def back_up(
    settings: Settings,
    *,
    folder: Path,
    recipients: Sequence[str],
    now: datetime,
    keep: int,
    days: int,
) -> Backup:
    """Make a backup: copy, restore into a scratch place, verify, encrypt, prove, remove old ones.

    The file holds the database with its photos, and the secrets of the folder.

    Raises
    ------
    BackupError
        Any step failed; no file is left behind.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / NAME.format(now.astimezone(UTC))
    if target.exists():
        raise BackupError(f"{target} exists already: one backup a second.")
    with private_folder(settings.home) as scratch:
        copied = scratch / DATABASE
        dump(settings.database_url, copied)
        with scratch_database(settings.database_url, copied) as url:
            verified = verify(url, HeadSigner(settings.upkeep.audit_key))
        manifest = {
            "made_at": now.astimezone(UTC).isoformat(),
            "version": version("milkround"),
            "database": "sqlite" if is_sqlite(settings.database_url) else "postgresql",
            "rows": verified.rows,
            "banks": verified.banks,
        }
        archive = scratch / "archive.tar.gz"
        _pack(archive, copied, settings.home, manifest)
        encrypt_and_prove(archive, target, recipients)
        write_register(settings.database_url, folder, scratch, recipients, now=now)
    removed = remove_old(folder, now=now, keep=keep, days=days)
    return Backup(
        file=target,
        size=target.stat().st_size,
        rows=sum(verified.rows.values()),
        banks=verified.banks,
        removed=removed,
    )


@contextmanager
def private_folder(home: Path) -> Iterator[Path]:
    """Give a folder for plain copies, of its owner's only; it is removed afterwards."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = os.umask(0o077)
    try:
        with TemporaryDirectory(dir=home, prefix=".scratch-") as folder:
            yield Path(folder)
    finally:
        os.umask(before)


def remove_old(folder: Path, *, now: datetime, keep: int, days: int) -> int:
    """Remove old backups; return their number.

    Parameters
    ----------
    keep
        The newest files stay.
    days
        Of each of the last days, the last file stays too.
    """
    backups = sorted(folder.glob(PATTERN), reverse=True)
    stay, last_days = set(backups[:keep]), set[str]()
    oldest = NAME.format((now - timedelta(days=days)).astimezone(UTC))
    for file in backups:
        day = file.name[: len("milkround-20261130")]
        if file.name >= oldest and day not in last_days:
            stay.add(file)
        last_days.add(day)
    gone = [file for file in backups if file not in stay]
    # The newest registers are worth most: they list each erasure since the oldest backup.
    for file in (*gone, *sorted(folder.glob(REGISTERS), reverse=True)[keep:]):
        file.unlink()
    return len(gone)


def latest_backup(folder: Path) -> Path:
    """Return the newest backup of a folder.

    Raises
    ------
    BackupError
        There is none.
    """
    found = sorted(folder.glob(PATTERN))
    if not found:
        raise BackupError(f"There is no backup in {folder}.")
    return found[-1]


def made_at(file: Path) -> datetime:
    """Return the instant of a backup, from its name."""
    return datetime.strptime(file.name, "milkround-%Y%m%dT%H%M%SZ.age").replace(tzinfo=UTC)


def _pack(archive: Path, copied: Path, home: Path, manifest: Mapping[str, object]) -> None:
    listed = archive.with_name(MANIFEST)
    listed.write_text(json.dumps(manifest), "utf-8")
    # A dump of PostgreSQL is compressed already; SQLite's pages shrink to a fifth at level 1.
    with tarfile.open(archive, "w:gz", compresslevel=1) as packed:
        packed.add(listed, MANIFEST)
        packed.add(copied, DATABASE)
        for name in SECRETS:
            if (home / name).exists():
                packed.add(home / name, name)
