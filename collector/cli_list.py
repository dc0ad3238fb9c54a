"""Commands that list the banks, and the rows of a bank."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import click
from sqlalchemy.orm import Session

from collector.banks.calendar import closing_days
from collector.banks.fleet import boxes_of, vehicle_known
from collector.banks.models import Bank
from collector.banks.queries import banks, sites_of
from collector.db import transaction
from collector.installation import InstallationCommand, application, bank_named, clock, settings
from collector.material.queries import StockPlace, loans_of, stock_of
from collector.people.staff import staff_with_roles
from collector.shifts.queries import shifts_between, weekly_shifts_of

KINDS = (
    "sites",
    "people",
    "vehicles",
    "boxes",
    "weeks",
    "shifts",
    "closing-days",
    "stock",
    "loans",
)
SHOWN = timedelta(days=28)


class ListGroup(click.Group):
    """Group whose commands print refusals as sentences."""

    command_class = InstallationCommand


of_bank = click.option("--bank", "slug", required=True, help="The bank's short name.")


@click.group(name="list", cls=ListGroup)
def list_() -> None:
    """List the banks, or what a bank has."""


@list_.command("banks")
def list_banks() -> None:
    """List the banks of this installation."""
    with application(settings()).app_context(), transaction() as session:
        _print(f"{bank.slug}\t{bank.name}\t{bank.town}" for bank in banks(session))


def _listing(kind: str, lines: Callable[[Session, Bank], Iterable[str]]) -> None:
    """Add a command to `list`."""

    @list_.command(kind, help=f"List the {kind.replace('-', ' ')} of a bank.")
    @of_bank
    def show(slug: str) -> None:
        with application(settings()).app_context(), transaction() as session:
            _print(lines(session, bank_named(session, slug)))


def _today(bank: Bank) -> date:
    return clock.now().astimezone(bank.zone).date()


def _sites(session: Session, bank: Bank) -> Iterable[str]:
    for site in sites_of(session, bank.id):
        yield f"{site.name}\t{site.kind}\t{site.town}\t{_state(site.retired_on)}"


def _people(session: Session, bank: Bank) -> Iterable[str]:
    for person in staff_with_roles(session, bank.id):
        roles = ",".join(grant.role for grant in person.grants)
        yield f"{person.email}\t{person.name}\t{roles}\t{'' if person.active else 'left'}"


def _vehicles(session: Session, bank: Bank) -> Iterable[str]:
    for each in vehicle_known(session, bank.id):
        yield f"{each.name}\t{each.capacity_bottles} bottles\t{_state(each.retired_on)}"


def _boxes(session: Session, bank: Bank) -> Iterable[str]:
    for each in boxes_of(session, bank.id):
        yield f"{each.code}\t{each.capacity_bottles} bottles\t{_state(each.retired_on)}"


def _weeks(session: Session, bank: Bank) -> Iterable[str]:
    for each in weekly_shifts_of(session, bank.id):
        hours = f"{each.begins:%H:%M}-{each.ends:%H:%M}"
        yield f"{each.id}\t{each.collector.email}\tday {each.weekday}, {each.weeks}\t{hours}"


def _shifts(session: Session, bank: Bank) -> Iterable[str]:
    first = _today(bank)
    for each in shifts_between(session, bank_id=bank.id, first=first, last=first + SHOWN):
        hours = f"{each.begins:%H:%M}-{each.ends:%H:%M}"
        yield f"{each.id}\t{each.day}\t{each.collector.email}\t{hours}\t{each.vehicle}"


def _closings(session: Session, bank: Bank) -> Iterable[str]:
    first = _today(bank)
    last = first + timedelta(days=400)
    for each in closing_days(session, bank_id=bank.id, first=first, last=last):
        yield f"{each.day}\t{each.name}"


def _stock(session: Session, bank: Bank) -> Iterable[str]:
    names = {StockPlace(site_id=each.id): each.name for each in sites_of(session, bank.id)}
    vehicles = vehicle_known(session, bank.id)
    names |= {StockPlace(vehicle_id=each.id): each.name for each in vehicles}
    for (place, item), pieces in sorted(stock_of(session, bank.id).items(), key=str):
        yield f"{names[place]}\t{item}\t{pieces}"


def _loans(session: Session, bank: Bank) -> Iterable[str]:
    for each in loans_of(session, bank_id=bank.id):
        yield f"{each.device.serial}\t{each.donor.number}\tdue {each.due_on}"


LINES = (_sites, _people, _vehicles, _boxes, _weeks, _shifts, _closings, _stock, _loans)
for _kind, _lines in zip(KINDS, LINES, strict=True):
    _listing(_kind, _lines)


def _state(retired_on: date | None) -> str:
    return f"retired since {retired_on}" if retired_on else "in use"


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
