"""Queries of requests."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from collector.donors.models import Donor
from collector.donors.queries import donor_options
from collector.errors import NotFound
from collector.pickups.models import Pickup, PickupState, PickupWindow
from collector.pickups.states import AGREED, OPEN


def pickup_options() -> tuple[_AbstractLoad, ...]:
    """Return the options that load windows, holds, and the donor with file and address."""
    return (
        joinedload(Pickup.donor).options(*donor_options()),
        selectinload(Pickup.windows),
        selectinload(Pickup.holds),
    )


def get_pickup(session: Session, bank_id: int, pickup_id: int) -> Pickup:
    """Return a request of a bank with its windows, its holds and its donor's file.

    Raises
    ------
    NotFound
        The bank has no such request.
    """
    pickup = session.scalar(_pickups(bank_id).where(Pickup.id == pickup_id))
    if pickup is None:
        raise NotFound("not_found", kind="pickups")
    return pickup


def pickup_of_donor(session: Session, bank_id: int, donor_id: int, pickup_id: int) -> Pickup:
    """Return a donor's own request.

    Raises
    ------
    NotFound
        The donor has no such request.
    """
    pickup = get_pickup(session, bank_id, pickup_id)
    if pickup.donor_id != donor_id:
        raise NotFound("not_found", kind="pickups")
    return pickup


def inbox(session: Session, bank_id: int) -> list[Pickup]:
    """Return the requests that wait for an answer, newest first."""
    asked = _pickups(bank_id).where(Pickup.state == PickupState.ASKED)
    return list(session.scalars(asked.order_by(Pickup.asked_at.desc(), Pickup.id.desc())))


def requests_of_donor(session: Session, bank_id: int, donor_id: int) -> list[Pickup]:
    """Return a donor's requests, newest first."""
    own = _pickups(bank_id).where(Pickup.donor_id == donor_id)
    return list(session.scalars(own.order_by(Pickup.asked_at.desc(), Pickup.id.desc())))


def last_collected(session: Session, *, bank_id: int, donor_id: int) -> Pickup | None:
    """Return the donor's newest visit at which something was collected."""
    collected = Pickup.state.in_((PickupState.COLLECTED, PickupState.PARTLY_COLLECTED))
    own = select(Pickup).where(Pickup.bank_id == bank_id, Pickup.donor_id == donor_id, collected)
    return session.scalar(own.order_by(Pickup.asked_at.desc(), Pickup.id.desc()).limit(1))


def agreed_since(
    session: Session, bank_id: int, donor_id: int, *, since: datetime
) -> Pickup | None:
    """Return the donor's request whose slot was promised last, if it was since an instant."""
    own = _pickups(bank_id).where(Pickup.donor_id == donor_id, Pickup.promised_at >= since)
    return session.scalar(own.order_by(Pickup.promised_at.desc()).limit(1))


def requests_by_donor(
    session: Session, bank_id: int, donors: Collection[int]
) -> dict[int, list[Pickup]]:
    """Return the requests of these donors, newest first, with their windows, by donor."""
    rows = session.scalars(
        select(Pickup)
        .options(selectinload(Pickup.windows))
        .where(Pickup.bank_id == bank_id, Pickup.donor_id.in_(donors))
        .order_by(Pickup.asked_at.desc(), Pickup.id.desc())
    )
    found: dict[int, list[Pickup]] = {}
    for row in rows:
        found.setdefault(row.donor_id, []).append(row)
    return found


def requests_for_day(session: Session, bank_id: int, day: date) -> list[Pickup]:
    """Return the requests that a plan of this day may hold: accepted, with a window on it."""
    fitting = _pickups(bank_id).where(
        Pickup.state.in_(AGREED), Pickup.windows.any(PickupWindow.day == day)
    )
    return list(session.scalars(fitting.order_by(Pickup.id)))


def requests_after(
    session: Session,
    bank_id: int,
    *,
    key: int,
    most: int,
    state: PickupState | None = None,
    day: date | None = None,
    donor_id: int | None = None,
) -> list[Pickup]:
    """Return at most so many requests after a key, with windows and donors' numbers, by key.

    Parameters
    ----------
    state, day, donor_id
        Only requests in this state, with a window on this day, of this donor.
    """
    rows = (
        select(Pickup)
        .options(joinedload(Pickup.donor), selectinload(Pickup.windows))
        .where(Pickup.bank_id == bank_id, Pickup.id > key)
    )
    if state is not None:
        rows = rows.where(Pickup.state == state)
    if day is not None:
        rows = rows.where(Pickup.windows.any(PickupWindow.day == day))
    if donor_id is not None:
        rows = rows.where(Pickup.donor_id == donor_id)
    return list(session.scalars(rows.order_by(Pickup.id).limit(most)))


def request_by_key(session: Session, bank_id: int, once: str) -> Pickup | None:
    """Return the request that a form with this key made, if any."""
    return session.scalar(_pickups(bank_id).where(Pickup.once == once))


def open_days_by_donor(session: Session, bank_id: int) -> dict[int, set[date]]:
    """Return the days on which each donor has an open request, by the donor's key."""
    found: dict[int, set[date]] = {}
    rows = session.execute(
        select(Pickup.donor_id, PickupWindow.day)
        .join(PickupWindow, PickupWindow.pickup_id == Pickup.id)
        .where(Pickup.bank_id == bank_id, Pickup.state.in_(OPEN))
    )
    for donor_id, day in rows:
        found.setdefault(donor_id, set()).add(day)
    return found


def count_unanswered(session: Session, bank_id: int, *, day: date | None = None) -> int:
    """Return the number of requests that wait for an answer, or of those for one day."""
    asked = select(func.count()).where(Pickup.bank_id == bank_id, Pickup.state == PickupState.ASKED)
    if day is not None:
        asked = asked.where(Pickup.windows.any(PickupWindow.day == day))
    return session.scalar(asked) or 0


def first_unanswered_day(session: Session, bank_id: int) -> date | None:
    """Return the earliest day of a request that waits for an answer; None without one."""
    return session.scalar(
        select(func.min(PickupWindow.day))
        .join(Pickup, Pickup.id == PickupWindow.pickup_id)
        .where(Pickup.bank_id == bank_id, Pickup.state == PickupState.ASKED)
    )


def donor_names(session: Session, bank_id: int, pickups: Collection[int]) -> dict[int, str]:
    """Return the donors' names by request."""
    rows = session.execute(
        select(Pickup.id, Donor.first_name, Donor.family_name)
        .join(Donor, Donor.id == Pickup.donor_id)
        .where(Pickup.bank_id == bank_id, Pickup.id.in_(pickups))
    )
    return {key: f"{first} {family}" for key, first, family in rows}


def _pickups(bank_id: int) -> Select[Pickup]:
    return select(Pickup).options(*pickup_options()).where(Pickup.bank_id == bank_id)
