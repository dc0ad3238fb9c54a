"""Commands that change and remove the rows of a bank."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import click

from collector import cli_material, cli_rules
from collector.banks.actions import change_bank
from collector.banks.calendar import close_on, closing_days, open_again
from collector.banks.fleet import (
    STARTING_CAPACITY,
    boxes_of,
    capacity_mistakes,
    vehicle_known,
    write_box,
    write_vehicle,
)
from collector.banks.models import Bank, FleetVehicle, TransportBox
from collector.banks.queries import site_named
from collector.banks.sites import change_site, retire_site
from collector.db import reading, transaction
from collector.errors import Refused
from collector.installation import InstallationCommand, application, bank_named, clock, settings
from collector.people.models import Role
from collector.people.queries import person_by_email
from collector.people.staff import change_person, person_with_roles, roles_text
from collector.shifts.fleet_changes import (
    days_at_site,
    follow_box,
    follow_vehicle,
    leave_out_box,
    leave_out_vehicle,
)
from collector.shifts.queries import weekly_shifts_of
from collector.shifts.usual_weeks import end_weekly_shift

STAFF_ROLES = [role.value for role in Role if role is not Role.DONOR]
SYSTEM = "system"


class ManageGroup(click.Group):
    """Group whose commands print refusals as sentences."""

    command_class = InstallationCommand


of_bank = click.option("--bank", "slug", required=True, help="The bank's short name.")


def _today(bank: Bank) -> date:
    return clock.now().astimezone(bank.zone).date()


@click.group(cls=ManageGroup)
def change() -> None:
    """Change the rows of a bank; a new name adds one where the command says so."""


@change.command("bank")
@of_bank
@click.option("--name")
@click.option("--town")
@click.option("--phone")
@click.option("--time-zone")
@click.option("--language", type=click.Choice(["fr", "en"]))
@click.option("--holiday-region")
def change_the_bank(slug: str, **told: str | None) -> None:
    """Change the facts of a bank."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        facts = {name: getattr(bank, name) if said is None else said for name, said in told.items()}
        change_bank(session, now=clock.now(), bank_id=bank.id, actor=SYSTEM, facts=facts)
    click.echo("The bank is changed.")


@change.command("site")
@click.argument("name")
@of_bank
@click.option("--town")
@click.option("--latitude", type=click.FloatRange(-90, 90))
@click.option("--longitude", type=click.FloatRange(-180, 180))
@click.option("--freezer/--no-freezer", "receives", default=None)
def change_the_site(name: str, *, slug: str, **told: object) -> None:
    """Change a site."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        site = site_named(session, bank_id=bank.id, name=name)
        facts = {key: said for key, said in told.items() if said is not None}
        change_site(
            session,
            now=clock.now(),
            bank_id=bank.id,
            actor=SYSTEM,
            site_id=site.id,
            facts=facts,
            seen=site.version,
        )
    click.echo("The site is changed.")


def capacities(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a capacity."""
    for name in ("tubes", "ml", "bottles"):
        option = click.option(f"--{name}", f"capacity_{name}", type=click.IntRange(min=0))
        command = option(command)
    return command


@change.command("vehicle")
@click.argument("name")
@of_bank
@capacities
def change_the_vehicle(name: str, *, slug: str, **told: int | None) -> None:
    """Change the capacity of a vehicle; a new name adds one."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        row = next((v for v in vehicle_known(session, bank.id) if v.name == name), None)
        facts = _capacity(row, told) | ({} if row else {"name": name, "plate": ""})
        write_vehicle(
            session,
            now=clock.now(),
            bank_id=bank.id,
            actor=SYSTEM,
            facts=facts,
            vehicle_id=row.id if row else None,
            seen=row.version if row else 0,
        )
        known = {"since": _today(bank), "was": name, "now_named": name}
        follow_vehicle(session, bank_id=bank.id, **known)  # type: ignore[arg-type]
    click.echo(f"{name} is noted.")


@change.command("box")
@click.argument("code")
@of_bank
@capacities
def change_the_box(code: str, *, slug: str, **told: int | None) -> None:
    """Change the capacity of a box; a new code adds one."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        row = next((b for b in boxes_of(session, bank.id) if b.code == code), None)
        facts = _capacity(row, told) | ({} if row else {"code": code, "thermometer": ""})
        write_box(
            session,
            now=clock.now(),
            bank_id=bank.id,
            actor=SYSTEM,
            facts=facts,
            box_id=row.id if row else None,
            seen=row.version if row else 0,
        )
        known = {"since": _today(bank), "was": code, "now_coded": code}
        follow_box(session, bank_id=bank.id, **known)  # type: ignore[arg-type]
    click.echo(f"{code} is noted.")


@change.command("user")
@click.argument("email")
@click.option("--name")
@click.option("--role", "roles", multiple=True, type=click.Choice(STAFF_ROLES))
def change_the_user(email: str, *, name: str | None, roles: tuple[str, ...]) -> None:
    """Change the name or the roles of a member of the staff."""
    with application(settings()).app_context(), transaction() as session:
        known = person_by_email(session, email)
        if known is None:
            raise click.ClickException(f"Nobody on the staff has the address {email}.")
        person = person_with_roles(session, bank_id=known.bank_id, person_id=known.id)
        change_person(
            session,
            now=clock.now(),
            bank_id=person.bank_id,
            actor=SYSTEM,
            person_id=person.id,
            facts={"name": name or person.name},
            roles=[Role(role) for role in roles] or [grant.role for grant in person.grants],
            seen=roles_text(person),
        )
    click.echo("The person is changed.")


