"""Foundation of a bank, and changes of its sites, rules and zones."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.directory import begin_directory
from collector.banks.models import Bank, Jurisdiction, Policy, Site, SiteKind, Zone
from collector.banks.policies import preset_rows
from collector.banks.policy_values import refuse_contradiction, value_in
from collector.banks.queries import policies_of, policy_row
from collector.db import owned
from collector.errors import Conflict, Refused

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


def change_policy(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    key: str,
    seen: str,
    value: str,
    source: str,
    verified_by: str | None,
    on: date,
) -> Policy:
    """Change a rule with its source, and record whether the value was verified there.

    Parameters
    ----------
    seen
        The value shown on the page; if the row differs by now, a colleague has changed it.
    verified_by
        The person who read this value at its source; None leaves the rule marked.

    Raises
    ------
    Refused
        `source_missing`, and the refusals of `value_in` and `refuse_contradiction`.
    Conflict
        `rule_changed_meanwhile`.
    """
    policy = policy_row(session, bank_id=bank_id, key=key, for_change=True)
    wanted = value_in(value, key=key, unit=policy.unit)
    refuse_contradiction(policies_of(session, bank_id), key=key, value=wanted)
    if not source.strip():
        raise Refused("source_missing")
    if policy.value != seen:
        raise Conflict("rule_changed_meanwhile")
    policy.value, policy.source = wanted, source.strip()
    policy.verified_by, policy.verified_on = verified_by, on if verified_by else None
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="rule changed",
        subject=f"policy:{key}",
        before=seen,
        after=wanted,
        source=policy.source,
        verified=verified_by is not None,
    )
    return policy


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
