"""Commands that list the banks, and the rows of a bank."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import click
from sqlalchemy.orm import Session

from collector.banks.calendar import closing_days
from collector.banks.fleet import boxes_of, vehicle_known
from collector.banks.models import Bank
from collector.banks.queries import (
    banks,
    planned_changes,
    policy_periods,
    policy_rows,
    sites_of,
    zones_of,
)
from collector.db import transaction
from collector.donor_contact.message_texts import message_texts_of
from collector.installation import InstallationCommand, application, bank_named, clock, settings
from collector.material.queries import StockPlace, devices_of, loans_of, stock_of
from collector.people.staff import staff_with_roles
from collector.rounds.leave_calendars import calendars_of
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
    "devices",
    "rules",
    "rule-changes",
    "zones",
    "texts",
    "calendars",
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


def _devices(session: Session, bank: Bank) -> Iterable[str]:
    for each in devices_of(session, bank.id):
        yield f"{each.serial}\t{each.name}\t{_state(each.retired_on)}"


def _rules(session: Session, bank: Bank) -> Iterable[str]:
    for each in policy_rows(session, bank.id):
        mark = f"verified on {each.verified_on}" if each.verified_on else "not verified"
        yield f"{each.key}\t{each.value} {each.unit}\t{each.source}\t{mark}"


def _rule_changes(session: Session, bank: Bank) -> Iterable[str]:
    for change in planned_changes(session, bank.id):
        yield f"change {change.id}\t{change.key}\t{change.value}\tfrom {change.counts_from}"
    for period in policy_periods(session, bank.id, since=_today(bank)):
        days = f"{period.first} to {period.last}"
        yield f"period {period.id}\t{period.key}\t{period.value}\t{days}"


def _zones(session: Session, bank: Bank) -> Iterable[str]:
    for each in zones_of(session, bank.id):
        codes, days = " ".join(each.postcodes), "".join(each.weekdays) or "every day"
        yield f"{each.name}\t{codes}\t{len(each.outline)} corners\t{days}"


def _texts(session: Session, bank: Bank) -> Iterable[str]:
    for of in sorted(message_texts_of(session, bank.id), key=str):
        yield f"{of.key}\t{of.form}\t{of.language}\t{'discreet' if of.discreet else 'plain'}"


def _calendars(session: Session, bank: Bank) -> Iterable[str]:
    emails = {person.id: person.email for person in staff_with_roles(session, bank.id)}
    for each in calendars_of(session, bank.id):
        state = each.fault or (f"read at {each.looked_at}" if each.looked_at else "not read yet")
        yield f"{emails[each.person_id]}\t{each.host}\t{state}"


LINES = (
    _sites,
    _people,
    _vehicles,
    _boxes,
    _weeks,
    _shifts,
    _closings,
    _stock,
    _loans,
    _devices,
    _rules,
    _rule_changes,
    _zones,
    _texts,
    _calendars,
)
for _kind, _lines in zip(KINDS, LINES, strict=True):
    _listing(_kind, _lines)


def _state(retired_on: date | None) -> str:
    return f"retired since {retired_on}" if retired_on else "in use"


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
