"""Stays of a donor elsewhere: an address for some days, a ward, a midwife's practice."""

from datetime import date, datetime, timedelta
from typing import Unpack

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from collector.audit.actions import record
from collector.donors.actions import record_act
from collector.donors.file_history import keeping_history
from collector.donors.models import Donor, MeetingPlace, Stay
from collector.donors.queries import donor_options, get_donor
from collector.errors import Conflict, NotFound, Refused
from collector.places.actions import NewAddress, new_address
from collector.places.models import Address, Position
from collector.search_words import name_order

ONE_DAY = timedelta(days=1)


def places_of(session: Session, bank_id: int) -> list[MeetingPlace]:
    """Return the wards and practices of a bank with their addresses, by name."""
    found = (
        select(MeetingPlace)
        .options(joinedload(MeetingPlace.address).joinedload(Address.position))
        .where(MeetingPlace.bank_id == bank_id)
    )
    return sorted(session.scalars(found), key=lambda each: name_order(each.name))


def get_place(session: Session, bank_id: int, place_id: int) -> MeetingPlace:
    """Return a ward or practice of a bank; `NotFound` if it has no such one."""
    found = next((each for each in places_of(session, bank_id) if each.id == place_id), None)
    if found is None:
        raise NotFound("not_found", kind="meeting_places")
    return found


def donors_at(session: Session, bank_id: int, *, on: date) -> dict[int, list[Donor]]:
    """Return the donors who are at each ward or practice on a day, by its key."""
    stays = session.scalars(
        select(Stay).where(
            Stay.bank_id == bank_id,
            Stay.place_id.is_not(None),
            Stay.first_day <= on,
            (Stay.last_day.is_(None)) | (Stay.last_day >= on),
        )
    )
    at = {stay.donor_id: stay.place_id or 0 for stay in stays}
    donors = session.scalars(
        select(Donor).options(*donor_options()).where(Donor.id.in_(at)).order_by(Donor.first_name)
    )
    found: dict[int, list[Donor]] = {}
    for donor in donors:
        found.setdefault(at[donor.id], []).append(donor)
    return found


def write_place(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    name: str,
    phone: str,
    place_id: int | None = None,
    seen: int = 0,
    **address: Unpack[NewAddress],
) -> MeetingPlace:
    """Add a ward or practice, or change the `seen` version of one.

    Raises
    ------
    Refused
        `place_name_missing`, `place_name_taken`, `address_incomplete`, `position_not_on_earth`.
    Conflict
        A colleague changed it meanwhile: `changed_meanwhile`.
    """
    if not name:
        raise Refused("place_name_missing")
    if not address["line"] or not address["town"]:
        raise Refused("address_incomplete")
    if any(each.name == name and each.id != place_id for each in places_of(session, bank_id)):
        raise Refused("place_name_taken")
    written = new_address(now=now, bank_id=bank_id, **address)
    if place_id is None:
        place = MeetingPlace(bank_id=bank_id, retired_on=None, address=written)
    else:
        place = get_place(session, bank_id, place_id)
        if place.version != seen:
            raise Conflict("changed_meanwhile")
        _readdress(place.address, written)
    place.name, place.phone = name, phone
    session.add(place)
    if place_id is not None:
        # The version counts changes of the address too, which is a row of its own.
        flag_modified(place, "name")
    _record(session, place, now=now, actor=actor, action="meeting place written")
    return place


def retire_place(
    session: Session, *, now: datetime, bank_id: int, actor: str, place_id: int, on: date | None
) -> MeetingPlace:
    """Offer a ward or practice for new stays no longer, or again; stays there go on."""
    place = get_place(session, bank_id, place_id)
    place.retired_on = on
    action = "meeting place retired" if on else "meeting place taken back"
    _record(session, place, now=now, actor=actor, action=action)
    return place


