"""Effects of a changed or retired vehicle, box or site on the roster ahead."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.shifts.drafts import draft_of, load_roster_facts
from collector.shifts.models import RosterShift, WeeklyShift


def shifts_ahead(session: Session, *, bank_id: int, since: date) -> list[RosterShift]:
    """Return the shifts on the roster from a day on."""
    return list(
        session.scalars(
            select(RosterShift)
            .where(
                RosterShift.bank_id == bank_id,
                RosterShift.day >= since,
                RosterShift.ended_at.is_(None),
            )
            .order_by(RosterShift.day, RosterShift.begins)
        )
    )


def follow_vehicle(
    session: Session, *, bank_id: int, since: date, was: str, now_named: str
) -> list[date]:
    """Give shifts and usual weeks the new name and the present capacity of a vehicle.

    Returns
    -------
    list of date
        The days of the shifts with the vehicle.
    """
    found = [each for each in _with_terms(session, bank_id, since) if each.vehicle == was]
    for terms in found:
        terms.vehicle = now_named
    return _measure(session, bank_id, found)


def follow_box(session: Session, *, bank_id: int, since: date, was: str, now_coded: str) -> None:
    """Give shifts and usual weeks the new code and the present capacity of a box."""
    found = [each for each in _with_terms(session, bank_id, since) if was in each.boxes]
    for terms in found:
        terms.boxes = [now_coded if code == was else code for code in terms.boxes]
    _measure(session, bank_id, found)


def leave_out_vehicle(session: Session, *, bank_id: int, since: date, name: str) -> list[date]:
    """Take a retired vehicle from the shifts and usual weeks ahead; return the days."""
    found = [each for each in _with_terms(session, bank_id, since) if each.vehicle == name]
    for terms in found:
        terms.vehicle = ""
    return _measure(session, bank_id, found)


def leave_out_box(session: Session, *, bank_id: int, since: date, code: str) -> list[date]:
    """Take a retired box from the shifts and usual weeks ahead; return the days."""
    found = [each for each in _with_terms(session, bank_id, since) if code in each.boxes]
    for terms in found:
        terms.boxes = [each for each in terms.boxes if each != code]
    return _measure(session, bank_id, found)


def days_at_site(session: Session, *, bank_id: int, since: date, site_id: int) -> list[date]:
    """Return the days of shifts ahead that begin or end at a site."""
    return [
        shift.day
        for shift in shifts_ahead(session, bank_id=bank_id, since=since)
        if site_id in {shift.start_site_id, shift.end_site_id}
    ]


def _with_terms(session: Session, bank_id: int, since: date) -> list[RosterShift | WeeklyShift]:
    weekly = select(WeeklyShift).where(WeeklyShift.bank_id == bank_id)
    return [
        *shifts_ahead(session, bank_id=bank_id, since=since),
        *session.scalars(weekly),
    ]


def _measure(
    session: Session, bank_id: int, found: Iterable[RosterShift | WeeklyShift]
) -> list[date]:
    """Write the present capacity of these shifts, and return their days."""
    session.flush()
    shifts = [each for each in found if isinstance(each, RosterShift)]
    if not shifts:
        return []
    facts = load_roster_facts(session, bank_id=bank_id, first=shifts[0].day, last=shifts[0].day)
    for shift in shifts:
        capacity = facts.capacity(draft_of(shift))
        shift.capacity_bottles, shift.capacity_ml, shift.capacity_tubes = capacity
    session.flush()
    return [shift.day for shift in shifts]
