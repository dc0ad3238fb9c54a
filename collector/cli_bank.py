"""Commands that set up a bank: bank, sites, people, shifts, sign-in links."""

import re
from datetime import datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.actions import add_site, found_bank
from collector.banks.models import Bank, Jurisdiction, SiteKind
from collector.banks.queries import site_named
from collector.db import transaction
from collector.installation import application, bank_named, clock, command, settings
from collector.people.actions import add_person, make_link
from collector.people.models import Person, Role
from collector.people.queries import person_by_email
from collector.places.validation import refuse_position
from collector.shifts.actions import put_on_duty
from collector.shifts.contracts import BLOOD, write_contract
from collector.shifts.queries import contract_of

STAFF_ROLES = [role.value for role in Role if role is not Role.DONOR]
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
of_bank = click.option("--bank", "slug", required=True, help="The bank's short name.")


@command()
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--town", required=True)
@click.option("--phone", default="", help="Whom donors call.")
@click.option("--jurisdiction", type=click.Choice(list(Jurisdiction)), default=Jurisdiction.FRANCE)
@click.option("--time-zone", default="Europe/Paris", show_default=True)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
def bank(slug: str, **told: str) -> None:
    """Found a bank with the preset rules of its jurisdiction."""
    with application(settings()).app_context(), transaction() as session:
        if session.scalar(select(Bank).where(Bank.slug == slug)) is not None:
            raise click.ClickException(f"There is a bank {slug!r} already.")
        jurisdiction = Jurisdiction(told.pop("jurisdiction"))
        found_bank(session, now=clock.now(), slug=slug, jurisdiction=jurisdiction, **told)
    click.echo(f"{told['name']} is founded. Next: milkround site ... --bank {slug}")


@command()
@click.argument("name")
@of_bank
@click.option("--kind", type=click.Choice(list(SiteKind)), default=SiteKind.BANK)
@click.option("--town", required=True)
@click.option("--latitude", type=click.FloatRange(-90, 90), required=True)
@click.option("--longitude", type=click.FloatRange(-180, 180), required=True)
@click.option("--no-freezer", is_flag=True, help="Milk cannot be handed over here.")
def site(
    name: str,
    *,
    slug: str,
    kind: SiteKind,
    town: str,
    latitude: float,
    longitude: float,
    no_freezer: bool,
) -> None:
    """Add a site where rounds begin or end."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        refuse_position(latitude=latitude, longitude=longitude, country=bank.jurisdiction.country)
        add_site(
            session,
            bank_id=bank.id,
            kind=SiteKind(kind),
            name=name,
            town=town,
            latitude=latitude,
            longitude=longitude,
            receives=not no_freezer,
        )
    click.echo(f"Rounds may begin and end at {name}.")


@command()
@click.argument("email")
@of_bank
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(STAFF_ROLES))
def user(email: str, *, slug: str, name: str, roles: tuple[str, ...]) -> None:
    """Add a member of the staff."""
    if not EMAIL.fullmatch(email):
        raise click.ClickException(f"{email!r} is not an e-mail address.")
    with application(settings()).app_context(), transaction() as session:
        if person_by_email(session, email) is not None:
            raise click.ClickException(f"{email} is on the staff already.")
        home = bank_named(session, slug)
        add_person(
            session,
            bank_id=home.id,
            name=name,
            email=email,
            roles=[Role(role) for role in roles],
            language=home.language,
        )
    click.echo(f"{name} may sign in with {email}.")


@command()
@click.argument("email")
def link(email: str) -> None:
    """Print a sign-in link for a member of the staff; it works once, for fifteen minutes."""
    present = settings()
    with application(present).app_context(), transaction() as session:
        person = person_by_email(session, email)
        if person is None:
            raise click.ClickException(f"Nobody on the staff has the address {email}.")
        token = make_link(session, now=clock.now(), bank_id=person.bank_id, person_id=person.id)
    click.echo(f"{present.public_url}/link/{token}")


@command()
@click.argument("email")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--from", "begins", type=click.DateTime(["%H:%M"]), required=True)
@click.option("--until", "ends", type=click.DateTime(["%H:%M"]), required=True)
@click.option("--start", required=True, help="The site where the round begins.")
@click.option("--end", required=True, help="The site where it ends.")
@click.option("--vehicle", default="")
@click.option("--draws-blood", is_flag=True, help="She may draw blood and hold interviews.")
@click.option("--weeks", type=click.IntRange(1, 52), default=1, help="So many weeks in a row.")
def shift(
    email: str,
    day: datetime,
    *,
    begins: datetime,
    ends: datetime,
    start: str,
    end: str,
    vehicle: str,
    draws_blood: bool,
    weeks: int,
) -> None:
    """Add shifts of a collector."""
    with application(settings()).app_context(), transaction() as session:
        person = person_by_email(session, email)
        if person is None:
            raise click.ClickException(f"Nobody on the staff has the address {email}.")
        if draws_blood:
            _qualify(session, person)
        put_on_duty(
            session,
            now=clock.now(),
            actor="system",
            collector=person,
            day=day.date(),
            weeks=weeks,
            begins=begins.time(),
            ends=ends.time(),
            start=site_named(session, bank_id=person.bank_id, name=start),
            end=site_named(session, bank_id=person.bank_id, name=end),
            vehicle=vehicle,
            skills=[BLOOD] if draws_blood else [],
        )
    click.echo(f"{person.name} is on duty.")


def _qualify(session: Session, person: Person) -> None:
    """Record that a collector may draw blood and hold interviews."""
    known = contract_of(session, bank_id=person.bank_id, person_id=person.id)
    if known is not None and BLOOD in known.skills:
        return
    facts = {"weekly_minutes": None, "home_site_id": None} if known is None else {}
    write_contract(
        session,
        now=clock.now(),
        actor="system",
        person=person,
        facts=facts | {"skills": [*(known.skills if known else ()), BLOOD]},
        seen=known.version if known else 0,
    )
