"""What was fetched from a donor: one visit's receipt, her corrections, all she has given so far."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.custody.models import Container, ContainerState, DoorRecord
from collector.custody.queries import containers_of, record_of
from collector.db import owned
from collector.errors import Refused
from collector.pickups.models import Correction, Pickup
from collector.pickups.validation import LONGEST_NOTE, MOST_BOTTLES, MOST_VOLUME_ML

CORRECTABLE_FOR = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was recorded at her door, as it stands."""

    record: DoorRecord
    kept: list[Container]
    refused: list[Container]
    corrections: list[Correction]
    correctable_until: datetime
    total_ml: int
    visits: int


def receipt_of(session: Session, pickup: Pickup) -> Receipt | None:
    """Return the receipt of a visit, or None where nothing stands recorded."""
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
    """Return the millilitres and the visits of a donor, as recorded at her door."""
    total, visits = session.execute(
        select(func.coalesce(func.sum(DoorRecord.volume_ml), 0), func.count(DoorRecord.id))
        .join(Pickup, Pickup.id == DoorRecord.pickup_id)
        .where(
            DoorRecord.bank_id == bank_id,
            DoorRecord.withdrawn_at.is_(None),
            DoorRecord.volume_ml > 0,
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
    """Keep what she says of her receipt; a person of the bank settles it.

    Raises
    ------
    Refused
        `no_receipt`, `correction_too_late`, `number_out_of_bounds`, `text_too_long`.
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
    made = Correction(
        bank_id=pickup.bank_id,
        pickup_id=pickup.id,
        bottles=bottles,
        volume_ml=volume_ml,
        words=words.strip(),
        made_at=now,
        settled_at=None,
        settled_by_id=None,
    )
    session.add(made)
    session.flush()
    _note(session, made, now=now, actor=actor, action="receipt corrected by donor")
    return made


def open_corrections(session: Session, bank_id: int) -> list[tuple[Correction, Pickup]]:
    """Return the corrections nobody has settled, oldest first, with their visits."""
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
    """Note that a person looked into a correction; done twice, it is done once."""
    made = owned(session, Correction, bank_id, correction_id)
    if made.settled_at is None:
        made.settled_at, made.settled_by_id = now, person_id
        _note(session, made, now=now, actor=f"person:{person_id}", action="correction settled")
    return made


def _note(session: Session, made: Correction, *, now: datetime, actor: str, action: str) -> None:
    record(
        session,
        now=now,
        bank_id=made.bank_id,
        actor=actor,
        action=action,
        subject=f"pickup:{made.pickup_id}",
        bottles=made.bottles,
        volume_ml=made.volume_ml,
    )
