"""Command that prepares a region of roads and streets."""

import sys
from pathlib import Path
from time import monotonic

import click

from collector.config import Settings
from collector.db import reading, transaction
from collector.installation import application, clock, command, settings
from collector.roads.errors import PreparationError
from collector.roads.preparation import (
    DISK_PER_BYTE,
    SECONDS_PER_MB,
    STEPS,
    prepare,
    remove_others,
)
from collector.roads.regions import (
    complaint,
    forget_region,
    put_in_force,
    region_in_force,
    streets_file,
)

MB = 10**6
MINUTE = 60
EDGES = 4

Bounds = tuple[float, float, float, float]


class WrongExtractError(click.ClickException):
    """Refusal of an extract, with the exit code of a wrong input; the old region stays."""

    exit_code = 2


class BoundsType(click.ParamType):  # type: ignore[type-arg]
    """Bounds on the command line: west, south, east and north in degrees."""

    name = "W,S,E,N"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Bounds:
        """Return the four numbers, or fail with a sentence."""
        try:
            edges = tuple(map(float, value.split(",")))
        except ValueError:
            edges = ()
        if len(edges) != EDGES:
            self.fail(f"{value!r} is not four numbers: west,south,east,north.", param, ctx)
        west, south, east, north = edges
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004 - of a globe
            self.fail(f"{value!r} bounds no area: west,south,east,north in degrees.", param, ctx)
        return west, south, east, north


@command()
@click.argument("extract", metavar="FILE|status|remove")
@click.option("--bounds", type=BoundsType(), help="Leave out the roads beyond these degrees.")
def region(*, extract: str, bounds: Bounds | None) -> None:
    """Prepare roads and streets from an OpenStreetMap extract (.osm.pbf).

    `status` shows the region in force, and `remove` removes it. A prepared region replaces the one
    before. An interrupted preparation goes on with the next call.
    """
    present = settings()
    with application(present).app_context():
        if extract == "status":
            _status()
        elif extract == "remove":
            _remove(present)
        else:
            _prepare(present, Path(extract), bounds)


def _prepare(present: Settings, extract: Path, bounds: Bounds | None) -> None:
    _foretell(extract)
    begun = monotonic()
    try:
        with click.progressbar(
            length=100, label="Preparing", file=sys.stderr, show_eta=True
        ) as bar:
            done: set[str] = set()

            def tell(step: str) -> None:
                done.add(step)
                bar.update(sum(STEPS[each] for each in done) - bar.pos)

            found = prepare(extract, present.home, bounds=bounds, tell=tell)
    except PreparationError as wrong:
        raise WrongExtractError(f"{wrong}. The region in force is unchanged.") from wrong
    except ModuleNotFoundError as missing:
        raise WrongExtractError(
            f"{missing.name} is missing: pip install 'milkround[roads]'."
        ) from missing
    with transaction() as session:
        put_in_force(session, found, now=clock.now())
    remove_others(present.home, found.folder)
    click.echo(
        f"{found.source} is in force: {found.junctions} junctions, {found.arcs} arcs,"
        f" {'with' if found.has_streets else 'without'} a street map,"
        f" in {monotonic() - begun:.0f} s."
    )
    if not found.has_streets:
        click.echo("Streets are drawn once tippecanoe is installed and the region prepared again.")


def _foretell(extract: Path) -> None:
    """Print the time and the space that a preparation takes."""
    if not extract.is_file():
        return
    size = extract.stat().st_size
    seconds = round(SECONDS_PER_MB * size / MB) + 1
    long = f"{seconds} s" if seconds < 2 * MINUTE else f"{seconds // MINUTE} min"
    click.echo(
        f"{extract.name} has {size / MB:.1f} MB: about {long} of one core, and up to"
        f" {DISK_PER_BYTE * size / MB:.0f} MB of disk meanwhile.",
        err=True,
    )


def _status() -> None:
    with reading() as session:
        found = region_in_force(session)
        if found is None:
            click.echo("No region is prepared: travel times are estimates from positions alone.")
            return
        click.echo(
            f"{found.source}, prepared on {found.prepared_at:%Y-%m-%d %H:%M} UTC, version"
            f" {found.version}: {found.junctions} junctions, {found.arcs} arcs, from"
            f" {found.south:.3f}, {found.west:.3f} to {found.north:.3f}, {found.east:.3f}."
        )
        streets = streets_file(found)
        size = f"{streets.stat().st_size / MB:.1f} MB" if streets else "none"
        click.echo(f"Street map: {size}. {found.attribution}.")
        if (sentence := complaint(found)) is not None:
            raise click.ClickException(f"The region cannot be used: {sentence}.")


def _remove(present: Settings) -> None:
    with transaction() as session:
        known = forget_region(session)
    remove_others(present.home, None)
    click.echo("The region was removed." if known else "No region is prepared.")
