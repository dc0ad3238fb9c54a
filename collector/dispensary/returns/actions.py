"""Writing of returns and destructions: bottles back from wards, destroyers and witnesses."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import owned
from collector.dispensary.acts import recorded, short_text
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.actions import settled_ml
from collector.dispensary.fates.models import BottleFate, MilkFate
from collector.dispensary.returns.models import BottleReturn, ReturnVerdict
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.destroying.actions import (
    abandon_destruction,
    begin_destruction,
    list_bottle,
    witness_destruction,
)
from collector.laboratory.destroying.queries import contents_of, destruction_of
from collector.laboratory.destructions.models import (
    Destruction,
    DestructionMethod,
    DestructionReason,
)
from collector.laboratory.destructions.queries import item_of
from collector.laboratory.labels.numbers import read_bottle_number
from collector.laboratory.pooling.models import Bottle
from collector.people.models import Role
from collector.people.queries import roles_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDraft:
    """The state of a bottle that came back."""

    sealed: bool
    never_thawed: bool
    logged: bool
    note: str = ""


def take_back(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    text: str,
    draft: ReturnDraft,
) -> BottleReturn:
    """Take a scanned bottle back from a ward; a second scan changes nothing.

    The rest that the ward had left without a fate is *returned*.

    Raises
    ------
    NotFound
        `bottle_not_out` (`number`): it was not handed over, or is back already.
    Refused
        `bottle_number_not_read`, `scan_mistyped` (`number`); `bottle_settled` (`number`): the
        ward gave or threw away all of it; `text_too_long` (`most`).
    """
    row, bottle = _bottle_out(session, bank_id, text)
    same = session.scalar(select(BottleReturn).where(BottleReturn.dispensed_bottle_id == row.id))
    if same is not None:
        return same
    rest = bottle.volume_ml - settled_ml(session, row.id)
    if rest <= 0:
        raise Refused("bottle_settled", number=bottle.number)
    session.add(_returned(session, row, rest, now, person_id))
    back = BottleReturn(
        bank_id=bank_id,
        dispensed_bottle_id=row.id,
        sealed=draft.sealed and rest == bottle.volume_ml,
        never_thawed=draft.never_thawed,
        logged=draft.logged,
        note=short_text(draft.note),
        taken_by_id=person_id,
        taken_at=now,
        verdict=None,
        decided_by_id=None,
        decided_at=None,
        second_id=None,
        second_at=None,
    )
    session.add(back)
    _record(session, now, bank_id, person_id, "bottle taken back", bottle)
    return back


def propose_restock(
    session: Session, *, now: datetime, bank_id: int, person_id: int, return_id: int
) -> BottleReturn:
    """Sign first that a returned bottle goes into stock again.

    Raises
    ------
    NotFound
        The bank has no such return.
    Conflict
        `return_decided`.
    Refused
        `return_not_cold`: it is not sealed, was thawed, or no logger proves its cold chain.
    """
    back = _lock_return(session, bank_id, return_id)
    if back.verdict is not None:
        raise Conflict("return_decided")
    if not (back.sealed and back.never_thawed and back.logged):
        raise Refused("return_not_cold")
    back.verdict, back.decided_by_id, back.decided_at = ReturnVerdict.RESTOCK, person_id, now
    bottle = _bottle_of_return(session, back)
    _record(session, now, bank_id, person_id, "restock proposed", bottle)
    return back


def sign_restock(
    session: Session, *, now: datetime, bank_id: int, person_id: int, return_id: int
) -> BottleReturn:
    """Sign second that a returned bottle goes into stock again: quality and a dispenser.

    Raises
    ------
    NotFound
        The bank has no such return, or no first signature waits for it.
    Conflict
        `return_decided`.
    Refused
        `two_people_needed`; `quality_and_dispenser_needed`.
    """
    back = _lock_return(session, bank_id, return_id)
    if back.verdict is not ReturnVerdict.RESTOCK or back.decided_by_id is None:
        raise NotFound("not_found", kind="bottle_returns")
    if back.second_at is not None:
        raise Conflict("return_decided")
    _refuse_unfit_pair(session, back.decided_by_id, person_id)
    back.second_id, back.second_at = person_id, now
    row = session.get_one(DispensedBottle, back.dispensed_bottle_id)
    row.returned_at = now
    bottle = session.get_one(Bottle, row.bottle_id)
    bottle.left_at = None
    first = f"person:{back.decided_by_id}"
    _record(session, now, bank_id, person_id, "bottle restocked", bottle, first=first)
    return back


def ask_to_destroy(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    text: str,
    reason: DestructionReason,
    method: DestructionMethod,
    note: str = "",
) -> Destruction:
    """Sign first that a scanned bottle is destroyed, as a list of one; it counts with the witness.

    The bottle is in the house, or was taken back.

    Raises
    ------
    NotFound
        `bottle_unknown` (`number`).
    Conflict
        `bottle_gone` (`number`): it is picked or on a ward.
    Refused
        `bottle_number_not_read`, `scan_mistyped` (`number`); `thing_on_list` (`number`);
        `destruction_needs_note`; `text_too_long` (`most`).
    """
    bottle = _bottle(session, bank_id, text)
    session.refresh(bottle, with_for_update=True)
    if item_of(session, bottle_id=bottle.id) is not None:
        raise Refused("thing_on_list", number=bottle.number)
    rest_ml = _rest_ml(session, bottle)
    found = begin_destruction(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        reason=reason,
        method=method,
        note=note,
    )
    list_bottle(session, now=now, found=found, bottle=bottle, rest_ml=rest_ml)
    return found


def sign_destruction(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    destruction_id: int,
    seen: int,
) -> Destruction:
    """Sign as the witness of a list, and decide the returns of its bottles.

    Raises as `laboratory.destroying.actions.witness_destruction`.
    """
    found = witness_destruction(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        destruction_id=destruction_id,
        seen=seen,
    )
    back = [each.bottle_id for each in contents_of(session, found) if each.came_back]
    undecided = session.scalars(
        select(BottleReturn)
        .join(DispensedBottle, DispensedBottle.id == BottleReturn.dispensed_bottle_id)
        .where(DispensedBottle.bottle_id.in_(back), BottleReturn.second_at.is_(None))
    )
    for each in undecided:
        each.verdict = ReturnVerdict.DESTROY
        each.decided_by_id, each.decided_at = found.begun_by_id, now
        each.second_id, each.second_at = person_id, now
    return found


def take_destruction_back(
    session: Session, *, now: datetime, bank_id: int, person_id: int, destruction_id: int
) -> Destruction:
    """Give up a list of one bottle before it has its witness.

    Raises
    ------
    NotFound
        The bank has no such destruction, or the laboratory's list has several things.
    Refused
        `destruction_ended`.
    """
    found = destruction_of(session, bank_id=bank_id, destruction_id=destruction_id)
    if len(contents_of(session, found)) > 1:
        raise NotFound("not_found", kind="destructions")
    return abandon_destruction(
        session, now=now, bank_id=bank_id, person_id=person_id, destruction_id=destruction_id
    )


def _bottle_out(session: Session, bank_id: int, text: str) -> tuple[DispensedBottle, Bottle]:
    number = read_bottle_number(text)
    found = session.execute(
        select(DispensedBottle, Bottle)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .where(
            Bottle.bank_id == bank_id,
            Bottle.number == number,
            Dispensing.handed_over_at.is_not(None),
            DispensedBottle.withdrawn_at.is_(None),
            DispensedBottle.returned_at.is_(None),
        )
        .with_for_update(of=DispensedBottle)
    ).one_or_none()
    if found is None:
        raise NotFound("bottle_not_out", number=number)
    return found[0], found[1]


def _returned(
    session: Session, row: DispensedBottle, volume_ml: int, now: datetime, person_id: int
) -> BottleFate:
    dispensing = session.get_one(Dispensing, row.dispensing_id)
    return BottleFate(
        bank_id=row.bank_id,
        dispensed_bottle_id=row.id,
        fate=MilkFate.RETURNED,
        volume_ml=volume_ml,
        recipient_id=dispensing.recipient_id,
        thawed_at=None,
        note="",
        recorded_by_id=person_id,
        at=now,
        client_id=None,
        withdrawn_at=None,
    )


def _refuse_unfit_pair(session: Session, first: int, second: int) -> None:
    """Refuse two signatures that are not of one person of quality and another who dispenses."""
    if first == second:
        raise Refused("two_people_needed")
    one, other = roles_of(session, first), roles_of(session, second)
    fits = Role.QUALITY in one and Role.DISPENSER in other
    if not fits and not (Role.DISPENSER in one and Role.QUALITY in other):
        raise Refused("quality_and_dispenser_needed")


def _bottle(session: Session, bank_id: int, text: str) -> Bottle:
    number = read_bottle_number(text)
    bottle = session.scalar(
        select(Bottle).where(Bottle.bank_id == bank_id, Bottle.number == number)
    )
    if bottle is None:
        raise NotFound("bottle_unknown", number=number)
    return bottle


def _rest_ml(session: Session, bottle: Bottle) -> int | None:
    """Return the millilitres that came back in a bottle; None for a bottle in the house."""
    row = session.scalar(
        select(DispensedBottle).where(
            DispensedBottle.bottle_id == bottle.id,
            DispensedBottle.withdrawn_at.is_(None),
            DispensedBottle.returned_at.is_(None),
        )
    )
    if row is None:
        if bottle.left_at is not None:
            raise Conflict("bottle_gone", number=bottle.number)
        return None
    back = select(BottleReturn.id).where(BottleReturn.dispensed_bottle_id == row.id)
    if session.scalar(back) is None:
        raise Conflict("bottle_gone", number=bottle.number)
    returned = session.scalars(
        select(BottleFate.volume_ml).where(
            BottleFate.dispensed_bottle_id == row.id, BottleFate.fate == MilkFate.RETURNED
        )
    )
    return sum(returned)


def _lock_return(session: Session, bank_id: int, return_id: int) -> BottleReturn:
    back = owned(session, BottleReturn, bank_id, return_id)
    session.refresh(back, with_for_update=True)
    return back


def _bottle_of_return(session: Session, back: BottleReturn) -> Bottle:
    row = session.get_one(DispensedBottle, back.dispensed_bottle_id)
    return session.get_one(Bottle, row.bottle_id)


def _record(
    session: Session,
    now: datetime,
    bank_id: int,
    person_id: int,
    action: str,
    bottle: Bottle,
    **details: object,
) -> None:
    recorded(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        action=action,
        subject=f"bottle:{bottle.id}",
        **details,
    )
