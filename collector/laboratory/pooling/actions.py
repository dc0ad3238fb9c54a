"""Writing of pooling: thaw, pools and their inputs, closing and dissolving."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.db import owned
from collector.errors import Refused
from collector.laboratory.pooling.balance import PoolBalance
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool, PoolInput, PoolState
from collector.laboratory.pooling.numbering import next_pool_number
from collector.laboratory.pooling.queries import inputs_of, intake_labelled, pool_contents
from collector.laboratory.pooling.rules import PoolSituation, refuse_input
from collector.laboratory.reception.models import Intake, IntakeState
from collector.laboratory.reception.quarantine import judged
from collector.laboratory.units.models import MoveReason
from collector.laboratory.units.stays import StoredThing, leave_storage
from collector.pickups.models import MilkLine
from collector.service_day import ServiceDay

UNDO_INPUT_WITHIN = timedelta(minutes=10)
"""Time during which a technician may undo an input; the page offers it for ten seconds."""


def begin_thaw(
    session: Session, *, now: datetime, bank_id: int, person_id: int, number: str
) -> Intake:
    """Take a bottle out of the freezer: its thaw begins.

    Raises
    ------
    NotFound
        The laboratory has taken over no such container.
    Refused
        `intake_thawing`, `intake_pooled`, `thing_destroyed`, `intake_blocked` (`number`).
    """
    intake = intake_labelled(session, bank_id=bank_id, number=number)
    if intake.state is IntakeState.THAWING:
        raise Refused("intake_thawing", number=number)
    if intake.state is IntakeState.DESTROYED:
        raise Refused("thing_destroyed", number=number)
    if intake.state is not IntakeState.QUARANTINE:
        raise Refused("intake_pooled", number=number)
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    (line,) = judged(session, bank_id=bank_id, intakes=[intake], today=today)
    if line.blocks:
        raise Refused("intake_blocked", number=number)
    intake.state, intake.thaw_began_at = IntakeState.THAWING, now
    _leave_storage(session, now, person_id, intake, MoveReason.THAWED)
    _record(session, now, bank_id, person_id, "thaw begun", f"container:{intake.container_id}")
    return intake


def make_pool(
    session: Session, *, now: datetime, bank_id: int, person_id: int, line: MilkLine
) -> MilkPool:
    """Open an empty pool with a number."""
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    pool = MilkPool(
        bank_id=bank_id,
        number=next_pool_number(session, bank_id=bank_id, today=today),
        line=line,
        state=PoolState.OPEN,
        made_by_id=person_id,
        made_at=now,
        closed_by_id=None,
        closed_at=None,
        sampled_ml=0,
        discarded_ml=0,
        loss_reason="",
    )
    session.add(pool)
    session.flush()
    _record(session, now, bank_id, person_id, "pool opened", f"pool:{pool.id}")
    return pool


def empty_into_pool(
    session: Session, *, now: datetime, bank_id: int, person_id: int, pool_id: int, number: str
) -> PoolInput:
    """Empty a thawed container into a pool.

    Raises
    ------
    NotFound
        The bank has no such pool, or has taken over no such container.
    Refused
        The first rule of `collector.laboratory.pooling.rules` that it breaks.
    """
    pool = lock_pool(session, bank_id=bank_id, pool_id=pool_id)
    intake = intake_labelled(session, bank_id=bank_id, number=number)
    policies = policies_of(session, bank_id)
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    (added,) = judged(session, bank_id=bank_id, intakes=[intake], today=today)
    refuse_input(
        PoolSituation(
            pool=pool,
            inputs=[each.intake for each in inputs_of(session, pool)],
            added=added,
            filled=_is_filled(session, pool),
            policies=policies,
            now=now,
        )
    )
    intake.state = IntakeState.POOLED
    _leave_storage(session, now, person_id, intake, MoveReason.POOLED)
    found = PoolInput(
        bank_id=bank_id,
        pool_id=pool.id,
        intake_id=intake.id,
        added_by_id=person_id,
        added_at=now,
        withdrawn_at=None,
    )
    session.add(found)
    session.flush()
    _record(
        session,
        now,
        bank_id,
        person_id,
        "container pooled",
        f"pool:{pool.id}",
        container=intake.container_id,
    )
    return found


def take_out_of_pool(
    session: Session, *, now: datetime, bank_id: int, person_id: int, input_id: int
) -> PoolInput:
    """Undo an input that was scanned by mistake: the container is thawing again.

    Raises
    ------
    NotFound
        The bank has no such input.
    Refused
        `input_stands`: another person added it, it was undone already, bottles were filled, or
        more than `UNDO_INPUT_WITHIN` has passed.
    """
    found = owned(session, PoolInput, bank_id, input_id)
    pool = lock_pool(session, bank_id=bank_id, pool_id=found.pool_id)
    ours = found.added_by_id == person_id and now - found.added_at <= UNDO_INPUT_WITHIN
    is_open = pool.state is PoolState.OPEN and not _is_filled(session, pool)
    if not ours or not is_open or found.withdrawn_at is not None:
        raise Refused("input_stands")
    intake = session.get_one(Intake, found.intake_id)
    intake.state, found.withdrawn_at = IntakeState.THAWING, now
    subject = f"pool:{pool.id}"
    _record(
        session, now, bank_id, person_id, "pooling undone", subject, container=intake.container_id
    )
    return found


def close_pool(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    pool_id: int,
    sampled_ml: int,
    discarded_ml: int,
    loss_reason: str = "",
) -> MilkPool:
    """Close a pool whose bottles were all scanned back and whose volumes add up.

    Raises
    ------
    NotFound
        The bank has no such pool.
    Refused
        `pool_not_open`, `pool_without_bottles`, `bottles_not_scanned_back` (`numbers`),
        `loss_needs_reason` (`lost`, `permille`).
    """
    pool = lock_pool(session, bank_id=bank_id, pool_id=pool_id)
    if pool.state is not PoolState.OPEN:
        raise Refused("pool_not_open", pool=pool.number)
    contents = pool_contents(session, bank_id=bank_id, pool_id=pool_id)
    if not contents.bottles:
        raise Refused("pool_without_bottles", pool=pool.number)
    if contents.unscanned:
        numbers = ", ".join(each.number for each in contents.unscanned)
        raise Refused("bottles_not_scanned_back", numbers=numbers)
    balance = PoolBalance(
        inputs_ml=contents.balance.inputs_ml,
        filled_ml=contents.balance.filled_ml,
        sampled_ml=sampled_ml,
        discarded_ml=discarded_ml,
    )
    tolerance = policies_of(session, bank_id)[PolicyKey.BALANCE_TOLERANCE_PERMILLE]
    if not balance.is_tolerated(tolerance) and not loss_reason.strip():
        raise Refused(
            "loss_needs_reason", lost=balance.lost_ml, permille=round(balance.lost_permille)
        )
    pool.state, pool.closed_at, pool.closed_by_id = PoolState.CLOSED, now, person_id
    pool.sampled_ml, pool.discarded_ml = sampled_ml, discarded_ml
    pool.loss_reason = loss_reason.strip()
    figures = {"inputs_ml": balance.inputs_ml, "lost_ml": balance.lost_ml}
    _record(session, now, bank_id, person_id, "pool closed", f"pool:{pool.id}", **figures)
    return pool


def dissolve_pool(
    session: Session, *, now: datetime, bank_id: int, person_id: int, pool_id: int, reason: str
) -> MilkPool:
    """Dissolve a pool into which nothing was emptied.

    Raises
    ------
    NotFound
        The bank has no such pool.
    Refused
        `pool_not_open`, `pool_not_empty`, `reason_missing`.
    """
    pool = lock_pool(session, bank_id=bank_id, pool_id=pool_id)
    if pool.state is not PoolState.OPEN:
        raise Refused("pool_not_open", pool=pool.number)
    if inputs_of(session, pool):
        raise Refused("pool_not_empty", pool=pool.number)
    if not reason.strip():
        raise Refused("reason_missing")
    pool.state, pool.closed_at, pool.closed_by_id = PoolState.DISSOLVED, now, person_id
    pool.loss_reason = reason.strip()
    _record(session, now, bank_id, person_id, "pool dissolved", f"pool:{pool.id}")
    return pool


def lock_pool(session: Session, *, bank_id: int, pool_id: int) -> MilkPool:
    """Return a pool of a bank, locked until the transaction ends.

    Raises
    ------
    NotFound
        The bank has no such pool.
    """
    pool = owned(session, MilkPool, bank_id, pool_id)
    session.refresh(pool, with_for_update=True)
    return pool


def _is_filled(session: Session, pool: MilkPool) -> bool:
    bottles = select(Bottle.id).join(Lot, Lot.id == Bottle.lot_id).where(Lot.pool_id == pool.id)
    return session.scalar(bottles.limit(1)) is not None


def _leave_storage(
    session: Session, now: datetime, person_id: int, intake: Intake, reason: MoveReason
) -> None:
    leave_storage(
        session,
        now=now,
        bank_id=intake.bank_id,
        person_id=person_id,
        things=[StoredThing(intake_id=intake.id)],
        reason=reason,
    )


def _record(
    session: Session,
    now: datetime,
    bank_id: int,
    person_id: int,
    action: str,
    subject: str,
    **details: object,
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=subject,
        **details,
    )