def _capacity(
    row: FleetVehicle | TransportBox | None, told: Mapping[str, int | None]
) -> dict[str, Any]:
    """Return the capacity of a row with the typed figures, without its mistakes."""
    known = {
        f"capacity_{name}": getattr(row, f"capacity_{name}") if row else most
        for name, most in STARTING_CAPACITY._asdict().items()
    }
    facts = known | {name: said for name, said in told.items() if said is not None}
    for mistake in capacity_mistakes(facts):
        raise Refused(mistake.code, **mistake.figures)
    return facts


@click.group(cls=ManageGroup)
def remove() -> None:
    """Retire, end, withdraw or remove the rows of a bank."""


@remove.command("site")
@click.argument("name")
@of_bank
def remove_site(name: str, slug: str) -> None:
    """Retire a site where no shift ahead begins or ends."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        site = site_named(session, bank_id=bank.id, name=name)
        used = days_at_site(session, bank_id=bank.id, since=_today(bank), site_id=site.id)
        if used:
            raise click.ClickException(f"Shifts begin or end there, the first on {used[0]}.")
        known = {"site_id": site.id, "on": _today(bank), "seen": site.version}
        retire_site(session, now=clock.now(), bank_id=bank.id, actor=SYSTEM, **known)  # type: ignore[arg-type]
    click.echo("The site is retired.")


@remove.command("vehicle")
@click.argument("name")
@of_bank
def remove_vehicle(name: str, slug: str) -> None:
    """Retire a vehicle, and take it from the shifts ahead."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        row = next((v for v in vehicle_known(session, bank.id) if v.name == name), None)
        if row is None:
            raise click.ClickException(f"There is no vehicle {name!r}.")
        write_vehicle(
            session,
            now=clock.now(),
            bank_id=bank.id,
            actor=SYSTEM,
            facts={"retired_on": _today(bank)},
            vehicle_id=row.id,
            seen=row.version,
        )
        days = leave_out_vehicle(session, bank_id=bank.id, since=_today(bank), name=name)
    click.echo(f"The vehicle is retired; shifts ahead without it now: {len(days)}.")


@remove.command("box")
@click.argument("code")
@of_bank
def remove_box(code: str, slug: str) -> None:
    """Retire a box, and take it from the shifts ahead."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        row = next((b for b in boxes_of(session, bank.id) if b.code == code), None)
        if row is None:
            raise click.ClickException(f"There is no box {code!r}.")
        write_box(
            session,
            now=clock.now(),
            bank_id=bank.id,
            actor=SYSTEM,
            facts={"retired_on": _today(bank)},
            box_id=row.id,
            seen=row.version,
        )
        days = leave_out_box(session, bank_id=bank.id, since=_today(bank), code=code)
    click.echo(f"The box is retired; shifts ahead without it now: {len(days)}.")


@remove.command("week")
@click.argument("number", type=int)
@of_bank
@click.option("--after", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Its last day.")
def remove_week(number: int, *, slug: str, after: datetime) -> None:
    """End a usual week, by its number in `milkround list weeks`."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        row = next((w for w in weekly_shifts_of(session, bank.id) if w.id == number), None)
        if row is None:
            raise click.ClickException(f"There is no usual week {number}.")
        end_weekly_shift(
            session,
            now=clock.now(),
            bank_id=bank.id,
            actor=SYSTEM,
            weekly_id=number,
            ends_on=after.date(),
            seen=row.version,
        )
    click.echo("The usual week ends.")


@remove.command("shift")
@click.argument("email")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option(
    "--visits",
    type=click.Choice(["tray", "propose"]),
    help="What becomes of planned visits: they wait in the tray, or the planner proposes rounds.",
)
def remove_shift(email: str, day: datetime, visits: str | None) -> None:
    """Take the shifts of a collector on a day from the roster."""
    from collector.cli_shift_removal import take_off  # noqa: PLC0415 - it loads the planner

    on: date = day.date()
    with application(settings()).app_context():
        with reading() as session:
            person = person_by_email(session, email)
            if person is None:
                raise click.ClickException(f"Nobody on the staff has the address {email}.")
        count = take_off(person, on, visits=visits, now=clock.now(), settings=settings())
    click.echo(f"{person.name} is not on duty on that day.")
    if count:
        where = "wait in the tray" if visits == "tray" else "wait for a proposal of the planner"
        click.echo(f"Visits that {where}: {count}.")


@remove.command("closing-day")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@of_bank
def remove_closing_day(day: datetime, slug: str) -> None:
    """Open the bank on a closing day again."""
    on: date = day.date()
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        known = closing_days(session, bank_id=bank.id, first=on, last=on)
        if not known:
            raise click.ClickException(f"{on} is no closing day.")
        open_again(session, now=clock.now(), bank_id=bank.id, actor=SYSTEM, closing_id=known[0].id)
    click.echo("The bank is open on that day again.")


@click.command(cls=InstallationCommand)
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@of_bank
@click.option("--name", default="", help="The reason, as the roster shows it.")
def close(day: datetime, *, slug: str, name: str) -> None:
    """Close a bank on a day."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        on: date = day.date()
        close_on(session, now=clock.now(), bank_id=bank.id, actor=SYSTEM, day=on, name=name)
    click.echo("The bank is closed on that day.")


for _module in (cli_rules, cli_material):
    for _command in _module.CHANGES:
        change.add_command(_command)
    for _command in _module.REMOVALS:
        remove.add_command(_command)
