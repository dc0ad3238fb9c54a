"""`milkround demo`: the demonstration bank, once or served."""

import fcntl
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

import click
from flask import Flask

from collector.config import Settings
from collector.db import db
from collector.demo import day as demo_day
from collector.installation import application, clock, command, settings
from collector.planning.optimise.jobs import compiling_planner
from collector.processes import Processes, free_port
from collector.worker import work_until_idle

HOME = "instance/demonstration"
ITERATIONS = 20_000
"""Work of the search, some twenty seconds of one core: a busy machine makes the same plan later."""
SECONDS = 150
"""Time after which the search ends with the best plan so far."""
LOOPBACK = "127.0.0.1"


@command()
@click.option("--once", is_flag=True, help="Do the whole day without serving, then stop.")
@click.option("--json", "as_json", is_flag=True, help="With --once: answer one JSON object.")
@click.option("--port", default=8000, show_default=True, help="Where the web server listens.")
@click.option("--home", help=f"Where it is kept [default: {HOME}; with --once: nowhere].")
def demo(*, once: bool, as_json: bool, port: int, home: str | None) -> None:
    """Run the demonstration bank: today's requests, planned, published and ready to try."""
    since = perf_counter()
    with compiling_planner() as compiled:
        if not once:
            _serve(_settings(home or HOME, port=free_port(LOOPBACK, port)), compiled)
        elif home is not None:
            _once(_settings(home, port=port), compiled, since=since, as_json=as_json)
        else:
            with TemporaryDirectory() as folder:
                _once(_settings(folder, port=port), compiled, since=since, as_json=as_json)


def _once(settings: Settings, compiled: Callable[[], None], *, since: float, as_json: bool) -> None:
    """Play the day through, and print its result."""
    app = application(settings)
    with app.test_request_context(base_url=settings.public_url):
        bank_id, day = _published(app, compiled)
        events = demo_day.drive(clock, bank_id, day)
        told = demo_day.report(clock, bank_id, day, events=events, since=since).as_json()
        db.engine.dispose()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        click.echo(f"{name:>20}  {value}")


def _serve(settings: Settings, compiled: Callable[[], None]) -> None:
    """Serve the published day until Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # A shell starts a background command with Ctrl-C's signal ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    known = (settings.home / "milkround.sqlite3").exists()
    app = application(settings)
    try:
        with _alone(settings.home):
            click.echo(f"Going on in {settings.home}" if known else "Making a bank ...")
            _serve_processes(settings, _made_ready(app, compiled))
    except KeyboardInterrupt:
        click.echo("\nStopped.")
    except demo_day.PlanFailed as failed:
        raise click.ClickException(f"The day could not be planned: {failed}") from None


def _made_ready(app: Flask, compiled: Callable[[], None]) -> demo_day.Links:
    with app.app_context():
        bank_id, day = _published(app, compiled)
        demo_day.drive_until_now(clock, bank_id, day)
        paths = demo_day.links(clock, bank_id, day)
        db.engine.dispose()
    return paths


def _serve_processes(settings: Settings, paths: demo_day.Links) -> None:
    port = urlsplit(settings.public_url).port or 80
    log = settings.home / "demonstration.log"
    with Processes() as processes:
        processes.start(["serve", "--port", str(port)], log=log)
        processes.start(["work"], log=log)
        processes.wait_for_port(LOOPBACK, port)
        _tell(settings, paths)
        sys.exit(processes.wait())


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Allow one demonstration at a time in a folder."""
    with (home / "running").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(
                f"A demonstration runs in {home} already. Stop it with Ctrl-C, "
                "or begin another: milkround demo --home FOLDER"
            ) from None
        yield


def _tell(settings: Settings, paths: demo_day.Links) -> None:
    click.echo("\nMilkround is running. Each link signs in by one click, once:\n")
    for name, path in (
        ("a donor", paths.donor),
        ("a collector's phone", paths.phone),
        ("the coordinator's board", paths.board),
        ("the laboratory", paths.laboratory),
        ("the dispensary", paths.dispensary),
        ("a ward", paths.ward),
    ):
        click.echo(f"  {name:<24} {settings.public_url}{path}")
    click.echo("\nBoard, laboratory and dispensary share a session: open one in a private window.")
    click.echo("One click is enough here: the data are invented, and the server answers this")
    click.echo("machine alone. A real bank's staff also gives a second factor.")
    click.echo(f"\nWhat it prints goes to {settings.home / 'demonstration.log'}.")
    click.echo("Ctrl-C stops everything; remove that folder to begin afresh.")


def _published(app: Flask, compiled: Callable[[], None]) -> tuple[int, date]:
    """Return the bank and the day, planned and published by the queue like any other."""
    bank_id, day = demo_day.prepare(clock)
    compiled()
    demo_day.plan_and_publish(
        clock,
        bank_id,
        day,
        seconds=SECONDS,
        iterations=ITERATIONS,
        work=lambda: work_until_idle(app, clock),
    )
    return bank_id, day


def _settings(home: str, *, port: int) -> Settings:
    """Return the settings of the demonstration, which its server and worker inherit."""
    os.environ["MILKROUND_HOME"] = home
    os.environ["PUBLIC_URL"] = f"http://{LOOPBACK}:{port}"
    os.environ["MILKROUND_DEMONSTRATION"] = "1"
    os.environ.pop("DATABASE_URL", None)
    return settings()
