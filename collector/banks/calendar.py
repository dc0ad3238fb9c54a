"""Calendar of a bank: public holidays of its country, and its own closing days."""

from datetime import date, datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import Bank, ClosingDay
from collector.banks.queries import get_bank
from collector.db import owned
from collector.errors import Refused

HOLIDAY_REGIONS = {
    "FR": {
        "6AE": "Alsace",
        "57": "Moselle",
        "971": "Guadeloupe",
        "972": "Martinique",
        "973": "Guyane",
        "974": "La Réunion",
        "976": "Mayotte",
    },
    "GB": {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"},
}
"""Regions with public holidays of their own, by the codes of the library `holidays`."""

LANGUAGES = {"FR": {"en": "en_US", "fr": "fr"}, "GB": {}, "BR": {}, "US": {}}


def public_holidays(bank: Bank, *, first: date, last: date, language: str = "") -> dict[date, str]:
    """Return the public holidays of a bank's country between two days, with their names.

    A name is in the language where the library has it, otherwise in the country's own.
    """
    country = bank.jurisdiction.country
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= _of_year(country, bank.holiday_region, year, language or bank.language)
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}


@cache
def _of_year(country: str, region: str, year: int, language: str) -> dict[date, str]:
    """Return the public holidays of a year; the library loads every country, in 0.6 s."""
    import holidays  # noqa: PLC0415 - 250 modules that few pages need

    known = HOLIDAY_REGIONS.get(country, {})
    return dict(
        holidays.country_holidays(
            country,
            subdiv=region if region in known else None,
            years=year,
            language=LANGUAGES[country].get(language),
        ).items()
    )


def closing_days(session: Session, *, bank_id: int, first: date, last: date) -> list[ClosingDay]:
    """Return the closing days of a bank between two days, both included."""
    return list(
        session.scalars(
            select(ClosingDay)
            .where(ClosingDay.bank_id == bank_id, ClosingDay.day.between(first, last))
            .order_by(ClosingDay.day)
        )
    )


def close_on(
    session: Session, *, now: datetime, bank_id: int, actor: str, day: date, name: str
) -> ClosingDay:
    """Close the bank on a day.

    Raises
    ------
    Refused
        `closing_past`; `closing_known`.
    """
    if day < now.astimezone(get_bank(session, bank_id).zone).date():
        raise Refused("closing_past")
    if closing_days(session, bank_id=bank_id, first=day, last=day):
        raise Refused("closing_known")
    closing = ClosingDay(bank_id=bank_id, day=day, name=name)
    session.add(closing)
    session.flush()
    _record(session, closing, now=now, actor=actor, action="bank closed on a day")
    return closing


def open_again(
    session: Session, *, now: datetime, bank_id: int, actor: str, closing_id: int
) -> date:
    """Remove a closing day that is not over, and return its day.

    Raises
    ------
    Refused
        `closing_past`.
    """
    closing = owned(session, ClosingDay, bank_id, closing_id)
    day = closing.day
    if day < now.astimezone(get_bank(session, bank_id).zone).date():
        raise Refused("closing_past")
    _record(session, closing, now=now, actor=actor, action="closing day removed")
    session.delete(closing)
    session.flush()
    return day


def _record(
    session: Session, closing: ClosingDay, *, now: datetime, actor: str, action: str
) -> None:
    record(
        session,
        now=now,
        bank_id=closing.bank_id,
        actor=actor,
        action=action,
        subject=f"closing_day:{closing.id}",
        day=closing.day.isoformat(),
    )
