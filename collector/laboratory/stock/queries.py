"""Sums for a forecast: released milk by expiry, milk on its way, visits received, yields."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from collector.custody.models import Container
from collector.laboratory.holding.models import LotDecision, LotVerdict
from collector.laboratory.pooling.models import Bottle, Lot, LotState, MilkPool, PoolInput
from collector.laboratory.reception.models import Intake, IntakeState
from collector.laboratory.release.leaving import lots_free_to_leave, stopped_bottles
from collector.pickups.models import MilkLine
from collector.service_day import ServiceDay

A_DAY = timedelta(days=1)


class ReceivedVisit(NamedTuple):
    """The milk of one visit that the laboratory accepted."""

    donor_id: int
    day: date
    volume_ml: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseMilk:
    """Milk in the house that is not released, in ml.

    Attributes
    ----------
    raw_ml
        In quarantine, thawing, or in a pool without bottles.
    bottled_ml
        In bottles of lots without a decision.
    """

    raw_ml: int = 0
    bottled_ml: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedLot:
    """A lot with its first decision.

    Attributes
    ----------
    inputs_ml, bottled_ml, released_ml
        Emptied into its pool; filled into its bottles; released, 0 of a rejected lot.
    days
        Days from the middle of its intakes to the decision.
    waited
        Days from its filling to the decision.
    """

    inputs_ml: int
    bottled_ml: int
    released_ml: int
    days: float
    waited: float


def released_by_expiry(
    session: Session, *, bank_id: int, line: MilkLine, today: date
) -> dict[date, int]:
    """Return the ml of released bottles in date that are here and not stopped, by last day."""
    free = lots_free_to_leave(session, bank_id=bank_id, today=today)
    stopped = stopped_bottles(session, bank_id=bank_id)
    in_date = and_(
        Lot.bank_id == bank_id,
        Lot.state == LotState.RELEASED,
        Lot.expires_on >= today,
        Bottle.left_at.is_(None),
    )
    rows = session.execute(
        select(Lot.id, Lot.expires_on, func.sum(Bottle.volume_ml))
        .join(Bottle, Bottle.lot_id == Lot.id)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(in_date, MilkPool.line == line)
        .group_by(Lot.id, Lot.expires_on)
    )
    found: dict[date, int] = defaultdict(int)
    days = {}
    for key, expires_on, volume in rows:
        if key in free:
            found[expires_on] += volume
            days[key] = expires_on
    single = select(Bottle.lot_id, Bottle.volume_ml).where(
        Bottle.id.in_(stopped), Bottle.left_at.is_(None)
    )
    for key, volume in session.execute(single) if stopped else ():
        if key in days:
            found[days[key]] -= volume
    return dict(found)


def milk_in_house(session: Session, *, bank_id: int) -> dict[MilkLine, HouseMilk]:
    """Return the milk of each line that is on its way to a release."""
    raw: dict[MilkLine, int] = defaultdict(int)
    waiting = Intake.state.in_((IntakeState.QUARANTINE, IntakeState.THAWING))
    standing = and_(Intake.bank_id == bank_id, Intake.withdrawn_at.is_(None))
    volume = func.sum(Intake.volume_ml)
    for row in session.execute(
        select(Intake.line, volume).where(standing, waiting).group_by(Intake.line)
    ):
        raw[row[0]] += row[1]
    unfilled = (
        select(Intake.line, volume)
        .join(PoolInput, PoolInput.intake_id == Intake.id)
        .join(MilkPool, MilkPool.id == PoolInput.pool_id)
        .outerjoin(Lot, Lot.pool_id == MilkPool.id)
        .where(
            standing,
            Intake.state == IntakeState.POOLED,
            PoolInput.withdrawn_at.is_(None),
            MilkPool.closed_at.is_(None),
            Lot.id.is_(None),
        )
        .group_by(Intake.line)
    )
    for row in session.execute(unfilled):
        raw[row[0]] += row[1]
    bottled = session.execute(
        select(MilkPool.line, func.sum(Bottle.volume_ml))
        .join(Lot, Lot.pool_id == MilkPool.id)
        .join(Bottle, Bottle.lot_id == Lot.id)
        .where(Lot.bank_id == bank_id, Lot.state == LotState.WAITING)
        .group_by(MilkPool.line)
    )
    filled = {row[0]: row[1] for row in bottled}
    return {
        line: HouseMilk(raw_ml=raw.get(line, 0), bottled_ml=filled.get(line, 0))
        for line in MilkLine
    }


def received_visits(
    session: Session, *, bank_id: int, line: MilkLine, since: datetime, zone: ZoneInfo
) -> list[ReceivedVisit]:
    """Return the visits whose milk was accepted since an instant, oldest first."""
    at = func.max(Intake.taken_at)
    rows = session.execute(
        select(Container.donor_id, at, func.sum(Intake.volume_ml))
        .join(Container, Container.id == Intake.container_id)
        .where(
            Intake.bank_id == bank_id,
            Intake.taken_at >= since,
            Intake.withdrawn_at.is_(None),
            Intake.state != IntakeState.REFUSED,
            Intake.line == line,
        )
        .group_by(Container.donor_id, Container.pickup_id)
        .order_by(at, Container.pickup_id)
    )
    return [ReceivedVisit(row[0], ServiceDay.of(row[1], zone).day, row[2]) for row in rows]


def first_received(session: Session, *, bank_id: int, line: MilkLine) -> datetime | None:
    """Return the instant of the first intake of a line; None without any."""
    return session.scalar(
        select(Intake.taken_at)
        .where(Intake.bank_id == bank_id, Intake.withdrawn_at.is_(None), Intake.line == line)
        .order_by(Intake.taken_at)
        .limit(1)
    )


def decided_lots(
    session: Session, *, bank_id: int, line: MilkLine, since: datetime
) -> list[DecidedLot]:
    """Return the lots of a line whose first decision is younger than an instant, by their key."""
    rows = session.execute(
        select(
            Lot.pool_id,
            LotDecision.verdict,
            LotDecision.decided_at,
            func.sum(Bottle.volume_ml),
            func.min(Bottle.filled_at),
        )
        .join(Lot, Lot.id == LotDecision.lot_id)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .join(Bottle, Bottle.lot_id == Lot.id)
        .where(LotDecision.id.in_(_first_decisions(bank_id, since)), MilkPool.line == line)
        .group_by(Lot.id, LotDecision.id)
        .order_by(Lot.id)
    ).all()
    inputs = _inputs(session, [row[0] for row in rows])
    return [
        DecidedLot(
            inputs_ml=inputs[pool].volume_ml,
            bottled_ml=bottled,
            released_ml=bottled if verdict is LotVerdict.RELEASED else 0,
            days=(decided_at - inputs[pool].middle) / A_DAY,
            waited=(decided_at - filled_at) / A_DAY,
        )
        for pool, verdict, decided_at, bottled, filled_at in rows
        if pool in inputs
    ]


def _first_decisions(bank_id: int, since: datetime) -> Select[int]:
    """Return the statement of the first decision of each lot, if it is younger."""
    first = func.min(LotDecision.id)
    return (
        select(first)
        .where(LotDecision.bank_id == bank_id)
        .group_by(LotDecision.lot_id)
        .having(func.min(LotDecision.decided_at) >= since)
    )


class _PoolMilk(NamedTuple):
    volume_ml: int
    middle: datetime
    """Midway between the first and the last intake."""


def _inputs(session: Session, pools: Sequence[int]) -> dict[int, _PoolMilk]:
    begin, end = func.min(Intake.taken_at), func.max(Intake.taken_at)
    rows = session.execute(
        select(PoolInput.pool_id, func.sum(Intake.volume_ml), begin, end)
        .join(Intake, Intake.id == PoolInput.intake_id)
        .where(PoolInput.pool_id.in_(pools), PoolInput.withdrawn_at.is_(None))
        .group_by(PoolInput.pool_id)
    )
    return {row[0]: _PoolMilk(row[1], row[2] + (row[3] - row[2]) / 2) for row in rows}
