"""Days that milk waits: from the donor's door to the reception, in quarantine, for its release."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from collector.custody.models import ContainerState, CustodyEntry
from collector.laboratory.figures.periods import Period, Spread, days_between, spread_of
from collector.laboratory.heating.models import Cycle
from collector.laboratory.holding.models import LotDecision, LotVerdict
from collector.laboratory.pooling.models import Lot, PoolInput
from collector.laboratory.reception.models import Intake


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFigures:
    """Days between two steps, of the milk that reached the second one in the period."""

    to_reception: Spread | None
    """From the donor's door to the take-over, of each container."""
    in_quarantine: Spread | None
    """From the take-over to the thaw, of each container."""
    to_release: Spread | None
    """From the begin of the heating to the release, of each lot."""
    whole_way: Spread | None
    """From the first take-over of a lot's milk to its release."""


def waits_of(session: Session, period: Period) -> WaitFigures:
    """Return the days of waiting of a period."""
    collected = aliased(CustodyEntry)
    arrived = session.execute(
        select(func.min(collected.happened_at), Intake.taken_at)
        .join(collected, collected.container_id == Intake.container_id)
        .where(
            period.holds(Intake.bank_id, Intake.taken_at),
            Intake.withdrawn_at.is_(None),
            collected.state == ContainerState.COLLECTED,
        )
        .group_by(Intake.id, Intake.taken_at)
    )
    thawed = session.execute(
        select(Intake.taken_at, Intake.thaw_began_at).where(
            period.holds(Intake.bank_id, Intake.thaw_began_at), Intake.withdrawn_at.is_(None)
        )
    )
    released = session.execute(
        select(LotDecision.decided_at, Cycle.began_at, func.min(Intake.taken_at))
        .join(Lot, Lot.id == LotDecision.lot_id)
        .join(Cycle, Cycle.id == Lot.cycle_id)
        .join(PoolInput, PoolInput.pool_id == Lot.pool_id)
        .join(Intake, Intake.id == PoolInput.intake_id)
        .where(
            period.holds(LotDecision.bank_id, LotDecision.decided_at),
            LotDecision.verdict == LotVerdict.RELEASED,
            PoolInput.withdrawn_at.is_(None),
        )
        .group_by(LotDecision.id, LotDecision.decided_at, Cycle.began_at)
    ).all()
    return WaitFigures(
        to_reception=spread_of([days_between(begin, end) for begin, end in arrived]),
        in_quarantine=spread_of([days_between(begin, end) for begin, end in thawed if end]),
        to_release=spread_of([days_between(begin, end) for end, begin, _ in released if begin]),
        whole_way=spread_of([days_between(first, end) for end, _, first in released]),
    )
