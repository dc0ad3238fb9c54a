"""Commands that change and remove rules, zones, message texts and calendars of leave."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import IO, Final

import click
from sqlalchemy.orm import Session

from collector.banks.models import Bank, Zone
from collector.banks.policies import PolicyKey
from collector.banks.policy_changes import PolicyDraft, change_policy, withdraw_change
from collector.banks.policy_periods import decide_period, withdraw_period
from collector.banks.queries import policy_row, zones_of
from collector.banks.zones import (
    add_zone,
    change_zone,
    parse_outline,
    parse_prefixes,
    remove_zone,
    zone_mistakes,
)
from collector.config import LANGUAGES
from collector.db import transaction
from collector.donor_contact.message_texts import (
    MESSAGES,
    TextKey,
    message_text,
    reset_message_text,
    text_mistakes,
    write_message_text,
)
from collector.errors import Refused
from collector.field_parsers import FieldMistake
from collector.installation import InstallationCommand, application, bank_named, clock, settings
from collector.notices.models import TextForm
from collector.people.models import Person
from collector.people.queries import person_by_email
from collector.people.vault import Vault
from collector.rounds.leave_calendars import calendar_of, follow_calendar, unfollow_calendar

SYSTEM = "system"
DAY: Final = click.DateTime(["%Y-%m-%d"])

of_bank = click.option("--bank", "slug", required=True, help="The bank's short name.")


def refuse_first(mistakes: Iterable[FieldMistake]) -> None:
    """Refuse the first mistake, if any."""
    for mistake in mistakes:
        raise Refused(mistake.code, **mistake.figures)


@click.command("rule", cls=InstallationCommand)
@click.argument("key", type=click.Choice([key.value for key in PolicyKey]), metavar="KEY")
@click.argument("value")
@of_bank
@click.option("--source", default="", help="A law, a page, a decision of the bank.")
@click.option("--from", "first", type=DAY, help="Its first day; today by default.")
@click.option("--until", "last", type=DAY, help="Its last day: the lasting rule stays as it is.")
@click.option("--verified-by", help="The person who read the value at its source.")
def change_rule(
    key: str,
    value: str,
    *,
    slug: str,
    source: str,
    first: datetime | None,
    last: datetime | None,
    verified_by: str | None,
) -> None:
    """Change a rule at once, from a day on, or for some days."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        now = clock.now()
        today = now.astimezone(bank.zone).date()
        begins = first.date() if first else today
        if last is not None:
            decide_period(
                session,
                now=now,
                bank_id=bank.id,
                actor=SYSTEM,
                key=PolicyKey(key),
                value=value,
                first=begins,
                last=last.date(),
            )
        else:
            draft = PolicyDraft(
                key=key,
                seen=policy_row(session, bank_id=bank.id, key=key).value,
                value=value,
                source=source,
                verified_by=verified_by,
                counts_from=begins,
            )
            change_policy(session, now=now, bank_id=bank.id, actor=SYSTEM, draft=draft)
    until = f" until {last.date()}" if last else ""
    click.echo(f"{key} is {value} from {begins} on{until}.")


@click.command("rule-change", cls=InstallationCommand)
@click.argument("number", type=int)
@of_bank
def remove_rule_change(number: int, slug: str) -> None:
    """Withdraw a planned change, by its number in `milkround list rule-changes`."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        known = {"bank_id": bank.id, "actor": SYSTEM, "change_id": number}
        withdraw_change(session, now=clock.now(), **known)  # type: ignore[arg-type]
    click.echo("The change is withdrawn.")


@click.command("rule-period", cls=InstallationCommand)
@click.argument("number", type=int)
@of_bank
def remove_rule_period(number: int, slug: str) -> None:
    """Take back a rule of some days, by its number in `milkround list rule-changes`."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        known = {"bank_id": bank.id, "actor": SYSTEM, "period_id": number}
        withdraw_period(session, now=clock.now(), **known)  # type: ignore[arg-type]
    click.echo("The lasting rule counts again.")


