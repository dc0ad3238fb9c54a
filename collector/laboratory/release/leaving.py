"""Milk that may leave: a bottle at its scan, and the released stock that nothing stops.

The storage asks here at every scan; nothing of it is stored on a bottle.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.queries import policies_of
from collector.custody.discrepancies import differing_containers
from collector.custody.models import Container
from collector.custody.queries import containers_in_excursions
from collector.donors.models import Serology, SerologyOutcome
from collector.errors import NotFound, Refused
from collector.laboratory.holding.reach import held_bottles, held_lots
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.holds.standing import is_held
from collector.laboratory.labels.numbers import read_bottle_number
from collector.laboratory.pooling.models import Bottle, Lot, LotState, PoolInput
from collector.laboratory.reception.models import Intake
from collector.laboratory.reception.quarantine import covers_of
from collector.laboratory.units.warm_milk import (
    all_warm_bottles,
    all_warm_intakes,
    warm_bottles,
)


class LotBlock(StrEnum):
    """Reasons for which the bottles of a released lot may not leave."""

    HELD = "held"
    SEROLOGY = "serology"
    """A blood sample of a donor is not clear, and uncovers milk of the lot."""
    EXCURSION = "excursion"
    DISCREPANCY = "discrepancy"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeStock:
    """Released bottles in date: those that may leave, and those that are stopped."""

    bottles: int
    volume_ml: int
    stopped_bottles: int
    stopped_ml: int


def blocked_lots(
    session: Session, *, bank_id: int, lots: Sequence[int] | None = None
) -> dict[int, tuple[LotBlock, ...]]:
    """Return the lots whose bottles may not leave, each with its reasons.

    Parameters
    ----------
    lots
        The lots in question; None for all of the bank.
    """
    found: dict[int, list[LotBlock]] = defaultdict(list)
    for key in held_lots(session, bank_id=bank_id, lots=lots):
        found[key].append(LotBlock.HELD)
    stopped = {
        LotBlock.SEROLOGY: _uncovered(session, bank_id),
        LotBlock.EXCURSION: _warm(session, bank_id),
        LotBlock.DISCREPANCY: differing_containers(session, bank_id=bank_id),
    }
    for block, containers in stopped.items():
        for key in _lots_of(session, bank_id, containers, lots):
            found[key].append(block)
    return {key: tuple(blocks) for key, blocks in found.items()}


def bottle_to_leave(session: Session, *, bank_id: int, text: str, today: date) -> Bottle:
    """Return a scanned bottle that may leave today.

    Raises
    ------
    NotFound
        `bottle_unknown` (`number`).
    Refused
        `bottle_number_not_read`, `scan_mistyped`; `bottle_gone`, `bottle_not_released`,
        `bottle_expired`, `bottle_held`, `bottle_uncovered`, `bottle_warm`, `bottle_differs`
        (`number`).
    """
    number = read_bottle_number(text)
    row = session.execute(
        select(Bottle, Lot)
        .join(Lot, Lot.id == Bottle.lot_id)
        .where(Bottle.bank_id == bank_id, Bottle.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound("bottle_unknown", number=number)
    bottle, lot = row
    if bottle.left_at is not None:
        raise Refused("bottle_gone", number=number)
    refuse_stopped(session, bottle=bottle)
    if lot.expires_on < today:
        raise Refused("bottle_expired", number=number)
    return bottle


def refuse_stopped(session: Session, *, bottle: Bottle) -> None:
    """Refuse a bottle whose lot is not released, or that something stops.

    Raises
    ------
    Refused
        `bottle_held`, `bottle_not_released`, `bottle_uncovered`, `bottle_warm`, `bottle_differs`
        (`number`).
    """
    lot = session.get_one(Lot, bottle.lot_id)
    blocks = blocked_lots(session, bank_id=bottle.bank_id, lots=[lot.id]).get(lot.id, ())
    held = is_held(
        session, bank_id=bottle.bank_id, subject=HoldSubject.BOTTLE, subject_id=bottle.id
    )
    if held or LotBlock.HELD in blocks:
        raise Refused("bottle_held", number=bottle.number)
    if lot.state is not LotState.RELEASED:
        raise Refused("bottle_not_released", number=bottle.number)
    if warm_bottles(session, [bottle.id]):
        raise Refused(REFUSALS[LotBlock.EXCURSION], number=bottle.number)
    if blocks:
        raise Refused(REFUSALS[blocks[0]], number=bottle.number)


REFUSALS = {
    LotBlock.SEROLOGY: "bottle_uncovered",
    LotBlock.EXCURSION: "bottle_warm",
    LotBlock.DISCREPANCY: "bottle_differs",
}


def lots_free_to_leave(session: Session, *, bank_id: int, today: date) -> set[int]:
    """Return the keys of the lots that are released, in date, and stopped by nothing.

    Single bottles of them may be stopped: `stopped_bottles`.
    """
    released = session.scalars(
        select(Lot.id).where(
            Lot.bank_id == bank_id, Lot.state == LotState.RELEASED, Lot.expires_on >= today
        )
    )
    return set(released) - set(blocked_lots(session, bank_id=bank_id))


def stopped_bottles(session: Session, *, bank_id: int) -> set[int]:
    """Return the bottles that are stopped by themselves: held, or warm in a storage unit."""
    return set(held_bottles(session, bank_id=bank_id)) | all_warm_bottles(session, bank_id=bank_id)


def released_stock(session: Session, *, bank_id: int, today: date) -> FreeStock:
    """Return the sums of the bottles of released lots in date that have not left."""
    free = lots_free_to_leave(session, bank_id=bank_id, today=today)
    stopped = stopped_bottles(session, bank_id=bank_id)
    of_lots = dict[int, tuple[int, int]]()
    rows = session.execute(
        select(Lot.id, func.count(Bottle.id), func.sum(Bottle.volume_ml))
        .join(Bottle, Bottle.lot_id == Lot.id)
        .where(
            Lot.bank_id == bank_id,
            Lot.state == LotState.RELEASED,
            Lot.expires_on >= today,
            Bottle.left_at.is_(None),
        )
        .group_by(Lot.id)
    )
    for row in rows:
        of_lots[row[0]] = row[1], row[2]
    single = session.execute(
        select(func.count(Bottle.id), func.coalesce(func.sum(Bottle.volume_ml), 0)).where(
            Bottle.id.in_(stopped), Bottle.lot_id.in_(free), Bottle.left_at.is_(None)
        )
    ).one()
    bottles = sum(count for lot, (count, _) in of_lots.items() if lot in free) - single[0]
    volume = sum(ml for lot, (_, ml) in of_lots.items() if lot in free) - single[1]
    return FreeStock(
        bottles=bottles,
        volume_ml=volume,
        stopped_bottles=sum(count for count, _ in of_lots.values()) - bottles,
        stopped_ml=sum(ml for _, ml in of_lots.values()) - volume,
    )


def _uncovered(session: Session, bank_id: int) -> Sequence[int]:
    """Return the containers of milk that a sample which is not clear uncovers.

    Milk that a clear sample covered at its release stays covered otherwise.
    """
    donors = set(
        session.scalars(
            select(Serology.donor_id)
            .where(Serology.bank_id == bank_id, Serology.outcome == SerologyOutcome.NOT_CLEAR)
            .distinct()
        )
    )
    if not donors:
        return []
    covers = covers_of(session, donors, policies_of(session, bank_id))
    rows = session.execute(
        select(Container.id, Container.donor_id, Intake.expressed_first, Intake.expressed_last)
        .join(Intake, Intake.container_id == Container.id)
        .where(Container.donor_id.in_(donors), Intake.withdrawn_at.is_(None))
    )
    return [
        key
        for key, donor, first, last in rows
        if first and last and not covers[donor].covers_all(first, last)
    ]


def _warm(session: Session, bank_id: int) -> Sequence[int]:
    """Return the containers of excursions without the decision to keep the milk."""
    numbers = containers_in_excursions(session, bank_id=bank_id)
    own = select(Container.id).where(Container.bank_id == bank_id, Container.number.in_(numbers))
    stored = select(Intake.container_id).where(
        Intake.id.in_(all_warm_intakes(session, bank_id=bank_id))
    )
    return [*session.scalars(own), *session.scalars(stored)]


def _lots_of(
    session: Session, bank_id: int, containers: Sequence[int], lots: Sequence[int] | None
) -> Sequence[int]:
    """Return the lots that milk of these containers is in."""
    if not containers:
        return []
    found = (
        select(Lot.id)
        .join(PoolInput, PoolInput.pool_id == Lot.pool_id)
        .join(Intake, Intake.id == PoolInput.intake_id)
        .where(
            Lot.bank_id == bank_id,
            PoolInput.withdrawn_at.is_(None),
            Intake.container_id.in_(containers),
        )
        .distinct()
    )
    if lots is not None:
        found = found.where(Lot.id.in_(lots))
    return session.scalars(found).all()
