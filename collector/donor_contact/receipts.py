"""The receipt of a visit, the donor's corrections of it, and the totals of her donations."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.custody.models import Container, ContainerState, DoorRecord
from collector.custody.queries import containers_of, record_of
from collector.db import owned
from collector.errors import Refused
from collector.pickups.models import Correction, MilkLine, Pickup
from collector.pickups.validation import LONGEST_NOTE, MOST_BOTTLES, MOST_VOLUME_ML

CORRECTABLE_FOR = timedelta(hours=48)
"""Time after the record in which the donor may correct the receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The door record of a visit that stands, with the donor's totals."""

    record: DoorRecord
    kept: list[Container]
    refused: list[Container]
    corrections: list[Correction]
    correctable_until: datetime
    total_ml: int
    visits: int


def receipt_of(session: Session, pickup: Pickup) -> Receipt | None:
    """Return the receipt of a visit, or None for a visit without a door record that stands."""
    door = record_of(session, bank_id=pickup.bank_id, pickup_id=pickup.id)
    if door is None:
        return None
    containers = containers_of(session, bank_id=pickup.bank_id, pickup_id=pickup.id)
    refused = [each for each in containers if each.state is ContainerState.REFUSED_AT_DOOR]
    total, visits = given_so_far(session, pickup.bank_id, pickup.donor_id)
    return Receipt(
        record=door,
        kept=[each for each in containers if each not in refused],
        refused=refused,
        corrections=list(
            session.scalars(
                select(Correction).where(Correction.pickup_id == pickup.id).order_by(Correction.id)
            )
        ),
        correctable_until=door.recorded_at + CORRECTABLE_FOR,
        total_ml=total,
        visits=visits,
    )


def given_so_far(session: Session, bank_id: int, donor_id: int) -> tuple[int, int]:
    """Return the given millilitres and the visits of a donor, by the door records that stand.

    Milk for her own child is no gift.
    """
    total, visits = session.execute(
        select(func.coalesce(func.sum(DoorRecord.volume_ml), 0), func.count(DoorRecord.id))
        .join(Pickup, Pickup.id == DoorRecord.pickup_id)
        .where(
            DoorRecord.bank_id == bank_id,
            DoorRecord.withdrawn_at.is_(None),
            DoorRecord.volume_ml > 0,
            Pickup.line == MilkLine.DONATED,
            Pickup.donor_id == donor_id,
        )
    ).one()
    return int(total), int(visits)


def correct(
    session: Session,
    pickup: Pickup,
    *,
    now: datetime,
    actor: str,
    bottles: int,
    volume_ml: int,
    words: str,
) -> Correction:
    """Store a donor's correction of a receipt; a person of the bank settles it.

    Raises
    ------
    Refused
        `no_receipt`, `correction_too_late`, `number_out_of_bounds` (`least`, `most`),
        `text_too_long` (`most`).
    """
    receipt = receipt_of(session, pickup)
    if receipt is None:
        raise Refused("no_receipt")
    if now > receipt.correctable_until:
        raise Refused("correction_too_late")
    for given, most in ((bottles, MOST_BOTTLES), (volume_ml, MOST_VOLUME_ML)):
        if not 0 <= given <= most:
            raise Refused("number_out_of_bounds", least=0, most=most)
    if len(words) > LONGEST_NOTE:
        raise Refused("text_too_long", most=LONGEST_NOTE)
    correction = Correction(
        bank_id=pickup.bank_id,
        pickup_id=pickup.id,
        bottles=bottles,
        volume_ml=volume_ml,
        words=words.strip(),
        made_at=now,
        settled_at=None,
        settled_by_id=None,
    )
    session.add(correction)
    session.flush()
    _record(session, correction, now=now, actor=actor, action="receipt corrected by donor")
    return correction


def open_corrections(session: Session, bank_id: int) -> list[tuple[Correction, Pickup]]:
    """Return the open corrections with their visits, the oldest first."""
    rows = session.execute(
        select(Correction, Pickup)
        .join(Pickup, Pickup.id == Correction.pickup_id)
        .where(Correction.bank_id == bank_id, Correction.settled_at.is_(None))
        .order_by(Correction.id)
    )
    return [(row[0], row[1]) for row in rows]


def settle_correction(
    session: Session, *, now: datetime, bank_id: int, correction_id: int, person_id: int
) -> Correction:
    """Settle a correction; a second call changes nothing."""
    correction = owned(session, Correction, bank_id, correction_id)
    if correction.settled_at is None:
        correction.settled_at, correction.settled_by_id = now, person_id
        actor = f"person:{person_id}"
        _record(session, correction, now=now, actor=actor, action="correction settled")
    return correction


def _record(
    session: Session, correction: Correction, *, now: datetime, actor: str, action: str
) -> None:
    record(
        session,
        now=now,
        bank_id=correction.bank_id,
        actor=actor,
        action=action,
        subject=f"pickup:{correction.pickup_id}",
        bottles=correction.bottles,
        volume_ml=correction.volume_ml,
    )
