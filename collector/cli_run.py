"""Commands that run an installation: serve, work, worker, migrate, plan, postcodes."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from collector.banks.queries import banks
from collector.db import reading, transaction
from collector.fleet import work_in_fleet
from collector.installation import application, bank_named, clock, command, settings
from collector.logs import configure_logs
from collector.oidc_settings import LOOPBACK_HOSTS
from collector.opening_code import opening_code
from collector.places.postcodes import import_postcodes
from collector.planning.optimise.actions import request_plan
from collector.planning.optimise.jobs import compile_planner
from collector.processes import is_free
from collector.server import serve as serve_app
from collector.web_metrics import start_counting
from collector.worker import work_for_ever


def opening_address(public_url: str, *, host: str, port: int) -> str:
    """Return the address of the first bank's form; on this machine alone it has the port."""
    is_local = {urlsplit(public_url).hostname, host} <= LOOPBACK_HOSTS
    return f"{f'http://{host}:{port}' if is_local else public_url}/opening"


@command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def serve(*, host: str, port: int) -> None:
    """Serve the pages."""
    if not is_free(host, port):
        raise click.ClickException(f"Port {port} of {host} is taken; choose another with --port.")
    compile_planner()
    present = settings()
    configure_logs(present.upkeep.logs)
    app = application(present)
    with app.app_context(), reading() as session:
        is_new = not banks(session)
    if is_new:
        code = opening_code(present.home)
        address = opening_address(present.public_url, host=host, port=port)
        click.echo(f"There is no bank yet. Open one at {address}, code {code}")
    click.echo(f"Serving on http://{host}:{port}")
    if present.upkeep.metrics:
        start_counting(app, present.home)
    serve_app(app, host=host, port=port)


@command()
def work() -> None:
    """Run planning jobs, send messages and run timers, until a signal to stop."""
    compile_planner()
    click.echo("Working: plans what is asked for, sends what is owed.")
    present = settings()
    configure_logs(present.upkeep.logs)
    work_for_ever(application(present), clock)


@command()
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Planning jobs at a time.",
)
def worker(*, processes: int) -> None:
    """Run planning jobs that the broker announces, until a signal to stop.

    Any number of machines may run it, beside one `milkround work` for messages and timers.
    """
    present = settings()
    if present.broker is None:
        raise click.ClickException(
            "MILKROUND_BROKER_URL is not set; on one machine `milkround work` runs the jobs."
        )
    compile_planner()
    configure_logs(present.upkeep.logs)
    app = application(present)
    click.echo(f"Working: {processes} planning jobs at a time.")
    work_in_fleet(app, clock, present.broker, processes=processes)


@command()
def migrate() -> None:
    """Migrate the database to this version's schema; `serve` and `work` do it themselves."""
    application(settings())
    click.echo("The database is up to date.")


@command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--bank", "slug", required=True, help="The bank's short name.")
@click.option("--seconds", type=click.IntRange(1, 600), help="Time to think.")
def plan(day: datetime, *, slug: str, seconds: int | None) -> None:
    """Enqueue a planning job for a day; a running `milkround work` executes it."""
    present = settings()
    with application(present).app_context(), transaction() as session:
        job = request_plan(
            session,
            now=clock.now(),
            bank_id=bank_named(session, slug).id,
            day=day.date(),
            asked_by="system",
            seconds=seconds or present.planning_seconds,
        )
    click.echo(f"Job {job.id} is queued.")


@command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def postcodes(file: Path) -> None:
    """Import the positions of postcodes from La Poste's open CSV file, replacing earlier ones."""
    present = settings()
    with (
        application(present).test_request_context(base_url=present.public_url),
        transaction() as session,
    ):
        count = import_postcodes(session, file.read_bytes())
    click.echo(f"{count} postcodes are known.")
