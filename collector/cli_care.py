"""Commands that care for an installation: key, backup, restore, erasures, compact."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import click

from collector.config import Settings
from collector.db import db, transaction
from collector.installation import application, clock, command, settings
from collector.jobs.models import MaintenanceKind
from collector.maintenance.backup import back_up, private_folder
from collector.maintenance.compaction import rewrite_pages
from collector.maintenance.encryption import new_identity, read_identities
from collector.maintenance.erasures import Repeated, read_registers, repeat_erasures
from collector.maintenance.errors import BackupError
from collector.maintenance.restore import restore as restore_backup
from collector.maintenance.runs import record_run

FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@command()
@click.argument("file", type=FILE)
def key(file: Path) -> None:
    """Make a pair of keys for backups: the identity goes to a file, the public key is printed.

    Keep the file away from the server: without it no backup can be read.
    """
    try:
        public = new_identity(file)
    except FileExistsError:
        raise click.ClickException(f"{file} exists already; it is not overwritten.") from None
    click.echo(public)


@command()
@click.argument("folder", type=FOLDER, required=False)
@click.option("--recipient", "recipients", multiple=True, help="A public key of age (age1...).")
@click.option("--keep", type=click.IntRange(1), help="Newest files to keep [default: 48].")
@click.option("--days", type=click.IntRange(0), help="Days with a last file each [default: 35].")
def backup(
    *, folder: Path | None, recipients: tuple[str, ...], keep: int | None, days: int | None
) -> None:
    """Back up the installation to a folder: one encrypted file, verified by a restore."""
    present = settings()
    plan = present.upkeep.backups
    folder = folder or (plan.folder if plan else None)
    recipients = recipients or (plan.recipients if plan else ())
    if folder is None:
        raise click.UsageError("Name a folder, or set MILKROUND_BACKUP_TO.")
    if not recipients:
        raise click.UsageError("Name a public key with --recipient, or set MILKROUND_BACKUP_KEYS.")
    started, begun = clock.now(), monotonic()
    try:
        made = back_up(
            present,
            folder=folder,
            recipients=recipients,
            now=started,
            keep=keep or (plan.keep if plan else 48),
            days=days if days is not None else (plan.days if plan else 35),
        )
    except BackupError as failed:
        _record(present, started, begun, {"error": "backup_failed"}, succeeded=False)
        raise click.ClickException(str(failed)) from failed
    figures = {"bytes": made.size, "rows": made.rows}
    _record(present, started, begun, figures, succeeded=True)
    click.echo(
        f"{made.file}: {made.size} bytes, {made.rows} rows, verified,"
        f" in {monotonic() - begun:.1f} s; {made.removed} old files removed."
    )


@command()
@click.argument("file", type=EXISTING_FILE)
@click.option(
    "--identity", required=True, type=EXISTING_FILE, help="The file with the identity of age."
)
@click.option("--replace", is_flag=True, help="Replace the present database; it is kept aside.")
def restore(*, file: Path, identity: Path, replace: bool) -> None:
    """Restore a backup into the installation that the settings name."""
    begun = monotonic()
    try:
        done = restore_backup(
            settings(), file, read_identities(identity), now=clock.now(), replace=replace
        )
    except BackupError as failed:
        raise click.ClickException(str(failed)) from failed
    made = datetime.fromisoformat(done.made_at).astimezone(UTC)
    click.echo(
        f"Restored {done.rows} rows of {made:%Y-%m-%d %H:%M} UTC in {monotonic() - begun:.1f} s."
    )
    if done.kept:
        click.echo(f"The database that was there is kept as {done.kept}.")
    _tell_repeated(done.repeated)
    if done.secrets:
        click.echo(f"Secrets put in place: {', '.join(done.secrets)}.")


@command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--identity", required=True, type=EXISTING_FILE, help="The file with the identity of age."
)
def erasures(*, folder: Path, identity: Path) -> None:
    """Erase again the donors of the registers of a folder, after a restore by other means."""
    present = settings()
    try:
        with private_folder(present.home) as scratch:
            known = read_registers(folder, scratch, read_identities(identity))
        _tell_repeated(repeat_erasures(present.database_url, known, now=clock.now()))
    except BackupError as failed:
        raise click.ClickException(str(failed)) from failed


def _tell_repeated(repeated: Repeated) -> None:
    click.echo(f"Donors erased again: {repeated.erased}.")
    if repeated.left:
        numbers = ", ".join(repeated.left)
        click.echo(f"Erase by hand, because a visit is under way: {numbers}.", err=True)


@command()
def compact() -> None:
    """Rewrite the database without erased data; the worker does it in the night after one."""
    started, begun = clock.now(), monotonic()
    with application(settings()).app_context():
        done = rewrite_pages(db.engine)
        with transaction() as session:
            record_run(
                session,
                MaintenanceKind.COMPACTION,
                started_at=started,
                seconds=monotonic() - begun,
                succeeded=done,
                figures={},
            )
    if not done:
        raise click.ClickException("Others use the database: a part of it is left for later.")
    click.echo(f"The database was rewritten in {monotonic() - begun:.1f} s.")


def _record(
    present: Settings,
    started: datetime,
    begun: float,
    figures: Mapping[str, object],
    *,
    succeeded: bool,
) -> None:
    with application(present).app_context(), transaction() as session:
        record_run(
            session,
            MaintenanceKind.BACKUP,
            started_at=started,
            seconds=monotonic() - begun,
            succeeded=succeeded,
            figures=figures,
        )
