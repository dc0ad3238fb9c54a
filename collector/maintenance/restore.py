"""Restore of a backup, in its place or into a scratch place as a drill."""

import json
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from pyrage import x25519

from collector import migrations
from collector.audit.signing import HeadSigner
from collector.config import Settings
from collector.kept_secrets import SECRETS
from collector.maintenance.backup import (
    DATABASE,
    MANIFEST,
    latest_backup,
    made_at,
    private_folder,
)
from collector.maintenance.databases import (
    exchange,
    is_empty,
    is_sqlite,
    scratch_database,
    unpooled,
)
from collector.maintenance.encryption import decrypt
from collector.maintenance.erasures import (
    Erasure,
    Repeated,
    erasures_in,
    read_registers,
    repeat_erasures,
)
from collector.maintenance.errors import BackupError
from collector.maintenance.verification import Verified, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A restore that was done.

    Attributes
    ----------
    made_at
        The instant of the backup, as written in it.
    kept
        The name of the database that was there before, or None.
    secrets
        The secrets that were put in place; an existing file stays.
    repeated
        The donors who were erased after the backup, and are erased again.
    """

    made_at: str
    rows: int
    kept: str | None
    secrets: list[str]
    repeated: Repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A rehearsed restore.

    Attributes
    ----------
    lost
        The age of the newest backup: entries since then would be lost.
    """

    file: Path
    seconds: float
    lost: timedelta
    rows: int


def restore(
    settings: Settings,
    file: Path,
    identities: Sequence[x25519.Identity],
    *,
    now: datetime,
    replace: bool,
) -> Restored:
    """Verify a backup in a scratch place, then put it in the place of the installation.

    Raises
    ------
    BackupError
        The backup is damaged or of another kind of database, or the present database is not empty
        and not to be replaced, or in use.
    """
    if not replace and not is_empty(settings.database_url):
        raise BackupError(
            "The database is not empty. With --replace it is kept under another name, and replaced."
        )
    with _unpacked(settings, file, identities) as (folder, manifest):
        verified = _verified(settings, folder, manifest)
        erasures = erasures_since(settings, file, identities, folder)
        kept = exchange(settings.database_url, folder / DATABASE, now=now)
        repeated = Repeated(erased=0, left=[])
        if erasures:
            migrations.upgrade(unpooled(settings.database_url))
            repeated = repeat_erasures(settings.database_url, erasures, now=now)
        return Restored(
            made_at=str(manifest["made_at"]),
            rows=sum(verified.rows.values()),
            kept=kept,
            secrets=_put_secrets(folder, settings.home, replace=replace),
            repeated=repeated,
        )


def erasures_since(
    settings: Settings, file: Path, identities: Sequence[x25519.Identity], scratch: Path
) -> set[Erasure]:
    """Return the known erasures: of the present database, and of the registers of the backups."""
    plan = settings.upkeep.backups
    folders = {file.absolute().parent, *((plan.folder,) if plan else ())}
    known = erasures_in(settings.database_url)
    for folder in folders:
        known |= read_registers(folder, scratch, identities)
    return known


def drill(
    settings: Settings, backups: Path, identities: Sequence[x25519.Identity], *, now: datetime
) -> Drill:
    """Restore the newest backup into a scratch place, verify it, and time it all.

    Raises
    ------
    BackupError
        There is no backup, or it cannot be restored.
    """
    begun, file = monotonic(), latest_backup(backups)
    with _unpacked(settings, file, identities) as (folder, manifest):
        verified = _verified(settings, folder, manifest)
    return Drill(
        file=file,
        seconds=monotonic() - begun,
        lost=now - made_at(file),
        rows=sum(verified.rows.values()),
    )


@contextmanager
def _unpacked(
    settings: Settings, file: Path, identities: Sequence[x25519.Identity]
) -> Iterator[tuple[Path, dict[str, Any]]]:
    with private_folder(settings.home) as folder:
        archive = folder / "archive.tar.gz"
        decrypt(file, archive, identities)
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        archive.unlink()
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        here = "sqlite" if is_sqlite(settings.database_url) else "postgresql"
        if manifest["database"] != here:
            raise BackupError(
                f"{file} is a backup of {manifest['database']}; DATABASE_URL names {here}."
            )
        yield folder, manifest


def _verified(settings: Settings, folder: Path, manifest: dict[str, Any]) -> Verified:
    """Verify the unpacked database under the audit key of its own time, and its rows."""
    kept = folder / "audit_key"
    signer = HeadSigner(kept.read_text("ascii").strip()) if kept.exists() else None
    with scratch_database(settings.database_url, folder / DATABASE) as url:
        verified = verify(url, signer)
    if verified.rows != manifest["rows"]:
        raise BackupError("The rows of the backup differ from its list.")
    return verified


def _put_secrets(folder: Path, home: Path, *, replace: bool) -> list[str]:
    put = list[str]()
    for name in SECRETS:
        source, target = folder / name, home / name
        if source.exists() and (replace or not target.exists()):
            unfinished = home / f".{name}.restored"
            unfinished.write_bytes(source.read_bytes())
            unfinished.chmod(0o600)
            unfinished.replace(target)
            put.append(name)
    return put
