"""The `milkround` command: each subcommand reads its arguments, acts once and answers."""

import json
import os
import signal
import sys
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector import migrations
from collector.app import create_app
from collector.banks.actions import found_bank
from collector.banks.models import Bank, Jurisdiction
from collector.clock import SystemClock
from collector.config import Settings, SettingsError, settings_from
from collector.db import db, transaction
from collector.demo import day as demo_day
from collector.donors.importing import import_donors
from collector.errors import Refused
from collector.people.actions import add_person, make_link
from collector.people.models import Role
from collector.people.queries import person_by_email
from collector.pickups.importing import import_requests
from collector.planning.actions import ask_for_plan
from collector.processes import Processes, free_port
from collector.server import serve as serve_app
from collector.web.wording import sentence
from collector.worker import work_for_ever, work_until_idle

DEMO_HOME = "instance/demonstration"
LOOPBACK = "127.0.0.1"

clock = SystemClock()


@click.group()
@click.version_option(package_name="milkround")
def main() -> None:
    """Milkround: what a human milk bank runs to collect donated milk."""


@main.command()
@click.option("--once", is_flag=True, help="Do the whole day without serving, then stop.")
@click.option("--json", "as_json", is_flag=True, help="With --once: answer one JSON object.")
@click.option("--port", default=8000, show_default=True, help="Where the web server listens.")
@click.option("--home", help=f"Where it is kept [default: {DEMO_HOME}; with --once: nowhere].")
def demo(*, once: bool, as_json: bool, port: int, home: str | None) -> None:
    """Run the demonstration bank: today's requests, planned, published and ready to try."""
    if once and home is None:
        with TemporaryDirectory() as folder:
            _demo(once=once, as_json=as_json, port=port, home=folder)
    else:
        _demo(once=once, as_json=as_json, port=port, home=home or DEMO_HOME)


def _demo(*, once: bool, as_json: bool, port: int, home: str) -> None:
    since = perf_counter()
    settings = _demo_settings(home, port=free_port(LOOPBACK, port))
    app = _app(settings)
    with app.app_context():
        bank_id, day = demo_day.prepare(clock)
        _say(as_json, f"Planning {day:%A %d %B} ...")
        demo_day.plan_and_publish(
            clock,
            bank_id,
            day,
            seconds=settings.planning_seconds,
            work=lambda: work_until_idle(app, clock),
        )
        if once:
            _demo_once(bank_id, day, since=since, as_json=as_json)
            db.engine.dispose()
            return
        paths = demo_day.links(clock, bank_id, day)
        db.engine.dispose()
    _demo_serve(settings, paths)


@main.command()
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(*, host: str, port: int) -> None:
    """Serve the pages."""
    serve_app(_app(_settings()), host=host, port=port)


@main.command()
def work() -> None:
    """Plan what is asked for and send what is owed, until told to stop."""
    work_for_ever(_app(_settings()), clock)


@main.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    with create_app(_settings()).app_context():
        migrations.upgrade(db.engine)
    click.echo("The database is up to date.")


@main.command()
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--town", required=True)
@click.option(
    "--jurisdiction", type=click.Choice([each.value for each in Jurisdiction]), default="FR"
)
@click.option("--time-zone", default="Europe/Paris", show_default=True)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
def bank(
    slug: str, *, name: str, town: str, jurisdiction: str, time_zone: str, language: str
) -> None:
    """Found a bank with the preset rules of its jurisdiction."""
    with _app(_settings()).app_context(), transaction() as session:
        found_bank(
            session,
            now=clock.now(),
            slug=slug,
            name=name,
            town=town,
            time_zone=time_zone,
            jurisdiction=Jurisdiction(jurisdiction),
            language=language,
        )
    click.echo(f"{name} is founded. Add its people: milkround user EMAIL --bank {slug} ...")


@main.command()
@click.argument("email")
@click.option("--bank", "slug", required=True, help="The bank's short name.")
@click.option("--name", required=True)
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role if role is not Role.DONOR]),
)
def user(email: str, *, slug: str, name: str, roles: tuple[str, ...]) -> None:
    """Add a member of the staff."""
    with _app(_settings()).app_context(), transaction() as session:
        if person_by_email(session, email) is not None:
            raise click.ClickException(f"{email} is on the staff already.")
        home = _bank(session, slug)
        add_person(
            session,
            bank_id=home.id,
            name=name,
            email=email,
            roles=[Role(role) for role in roles],
            language=home.language,
        )
    click.echo(f"{name} may sign in with {email}.")


