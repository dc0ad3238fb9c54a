"""Command that checks an installation, and rehearses a restore."""

import json
import os
from pathlib import Path
from time import monotonic

import click

from collector import migrations
from collector.app import create_app
from collector.config import Settings
from collector.db import db, reading, transaction
from collector.installation import OWNER_ONLY, clock, command, settings
from collector.jobs.models import MaintenanceKind
from collector.maintenance.doctor import deep_findings, quick_findings
from collector.maintenance.encryption import read_identities
from collector.maintenance.errors import BackupError
from collector.maintenance.findings import HealthFinding, Level, act
from collector.maintenance.restore import drill as rehearse
from collector.maintenance.runs import record_run
from collector.web.health_wording import finding_sentence

MARKS = {Level.FINE: "ok  ", Level.NOTE: "note", Level.ACT: "ACT "}


@command()
@click.option("--json", "as_json", is_flag=True, help="Answer one JSON object.")
@click.option("--record", is_flag=True, help="Keep the findings for the page of administrators.")
@click.option("--drill", is_flag=True, help="First restore the newest backup into a scratch place.")
@click.option(
    "--backups", type=click.Path(path_type=Path), help="The folder of the backups to rehearse."
)
@click.option(
    "--identity", type=click.Path(exists=True, path_type=Path), help="The identity of the backups."
)
def doctor(
    *, as_json: bool, record: bool, drill: bool, backups: Path | None, identity: Path | None
) -> None:
    """Check the installation; exit with 1 if something must be done."""
    present = settings()
    os.umask(OWNER_ONLY)
    app = create_app(present)
    with app.test_request_context():
        current = migrations.is_current(db.engine)
        if drill and current:
            _drill(present, backups, identity)
        found = _examine(present, record=record) if current else [act("schema_other")]
        if as_json:
            click.echo(
                json.dumps({"findings": [_told(each) for each in found]}, ensure_ascii=False)
            )
        else:
            for each in found:
                click.echo(f"{MARKS[each.level]}  {finding_sentence(each)}")
    if any(each.level is Level.ACT for each in found):
        raise SystemExit(1)


def _told(finding: HealthFinding) -> dict[str, object]:
    return {**finding.as_json(), "sentence": finding_sentence(finding)}


def _examine(present: Settings, *, record: bool) -> list[HealthFinding]:
    started, begun = clock.now(), monotonic()
    with reading() as session:
        quick = quick_findings(session, present, now=started)
    with reading() as session:
        deep = deep_findings(session, db.engine, present, now=started)
    if record:
        with transaction() as session:
            record_run(
                session,
                MaintenanceKind.CHECKUP,
                started_at=started,
                seconds=monotonic() - begun,
                succeeded=not any(each.level is Level.ACT for each in [*quick, *deep]),
                figures={"findings": [each.as_json() for each in deep]},
            )
    return [*quick, *deep]


def _drill(present: Settings, backups: Path | None, identity: Path | None) -> None:
    """Rehearse a restore, and keep its minutes."""
    plan = present.upkeep.backups
    folder = backups or (plan.folder if plan else None)
    if folder is None or identity is None:
        raise click.UsageError("Name --backups (or set MILKROUND_BACKUP_TO) and --identity.")
    started, begun, error = clock.now(), monotonic(), None
    figures: dict[str, object] = {}
    try:
        done = rehearse(present, folder, read_identities(identity), now=started)
        figures = {"rows": done.rows, "lost_minutes": round(done.lost.total_seconds() / 60)}
    except BackupError as failed:
        error = failed
    with transaction() as session:
        record_run(
            session,
            MaintenanceKind.DRILL,
            started_at=started,
            seconds=monotonic() - begun,
            succeeded=error is None,
            figures=figures,
        )
    if error is not None:
        raise click.ClickException(f"The rehearsed restore failed: {error}") from error
    click.echo(
        f"Restored {done.rows} rows of {done.file.name} into a scratch place in"
        f" {done.seconds / 60:.1f} minutes; entries of the last"
        f" {done.lost.total_seconds() / 60:.0f} minutes are not in it.",
        err=True,
    )
