"""Foundation of a bank, and changes of its sites and zones."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.directory import begin_directory
from collector.banks.models import Bank, Jurisdiction, Site, SiteKind, Zone
from collector.banks.policies import preset_rows
from collector.banks.queries import get_bank
from collector.config import LANGUAGES
from collector.db import owned
from collector.errors import Refused

SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
WEEKDAYS = frozenset("1234567")


def found_bank(
    session: Session,
    *,
    now: datetime,
    slug: str,
    name: str,
    town: str,
    phone: str = "",
    time_zone: str = "Europe/Paris",
    jurisdiction: Jurisdiction = Jurisdiction.FRANCE,
    language: str = "fr",
) -> Bank:
    """Found a bank with the preset rules of its jurisdiction; the first bank fills the directory.

    Raises
    ------
    Refused
        `bank_slug_not_valid`, `bank_needs_name`, `time_zone_unknown` (`name`).
    """
    _refuse_nonsense(slug, name=name, town=town, time_zone=time_zone)
    bank = Bank(
        slug=slug,
        name=name,
        town=town,
        phone=phone,
        time_zone=time_zone,
        jurisdiction=jurisdiction,
        language=language,
        created_at=now,
    )
    session.add(bank)
    session.flush()
    session.add_all(preset_rows(bank.id, jurisdiction))
    begin_directory(session, jurisdiction)
    record(
        session,
        now=now,
        bank_id=bank.id,
        actor="system",
        action="bank founded",
        subject=f"bank:{bank.id}",
        jurisdiction=jurisdiction.value,
    )
    return bank


def change_bank(
    session: Session, *, now: datetime, bank_id: int, actor: str, facts: Mapping[str, str]
) -> Bank:
    """Change the name, contact, time zone, language and holidays of a bank.

    Raises
    ------
    Refused
        `bank_needs_name`, `time_zone_unknown` (`name`).
    """
    bank = get_bank(session, bank_id)
    name, town, zone = (facts[key].strip() for key in ("name", "town", "time_zone"))
    _refuse_nonsense(bank.slug, name=name, town=town, time_zone=zone)
    bank.name, bank.town, bank.time_zone = name, town, zone
    bank.phone = facts["phone"]
    if facts["language"] in LANGUAGES:
        bank.language = facts["language"]
    bank.holiday_region = facts["holiday_region"]
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="bank changed",
        subject=f"bank:{bank_id}",
        time_zone=zone,
        holiday_region=bank.holiday_region,
    )
    return bank


def set_skipped_step(
    session: Session, *, now: datetime, bank_id: int, actor: str, step: str, skipped: bool
) -> None:
    """Put a step of the opening off, or take it up again."""
    bank = get_bank(session, bank_id)
    others = [each for each in bank.skipped_steps if each != step]
    bank.skipped_steps = [*others, step] if skipped else others
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="opening step put off" if skipped else "opening step taken up",
        subject=f"bank:{bank_id}",
        step=step,
    )


@cache
def _time_zones() -> set[str]:
    """All names of time zones; their listing takes 20 ms."""
    return available_timezones()


def _refuse_nonsense(slug: str, *, name: str, town: str, time_zone: str) -> None:
    if not SLUG.fullmatch(slug):
        raise Refused("bank_slug_not_valid")
    if not name.strip() or not town.strip():
        raise Refused("bank_needs_name")
    if time_zone not in _time_zones():
        raise Refused("time_zone_unknown", name=time_zone)


def add_site(
    session: Session,
    *,
    bank_id: int,
    kind: SiteKind,
    name: str,
    town: str,
    latitude: float,
    longitude: float,
    receives: bool,
) -> Site:
    """Add a site, a place where rounds begin or end.

    Raises
    ------
    Refused
        `site_known` (`name`): the bank has one of this name.
    """
    known = select(Site.id).where(Site.bank_id == bank_id, Site.name == name)
    if session.scalar(known) is not None:
        raise Refused("site_known", name=name)
    site = Site(
        bank_id=bank_id,
        kind=kind,
        name=name,
        town=town,
        latitude=latitude,
        longitude=longitude,
        receives=receives,
    )
    session.add(site)
    session.flush()
    return site


def set_weekdays(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    zone_id: int,
    weekdays: Iterable[str],
    actor: str,
) -> Zone:
    """Set the weekdays of rounds to a zone, Monday being "1"; an empty set means any day.

    Raises
    ------
    NotFound
        The bank has no such zone.
    """
    zone = owned(session, Zone, bank_id, zone_id)
    wanted = sorted(set(weekdays) & WEEKDAYS)
    if wanted != sorted(zone.weekdays):
        zone.weekdays = wanted
        session.flush()
        record(
            session,
            now=now,
            bank_id=bank_id,
            actor=actor,
            action="zone's weekdays set",
            subject=f"zone:{zone.id}",
            weekdays=wanted,
        )
    return zone
