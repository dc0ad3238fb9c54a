"""Commands that change and remove the material of a bank: stock, devices and loans."""

from datetime import datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.fleet import vehicle_known
from collector.banks.models import Bank
from collector.banks.queries import site_named
from collector.db import transaction
from collector.donors.models import Donor
from collector.installation import InstallationCommand, application, bank_named, clock, settings
from collector.material.actions import (
    add_device,
    count_stock,
    end_loan,
    extend_loan,
    lend,
    retire_device,
)
from collector.material.models import Loan, LoanDevice, MaterialItem
from collector.material.queries import StockPlace, devices_of, open_loan_of

SYSTEM = "system"

of_bank = click.option("--bank", "slug", required=True, help="The bank's short name.")


@click.command("stock", cls=InstallationCommand)
@click.argument("item", type=click.Choice([item.value for item in MaterialItem]))
@click.argument("pieces", type=click.IntRange(min=0))
@of_bank
@click.option("--site", help="The site where they were counted.")
@click.option("--vehicle", help="Or the vehicle.")
def change_stock(
    item: str, pieces: int, *, slug: str, site: str | None, vehicle: str | None
) -> None:
    """Set the stock of a site or a vehicle to a count; the difference is lost or found."""
    if (site is None) == (vehicle is None):
        raise click.UsageError("Give --site or --vehicle.")
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        place = _place(session, bank, site=site, vehicle=vehicle)
        count_stock(
            session,
            now=clock.now(),
            bank_id=bank.id,
            actor=SYSTEM,
            place=place,
            item=MaterialItem(item),
            counted=pieces,
        )
    click.echo(f"{site or vehicle}: {pieces} {item}.")


@click.command("device", cls=InstallationCommand)
@click.argument("serial")
@of_bank
@click.option("--name", required=True, help="What it is, such as a breast pump.")
@click.option("--site", required=True, help="The site where it stands.")
def change_device(serial: str, *, slug: str, name: str, site: str) -> None:
    """Add a device on loan with its serial number."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        place = site_named(session, bank_id=bank.id, name=site)
        known = {"bank_id": bank.id, "actor": SYSTEM, "serial": serial, "name": name}
        add_device(session, now=clock.now(), site_id=place.id, **known)  # type: ignore[arg-type]
    click.echo(f"{serial} is noted.")


@click.command("device", cls=InstallationCommand)
@click.argument("serial")
@of_bank
def remove_device(serial: str, slug: str) -> None:
    """Retire a device that no donor has."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        device = _device(session, bank, serial)
        if device.retired_on is not None:
            raise click.ClickException(f"{serial} is retired since {device.retired_on}.")
        known = {"bank_id": bank.id, "actor": SYSTEM, "device_id": device.id}
        retire_device(session, now=clock.now(), **known)  # type: ignore[arg-type]
    click.echo("The device is retired.")


@click.command("loan", cls=InstallationCommand)
@click.argument("serial")
@of_bank
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of its return.")
@click.option("--donor", "number", help="The donor's number, to lend it.")
def change_loan(serial: str, *, slug: str, due: datetime, number: str | None) -> None:
    """Lend a device to a donor, or set another day of return."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        device = _device(session, bank, serial)
        known = {"now": clock.now(), "bank_id": bank.id, "actor": SYSTEM, "due_on": due.date()}
        if number is None:
            loan = _loan(session, bank, device)
            extend_loan(session, loan_id=loan.id, **known)  # type: ignore[arg-type]
        else:
            donor_id = _donor_id(session, bank, number)
            lend(session, device_id=device.id, donor_id=donor_id, **known)  # type: ignore[arg-type]
    click.echo(f"{serial} is on loan until {due.date()}.")


@click.command("loan", cls=InstallationCommand)
@click.argument("serial")
@of_bank
@click.option("--lost", is_flag=True, help="It does not come back.")
def remove_loan(serial: str, *, slug: str, lost: bool) -> None:
    """Record that a device is back, or lost."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        loan = _loan(session, bank, _device(session, bank, serial))
        known = {"bank_id": bank.id, "actor": SYSTEM, "loan_id": loan.id, "lost": lost}
        end_loan(session, now=clock.now(), **known)  # type: ignore[arg-type]
    click.echo("The device is noted as lost." if lost else "The device is back.")


def _place(session: Session, bank: Bank, *, site: str | None, vehicle: str | None) -> StockPlace:
    if site is not None:
        return StockPlace(site_id=site_named(session, bank_id=bank.id, name=site).id)
    row = next((v for v in vehicle_known(session, bank.id) if v.name == vehicle), None)
    if row is None:
        raise click.ClickException(f"There is no vehicle {vehicle!r}.")
    return StockPlace(vehicle_id=row.id)


def _device(session: Session, bank: Bank, serial: str) -> LoanDevice:
    found = next((each for each in devices_of(session, bank.id) if each.serial == serial), None)
    if found is None:
        raise click.ClickException(f"There is no device {serial!r}.")
    return found


def _loan(session: Session, bank: Bank, device: LoanDevice) -> Loan:
    found = open_loan_of(session, bank_id=bank.id, device_id=device.id)
    if found is None:
        raise click.ClickException(f"{device.serial} is not on loan.")
    return found


def _donor_id(session: Session, bank: Bank, number: str) -> int:
    found = session.scalar(select(Donor.id).where(Donor.bank_id == bank.id, Donor.number == number))
    if found is None:
        raise click.ClickException(f"There is no donor {number!r}.")
    return found


CHANGES = (change_stock, change_device, change_loan)
REMOVALS = (remove_device, remove_loan)