@main.command()
@click.argument("email")
def link(email: str) -> None:
    """Print a sign-in link for a member of the staff; it works once, for fifteen minutes."""
    settings = _settings()
    with _app(settings).app_context(), transaction() as session:
        person = person_by_email(session, email)
        if person is None:
            raise click.ClickException(f"Nobody on the staff has the address {email}.")
        token = make_link(session, now=clock.now(), bank_id=person.bank_id, person_id=person.id)
    click.echo(f"{settings.public_url}/link/{token}")


@main.command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--bank", "slug", required=True, help="The bank's short name.")
@click.option("--seconds", type=click.IntRange(1, 600), help="Time to think.")
def plan(day: datetime, *, slug: str, seconds: int | None) -> None:
    """Ask for a plan of a day; a running `milkround work` makes it."""
    settings = _settings()
    with _app(settings).app_context(), transaction() as session:
        job = ask_for_plan(
            session,
            now=clock.now(),
            bank_id=_bank(session, slug).id,
            day=day.date(),
            asked_by="system",
            seconds=seconds or settings.planning_seconds,
        )
    click.echo(f"Job {job.id} is queued.")


@main.command("import")
@click.argument("kind", type=click.Choice(["donors", "requests"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bank", "slug", required=True, help="The bank's short name.")
def import_(kind: str, file: Path, *, slug: str) -> None:
    """Import donors or requests from a CSV file: every row, or none."""
    bring_in = {"donors": import_donors, "requests": import_requests}[kind]
    with _app(_settings()).test_request_context():
        with transaction() as session:
            report = bring_in(
                session,
                file.read_bytes(),
                now=clock.now(),
                bank_id=_bank(session, slug).id,
                actor="system",
            )
        for row in report.wrong:
            for mistake in row.mistakes:
                told = sentence(Refused(mistake.code, **mistake.figures))
                click.echo(f"line {row.line}, {mistake.column}: {told}", err=True)
    if not report.good:
        raise click.ClickException("Nothing was imported.")
    click.echo(f"{len(report.rows)} rows were imported.")


def _demo_settings(home: str, *, port: int) -> Settings:
    os.environ["MILKROUND_HOME"] = home
    os.environ.setdefault("PUBLIC_URL", f"http://{LOOPBACK}:{port}")
    return _settings()


def _demo_once(bank_id: int, day: date, *, since: float, as_json: bool) -> None:
    events = demo_day.drive(clock, bank_id, day)
    with current_app.test_request_context():
        told = demo_day.report(clock, bank_id, day, events=events, since=since).as_json()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        click.echo(f"{name:>20}  {value}")


def _demo_serve(settings: Settings, paths: demo_day.Links) -> None:
    port = urlsplit(settings.public_url).port or 80
    with Processes() as processes:
        log = settings.home / "demonstration.log"
        processes.start(["serve", "--port", str(port)], log=log)
        processes.start(["work"], log=log)
        processes.wait_for_port(LOOPBACK, port)
        click.echo("\nMilkround is running. Each link signs in by one click, once:\n")
        for name, path in (
            ("a donor", paths.donor),
            ("a collector's phone", paths.phone),
            ("the coordinator's board", paths.board),
        ):
            click.echo(f"  {name:<24} {settings.public_url}{path}")
        click.echo(f"\nWhat they print goes to {log}. Ctrl-C stops everything.")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            sys.exit(processes.wait())
        except KeyboardInterrupt:
            click.echo("\nStopped.")


def _settings() -> Settings:
    try:
        return settings_from(os.environ)
    except SettingsError as wrong:
        for mistake in wrong.mistakes:
            click.echo(mistake, err=True)
        sys.exit(2)


def _app(settings: Settings) -> Flask:
    """Return the application on an up-to-date database."""
    settings.home.mkdir(parents=True, exist_ok=True)
    app = create_app(settings)
    with app.app_context():
        if not migrations.is_current(db.engine):
            migrations.upgrade(db.engine)
        db.engine.dispose()  # the web server forks: its workers must not share a connection
    return app


def _bank(session: Session, slug: str) -> Bank:
    found = session.scalar(select(Bank).where(Bank.slug == slug))
    if found is None:
        raise click.ClickException(f"There is no bank {slug!r}; found it with `milkround bank`.")
    return found


def _say(quiet: bool, text: str) -> None:  # noqa: FBT001 - reads as one word at its two callers
    if not quiet:
        click.echo(text)


if __name__ == "__main__":
    main()