@click.command("zone", cls=InstallationCommand)
@click.argument("name")
@of_bank
@click.option("--postcodes", help="Beginnings of postcodes, such as '33 401'.")
@click.option("--outline", type=click.File(), help="A file of corners: latitude, longitude.")
@click.option("--weekdays", help="Days of rounds, Monday being 1, such as 24; '' is every day.")
def change_the_zone(
    name: str,
    *,
    slug: str,
    postcodes: str | None,
    outline: IO[str] | None,
    weekdays: str | None,
) -> None:
    """Change a zone; a new name adds one."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        row = _zone_named(session, bank, name)
        facts: dict[str, object] = {
            "name": name,
            "postcodes": list(row.postcodes) if row else [],
            "outline": list(row.outline) if row else [],
            "weekdays": list(row.weekdays) if row else [],
        }
        if postcodes is not None:
            facts["postcodes"] = list(parse_prefixes(postcodes))
        if outline is not None:
            facts["outline"] = [list(corner) for corner in parse_outline(outline.read())]
        if weekdays is not None:
            facts["weekdays"] = sorted(set(weekdays) & set("1234567"))
        but = row.id if row else None
        refuse_first(zone_mistakes(session, bank_id=bank.id, facts=facts, but=but))
        known = {"now": clock.now(), "bank_id": bank.id, "actor": SYSTEM, "facts": facts}
        if row is None:
            add_zone(session, **known)  # type: ignore[arg-type]
        else:
            change_zone(session, zone_id=row.id, seen=row.version, **known)  # type: ignore[arg-type]
    click.echo(f"{name} is noted.")


@click.command("zone", cls=InstallationCommand)
@click.argument("name")
@of_bank
def remove_the_zone(name: str, slug: str) -> None:
    """Remove a zone."""
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        row = _zone_named(session, bank, name)
        if row is None:
            raise Refused("zone_not_found", name=name)
        known = {"bank_id": bank.id, "actor": SYSTEM, "zone_id": row.id, "seen": row.version}
        remove_zone(session, now=clock.now(), **known)  # type: ignore[arg-type]
    click.echo("The zone is removed.")


def text_key(command: Callable[..., None]) -> Callable[..., None]:
    """Add the argument and options that name one message text."""
    for option in (
        click.option("--discreet", is_flag=True, help="The text for donors with discretion."),
        click.option("--language", type=click.Choice(list(LANGUAGES)), required=True),
        click.option("--form", type=click.Choice([form.value for form in TextForm]), required=True),
        of_bank,
        click.argument("key", type=click.Choice(list(MESSAGES)), metavar="KEY"),
    ):
        command = option(command)
    return command


@click.command("text", cls=InstallationCommand)
@text_key
@click.option("--subject", default="", help="The subject of an e-mail.")
@click.option("--text", "words", type=click.File(), required=True, help="A file with the text.")
def change_text(
    key: str,
    *,
    slug: str,
    form: str,
    language: str,
    discreet: bool,
    subject: str,
    words: IO[str],
) -> None:
    """Change the text of a message; placeholders and discretion are checked."""
    from collector.web.message_wording import required_placeholders  # noqa: PLC0415 - loads Flask

    of = TextKey(key=key, form=TextForm(form), language=language, discreet=discreet)
    text = words.read().strip()
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        required = required_placeholders(of)
        told = {"subject": subject, "text": text, "required": required, "bank_name": bank.name}
        refuse_first(text_mistakes(of, **told))  # type: ignore[arg-type]
        row = message_text(session, bank_id=bank.id, of=of)
        write_message_text(
            session,
            now=clock.now(),
            bank_id=bank.id,
            actor=SYSTEM,
            of=of,
            subject=subject,
            text=text,
            seen=row.version if row else 0,
        )
    click.echo("The text counts from the next message on.")


@click.command("text", cls=InstallationCommand)
@text_key
def remove_text(key: str, *, slug: str, form: str, language: str, discreet: bool) -> None:
    """Return to Milkround's text of a message."""
    of = TextKey(key=key, form=TextForm(form), language=language, discreet=discreet)
    with application(settings()).app_context(), transaction() as session:
        bank = bank_named(session, slug)
        row = message_text(session, bank_id=bank.id, of=of)
        if row is None:
            raise click.ClickException("The bank has no text of its own there.")
        known = {"bank_id": bank.id, "actor": SYSTEM, "of": of, "seen": row.version}
        reset_message_text(session, now=clock.now(), **known)  # type: ignore[arg-type]
    click.echo("Milkround's text counts again.")


@click.command("calendar", cls=InstallationCommand)
@click.argument("email")
@click.argument("url")
def change_calendar(email: str, url: str) -> None:
    """Follow a person's calendar of leave at an address, in place of a former one."""
    with application(settings()).app_context(), transaction() as session:
        person = _person(session, email)
        known = {"bank_id": person.bank_id, "actor": SYSTEM, "person_id": person.id, "url": url}
        vault = Vault(settings().secret_key)
        follow_calendar(session, now=clock.now(), vault=vault, **known)  # type: ignore[arg-type]
    click.echo("The calendar is followed: it is read within a minute, then every 3 hours.")


@click.command("calendar", cls=InstallationCommand)
@click.argument("email")
def remove_calendar(email: str) -> None:
    """Follow a person's calendar of leave no longer; its leave stays."""
    with application(settings()).app_context(), transaction() as session:
        person = _person(session, email)
        row = calendar_of(session, person.id)
        if row is None:
            raise click.ClickException(f"No calendar of {email} is followed.")
        known = {"bank_id": person.bank_id, "actor": SYSTEM, "calendar_id": row.id}
        unfollow_calendar(session, now=clock.now(), **known)  # type: ignore[arg-type]
    click.echo("The calendar is no longer followed. Its leave stays.")


def _zone_named(session: Session, bank: Bank, name: str) -> Zone | None:
    return next((zone for zone in zones_of(session, bank.id) if zone.name == name), None)


def _person(session: Session, email: str) -> Person:
    person = person_by_email(session, email)
    if person is None:
        raise click.ClickException(f"Nobody on the staff has the address {email}.")
    return person


CHANGES = (change_rule, change_the_zone, change_text, change_calendar)
REMOVALS = (remove_rule_change, remove_rule_period, remove_the_zone, remove_text, remove_calendar)
