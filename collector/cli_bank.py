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
from collector.people.actions import add_person, deactivate, make_link, reactivate
from collector.people.factors import remove_factors
from collector.people.models import Person, Role
from collector.people.queries import person_by_email
from collector.places.validation import refuse_position
from collector.rounds.queries import uncovered_rounds
from collector.service_day import ServiceDay
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
@click.option("--bank", "slug", help="The bank's short name.")
@click.option("--name")
@click.option("--role", "roles", multiple=True, type=click.Choice(STAFF_ROLES))
@click.option("--deactivate", "act", flag_value="close", help="Close the account instead.")
@click.option("--reactivate", "act", flag_value="open", help="Open a closed account again.")
@click.option(
    "--forget-factors", "act", flag_value="forget", help="Let her set up new second factors."
)
def user(
    email: str, *, slug: str | None, name: str | None, roles: tuple[str, ...], act: str | None
) -> None:
    """Add a member of the staff, or close an account."""
    if act is not None:
        {"close": _close, "open": _open, "forget": _forget_factors}[act](email)
        return
    if not (slug and name and roles):
        raise click.UsageError("Give --bank, --name and at least one --role.")
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


def _close(email: str) -> None:
    """Close an account, and list the rounds that are without a collector from today on."""
    with application(settings()).app_context(), transaction() as session:
        person = _member(session, email)
        now, bank = clock.now(), session.get_one(Bank, person.bank_id)
        deactivate(session, now=now, bank_id=bank.id, person_id=person.id, actor="system")
        today = ServiceDay.of(now, bank.zone).day
        uncovered = [
            f"{each.shift.day} round {each.letter}"
            for each in uncovered_rounds(session, bank_id=bank.id, first=today)
            if each.shift.collector_id == person.id
        ]
    click.echo(f"The account of {email} is closed: no session, link, calendar or phone works.")
    if uncovered:
        click.echo(f"Without a collector: {', '.join(uncovered)}.")


def _open(email: str) -> None:
    with application(settings()).app_context(), transaction() as session:
        person = _member(session, email, active=False)
        reactivate(
            session,
            now=clock.now(),
            bank_id=person.bank_id,
            person_id=person.id,
            actor="system",
        )
    click.echo(f"{person.name} may sign in with {email} again.")


def _forget_factors(email: str) -> None:
    with application(settings()).app_context(), transaction() as session:
        person, now = _member(session, email), clock.now()
        remove_factors(session, now=now, person=person, actor="system")
    click.echo(f"{email} sets up new second factors at the next sign-in.")


def _member(session: Session, email: str, *, active: bool = True) -> Person:
    person = person_by_email(session, email, active=active)
    if person is None:
        raise click.ClickException(
            f"The staff has no {'open' if active else 'closed'} account {email}."
        )
    return person


@command()
@click.argument("email")
def link(email: str) -> None:
    """Print a sign-in link for a member of the staff; it works once, for fifteen minutes."""
    present = settings()
    with application(present).app_context(), transaction() as session:
        person = _member(session, email)
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
        person = _member(session, email)
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
