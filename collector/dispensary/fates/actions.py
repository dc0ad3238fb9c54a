"""Writing of the wards' part: bottles received, given, wasted; undone within minutes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.db import owned
from collector.dispensary.acts import recorded, short_text
from collector.dispensary.allocation.candidates import child_of_pool
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.models import BottleFate, MilkFate
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.labels.numbers import read_bottle_number
from collector.laboratory.pooling.models import Bottle, Lot
from collector.laboratory.release.leaving import refuse_stopped
from collector.recipients.models import Recipient

UNDO_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class WardBottle:
    """A bottle on a ward, with the millilitres that have no fate yet."""

    row: DispensedBottle
    bottle: Bottle
    dispensing: Dispensing
    open_ml: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FateDraft:
    """A fate as a ward reports it.

    Attributes
    ----------
    volume_ml
        Millilitres; None for all that has no fate yet.
    recipient_id
        The child to whom it was given; None for the child of the dispensing.
    client_id
        The key of the form; None for an act that no form may repeat.
    """

    fate: MilkFate
    volume_ml: int | None = None
    recipient_id: int | None = None
    thawed_at: datetime | None = None
    note: str = ""
    client_id: str | None = None


def receive_bottle(
    session: Session, *, now: datetime, bank_id: int, person_id: int, ward_id: int, text: str
) -> WardBottle:
    """Note the arrival of a scanned bottle; a second scan changes nothing.

    Raises
    ------
    NotFound
        `bottle_not_of_ward` (`number`): no such bottle was handed over to this ward.
    Refused
        `bottle_number_not_read`, `scan_mistyped` (`number`).
    """
    found = ward_bottle(session, bank_id=bank_id, ward_id=ward_id, text=text)
    _note_arrival(found.row, now=now, person_id=person_id)
    session.flush()
    return found


def record_fate(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    ward_id: int,
    text: str,
    draft: FateDraft,
    today: date,
) -> BottleFate:
    """Keep the fate of a scanned bottle, or of a part of it.

    Milk that was given to a child before it was held is recorded; milk that is held now is not
    given: the ward keeps it.

    Raises
    ------
    NotFound
        `bottle_not_of_ward` (`number`); `recipient_unknown`.
    Conflict
        `bottle_settled` (`number`): all of it has a fate.
    Refused
        `bottle_number_not_read`, `scan_mistyped` (`number`); `bottle_of_other_child` (`number`);
        `recipient_missing`; `volume_above_rest` (`most`); `text_too_long` (`most`);
        `bottle_expired` (`number`), `thawed_too_long` (`most`), `thawed_in_future`; `bottle_held`
        and the other reasons of `refuse_stopped` (`number`).
    """
    found = ward_bottle(session, bank_id=bank_id, ward_id=ward_id, text=text)
    same = _same_form(session, bank_id, draft.client_id)
    if same is not None:
        return same
    if found.open_ml <= 0:
        raise Conflict("bottle_settled", number=found.bottle.number)
    volume = found.open_ml if draft.volume_ml is None else draft.volume_ml
    if not 1 <= volume <= found.open_ml:
        raise Refused("volume_above_rest", most=found.open_ml)
    recipient_id = _recipient(session, found, draft)
    if draft.fate is MilkFate.GIVEN:
        _refuse_unfit(session, found, draft, now=now, today=today)
    _note_arrival(found.row, now=now, person_id=person_id)
    fate = _fate_row(found, draft, volume, recipient_id, now=now, person_id=person_id)
    session.add(fate)
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action=f"milk {draft.fate.value}",
        subject=f"bottle:{found.bottle.id}",
        volume_ml=volume,
    )
    return fate


def undo_fate(
    session: Session, *, now: datetime, bank_id: int, person_id: int, ward_id: int, fate_id: int
) -> None:
    """Withdraw a fate within ten minutes; the row stays.

    Raises
    ------
    NotFound
        The ward has no such fate.
    Refused
        `undo_too_late`.
    """
    fate = owned(session, BottleFate, bank_id, fate_id)
    row = session.get_one(DispensedBottle, fate.dispensed_bottle_id)
    if session.get_one(Dispensing, row.dispensing_id).ward_id != ward_id:
        raise NotFound("not_found", kind="bottle_fates")
    if fate.withdrawn_at is not None:
        return
    if now > fate.at + UNDO_WITHIN:
        raise Refused("undo_too_late")
    fate.withdrawn_at = now
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action="fate undone",
        subject=f"bottle:{row.bottle_id}",
    )


def ward_bottle(session: Session, *, bank_id: int, ward_id: int, text: str) -> WardBottle:
    """Return a scanned bottle that was handed over to a ward, locked.

    Raises
    ------
    NotFound
        `bottle_not_of_ward` (`number`).
    Refused
        `bottle_number_not_read`, `scan_mistyped` (`number`).
    """
    number = read_bottle_number(text)
    found = session.execute(
        select(DispensedBottle, Bottle, Dispensing)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .where(
            Bottle.bank_id == bank_id,
            Bottle.number == number,
            Dispensing.ward_id == ward_id,
            Dispensing.handed_over_at.is_not(None),
            DispensedBottle.withdrawn_at.is_(None),
            DispensedBottle.returned_at.is_(None),
        )
        .with_for_update(of=DispensedBottle)
    ).one_or_none()
    if found is None:
        raise NotFound("bottle_not_of_ward", number=number)
    row, bottle, dispensing = found
    return WardBottle(
        row=row,
        bottle=bottle,
        dispensing=dispensing,
        open_ml=bottle.volume_ml - settled_ml(session, row.id),
    )


def settled_ml(session: Session, dispensed_bottle_id: int) -> int:
    """Return the millilitres of a dispensed bottle that have a fate."""
    found = select(func.coalesce(func.sum(BottleFate.volume_ml), 0)).where(
        BottleFate.dispensed_bottle_id == dispensed_bottle_id, BottleFate.withdrawn_at.is_(None)
    )
    return session.scalar(found) or 0


def _note_arrival(row: DispensedBottle, *, now: datetime, person_id: int) -> None:
    if row.arrived_at is None:
        row.arrived_at, row.arrived_by_id = now, person_id


def _fate_row(
    found: WardBottle,
    draft: FateDraft,
    volume_ml: int,
    recipient_id: int | None,
    *,
    now: datetime,
    person_id: int,
) -> BottleFate:
    return BottleFate(
        bank_id=found.row.bank_id,
        dispensed_bottle_id=found.row.id,
        fate=draft.fate,
        volume_ml=volume_ml,
        recipient_id=recipient_id,
        thawed_at=draft.thawed_at,
        note=short_text(draft.note),
        recorded_by_id=person_id,
        at=now,
        client_id=draft.client_id,
        withdrawn_at=None,
    )


def _same_form(session: Session, bank_id: int, client_id: str | None) -> BottleFate | None:
    if client_id is None:
        return None
    return session.scalar(
        select(BottleFate).where(BottleFate.bank_id == bank_id, BottleFate.client_id == client_id)
    )


def _refuse_unfit(
    session: Session, found: WardBottle, draft: FateDraft, *, now: datetime, today: date
) -> None:
    """Refuse milk that may not be given any more."""
    refuse_stopped(session, bottle=found.bottle)
    if session.get_one(Lot, found.bottle.lot_id).expires_on < today:
        raise Refused("bottle_expired", number=found.bottle.number)
    if draft.thawed_at is None:
        return
    if draft.thawed_at > now:
        raise Refused("thawed_in_future")
    hours = policies_of(session, found.bottle.bank_id)[PolicyKey.THAWED_HOURS]
    if draft.thawed_at + timedelta(hours=hours) < now:
        raise Refused("thawed_too_long", most=hours)


def _recipient(session: Session, found: WardBottle, draft: FateDraft) -> int | None:
    """Return the child of a fate; milk for one child is given to no other."""
    meant = found.dispensing.recipient_id
    if draft.fate is not MilkFate.GIVEN:
        return meant
    given_to = draft.recipient_id or meant
    if given_to is None:
        raise Refused("recipient_missing")
    child = session.get(Recipient, given_to)
    if child is None or child.ward_id != found.dispensing.ward_id:
        raise NotFound("recipient_unknown")
    pool_id = session.get_one(Lot, found.bottle.lot_id).pool_id
    child_of = child_of_pool(session, pool_id)
    other = meant is not None and given_to != meant
    if other or (child_of is not None and child.mother_id != child_of):
        raise Refused("bottle_of_other_child", number=found.bottle.number)
    return given_to
