"""Queries of pooling: a pool with its inputs, its balance, and the recall of its donors."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from collector.banks.models import Known
from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import policies_of
from collector.custody.models import Container
from collector.db import owned
from collector.errors import NotFound
from collector.laboratory.pooling.balance import PoolBalance
from collector.laboratory.pooling.models import (
    Bottle,
    LabelPrint,
    Lot,
    MilkPool,
    PoolInput,
    PoolState,
)
from collector.laboratory.pooling.rules import all_of
from collector.laboratory.reception.models import Intake, IntakeState
from collector.laboratory.reception.queries import donor_numbers

MOST_POOLS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDonor:
    """A donor of a pool, and the reach of a recall of her milk.

    Attributes
    ----------
    bottles
        Bottles of every pool that her milk is in, this one included.
    """

    number: str
    volume_ml: int
    bottles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolContents:
    """A pool with everything that its page shows."""

    pool: MilkPool
    inputs: Sequence[PoolInput]
    donors: Sequence[PoolDonor]
    lot: Lot | None
    bottles: Sequence[Bottle]
    balance: PoolBalance
    preterm: Known
    dairy_free: Known
    oldest: date | None
    """The oldest day of expression."""
    heat_until: date | None
    """The last day on which all of the milk may be heated, by its age."""
    thaw_until: datetime | None
    """The instant until which the milk must be heated, by the thaw that began first."""

    @property
    def unscanned(self) -> list[Bottle]:
        """The bottles that were not scanned back after labelling."""
        return [each for each in self.bottles if each.scanned_back_at is None]


def pools_of(session: Session, *, bank_id: int) -> list[MilkPool]:
    """Return the pools of a bank, open ones first, then the newest."""
    return list(
        session.scalars(
            select(MilkPool)
            .where(MilkPool.bank_id == bank_id)
            .order_by(MilkPool.state != PoolState.OPEN, MilkPool.id.desc())
            .limit(MOST_POOLS)
        )
    )


def volumes_of(session: Session, pools: Collection[MilkPool]) -> dict[int, int]:
    """Return the volume of the inputs of each pool, in millilitres."""
    rows = session.execute(
        select(PoolInput.pool_id, func.sum(Intake.volume_ml))
        .join(Intake, Intake.id == PoolInput.intake_id)
        .where(PoolInput.pool_id.in_([pool.id for pool in pools]), PoolInput.withdrawn_at.is_(None))
        .group_by(PoolInput.pool_id)
    )
    return {row[0]: row[1] for row in rows}


def pool_contents(session: Session, *, bank_id: int, pool_id: int) -> PoolContents:
    """Return a pool of a bank with its inputs, bottles and sums.

    Raises
    ------
    NotFound
        The bank has no such pool.
    """
    pool = owned(session, MilkPool, bank_id, pool_id)
    inputs = inputs_of(session, pool)
    intakes = [each.intake for each in inputs]
    lot = session.scalar(select(Lot).where(Lot.pool_id == pool.id))
    bottles = bottles_of(session, lot) if lot else []
    policies = policies_of(session, bank_id)
    oldest = min((each.expressed_first for each in intakes if each.expressed_first), default=None)
    thawed = min((each.thaw_began_at for each in intakes if each.thaw_began_at), default=None)
    return PoolContents(
        pool=pool,
        inputs=inputs,
        donors=_donors(session, intakes),
        lot=lot,
        bottles=bottles,
        balance=PoolBalance(
            inputs_ml=sum(each.volume_ml for each in intakes),
            filled_ml=sum(each.volume_ml for each in bottles),
            sampled_ml=pool.sampled_ml,
            discarded_ml=pool.discarded_ml,
        ),
        preterm=all_of([each.preterm for each in intakes]),
        dairy_free=all_of([each.dairy_free for each in intakes]),
        oldest=oldest,
        heat_until=_heat_until(oldest, policies),
        thaw_until=_thaw_until(thawed, policies),
    )


def inputs_of(session: Session, pool: MilkPool) -> list[PoolInput]:
    """Return the inputs of a pool that stand, with intakes and containers, newest first."""
    return list(
        session.scalars(
            select(PoolInput)
            .options(joinedload(PoolInput.intake).joinedload(Intake.container))
            .where(PoolInput.pool_id == pool.id, PoolInput.withdrawn_at.is_(None))
            .order_by(PoolInput.id.desc())
            .execution_options(populate_existing=True)
        )
    )


def bottles_of(session: Session, lot: Lot) -> list[Bottle]:
    """Return the bottles of a lot, by number."""
    return list(
        session.scalars(select(Bottle).where(Bottle.lot_id == lot.id).order_by(Bottle.number))
    )


def intake_labelled(session: Session, *, bank_id: int, number: str) -> Intake:
    """Return the intake of a container's label, with its container.

    Raises
    ------
    NotFound
        The laboratory has taken over no such container: `intake_unknown` (`number`).
    """
    found = session.scalar(
        select(Intake)
        .join(Container, Container.id == Intake.container_id)
        .options(joinedload(Intake.container))
        .where(
            Intake.bank_id == bank_id,
            Container.number == number,
            Intake.withdrawn_at.is_(None),
            Intake.state != IntakeState.REFUSED,
        )
    )
    if found is None:
        raise NotFound("intake_unknown", number=number)
    return found


def prints_of(session: Session, lot: Lot) -> list[LabelPrint]:
    """Return the prints of a lot's labels, oldest first."""
    return list(
        session.scalars(
            select(LabelPrint).where(LabelPrint.lot_id == lot.id).order_by(LabelPrint.id)
        )
    )


def _donors(session: Session, intakes: Sequence[Intake]) -> list[PoolDonor]:
    volumes: dict[int, int] = {}
    for each in intakes:
        donor = each.container.donor_id
        volumes[donor] = volumes.get(donor, 0) + each.volume_ml
    numbers = donor_numbers(session, volumes)
    reach = _recalled_bottles(session, volumes)
    return [
        PoolDonor(number=numbers[donor], volume_ml=volume, bottles=reach.get(donor, 0))
        for donor, volume in volumes.items()
    ]


def _recalled_bottles(session: Session, donors: Collection[int]) -> dict[int, int]:
    """Return the number of bottles of all pools that each donor's milk is in."""
    pools = (
        select(Container.donor_id, PoolInput.pool_id)
        .join(Intake, Intake.container_id == Container.id)
        .join(PoolInput, PoolInput.intake_id == Intake.id)
        .where(Container.donor_id.in_(list(donors)), PoolInput.withdrawn_at.is_(None))
        .distinct()
        .subquery()
    )
    rows = session.execute(
        select(pools.c.donor_id, func.count())
        .join(Lot, Lot.pool_id == pools.c.pool_id)
        .join(Bottle, Bottle.lot_id == Lot.id)
        .group_by(pools.c.donor_id)
    )
    return {row[0]: row[1] for row in rows}


def _heat_until(oldest: date | None, policies: Policies) -> date | None:
    return oldest + timedelta(days=policies[PolicyKey.RAW_AGE_DAYS]) if oldest else None


def _thaw_until(began_at: datetime | None, policies: Policies) -> datetime | None:
    hours = policies[PolicyKey.THAW_TO_HEAT_HOURS]
    return began_at + timedelta(hours=hours) if began_at else None