def add_stay(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    today: date,
    first_day: date,
    last_day: date | None,
    place_id: int | None = None,
    **address: Unpack[NewAddress],
) -> Stay:
    """Note the days on which a donor is met elsewhere.

    Parameters
    ----------
    place_id
        A ward or practice; None for the address that is given.

    Raises
    ------
    Refused
        `stay_backwards`, `stay_over`, `stay_overlaps`; `stay_open`: an address of her own needs a
        last day; `address_incomplete`, `position_not_on_earth`.
    """
    donor = get_donor(session, bank_id, donor_id)
    if last_day is None and place_id is None:
        raise Refused("stay_open")
    if last_day is not None and last_day < first_day:
        raise Refused("stay_backwards")
    if last_day is not None and last_day < today:
        raise Refused("stay_over")
    if any(_overlap(stay, first_day, last_day) for stay in donor.stays):
        raise Refused("stay_overlaps")
    stay = Stay(bank_id=bank_id, first_day=first_day, last_day=last_day, place=None)
    if place_id is not None:
        stay.place = get_place(session, bank_id, place_id)
        stay.address = stay.place.address
    elif address["line"] and address["town"]:
        stay.address = new_address(now=now, bank_id=bank_id, **address)
    else:
        raise Refused("address_incomplete")
    with keeping_history(session, donor, now=now, actor=actor):
        donor.stays.append(stay)
    record_act(session, donor, now=now, actor=actor, action="stay noted")
    return stay


def end_stay(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    today: date,
    stay_id: int,
) -> Donor:
    """Note that a donor is home again from a day on; a stay to come is taken back.

    Raises
    ------
    NotFound
        The donor has no such stay.
    """
    donor = get_donor(session, bank_id, donor_id)
    stay = next((stay for stay in donor.stays if stay.id == stay_id), None)
    if stay is None:
        raise NotFound("not_found", kind="stays")
    with keeping_history(session, donor, now=now, actor=actor):
        if stay.first_day >= today:
            donor.stays.remove(stay)
            if stay.place_id is None:
                session.flush()
                session.delete(stay.address)
        else:
            stay.last_day = today - ONE_DAY
    record_act(session, donor, now=now, actor=actor, action="stay ended")
    return donor


def erase_stays(session: Session, donor: Donor) -> None:
    """Delete the stays of a donor, and the addresses that were hers alone."""
    hers = select(Stay).where(Stay.donor_id == donor.id).options(selectinload(Stay.address))
    addresses = [stay.address_id for stay in session.scalars(hers) if stay.place_id is None]
    session.execute(delete(Stay).where(Stay.donor_id == donor.id))
    session.execute(delete(Position).where(Position.address_id.in_(addresses)))
    session.execute(delete(Address).where(Address.id.in_(addresses)))
    session.expire(donor, ["stays"])


def move_stays(session: Session, *, of: Donor, to: Donor) -> None:
    """Give the stays of one file to another one."""
    session.execute(update(Stay).where(Stay.donor_id == of.id).values(donor_id=to.id))
    for donor in (of, to):
        session.expire(donor, ["stays"])


def _overlap(stay: Stay, first_day: date, last_day: date | None) -> bool:
    return (last_day is None or stay.first_day <= last_day) and (
        stay.last_day is None or first_day <= stay.last_day
    )


def _readdress(known: Address, new: Address) -> None:
    for name in ("line", "postcode", "town", "access_notes"):
        setattr(known, name, getattr(new, name))
    if known.position is None:
        known.position = new.position
    elif new.position is not None:
        known.position.latitude = new.position.latitude
        known.position.longitude = new.position.longitude
        known.position.source, known.position.set_at = new.position.source, new.position.set_at
    # The new address was only the carrier of its values.
    new.position = None


def _record(
    session: Session, place: MeetingPlace, *, now: datetime, actor: str, action: str
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=place.bank_id,
        actor=actor,
        action=action,
        subject=f"meeting_place:{place.id}",
    )
