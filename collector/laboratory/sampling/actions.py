"""Writing of samples: taking, sending, losing."""

import re
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Refused
from collector.laboratory.labels.numbers import NEVER, POOL_LENGTH, check_character
from collector.laboratory.pooling.models import Lot, MilkPool
from collector.laboratory.sampling.models import (
    LabResult,
    LabSample,
    SampleStage,
    SampleState,
    SamplingFrequency,
)
from collector.laboratory.sampling.plans import stored_plan

MOST_SAMPLE_ML = 250
"""Largest volume of one sample, in millilitres; Milkround's own value, not verified."""
SAMPLE = re.compile(r"([A-NP-Z1-9][A-Z0-9]{4}\d{8})-S(\d{2})([A-Z0-9])")
LAST_SAMPLE = 99


def take_sample(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    lot_id: int,
    stage: SampleStage,
    volume_ml: int,
    laboratory: str = "",
) -> LabSample:
    """Take a sample of a lot; it is judged by the plan's edition of this instant.

    A sample of a stage whose sample was lost stands for the lost one.

    Raises
    ------
    NotFound
        The bank has no such lot.
    Refused
        `sample_taken` (`number`): one of this stage stands; `sample_before_heating`,
        `sample_after_heating`; `sample_not_planned`; `sample_volume_out_of_bounds` (`most`).
    """
    lot = lock_lot(session, bank_id=bank_id, lot_id=lot_id)
    before = samples_of_lot(session, lot, stage)
    standing = [each for each in before if each.state is not SampleState.LOST]
    if standing:
        raise Refused("sample_taken", number=standing[0].number)
    if stage is SampleStage.POST and lot.cycle_id is None:
        raise Refused("sample_after_heating")
    if not 1 <= volume_ml <= MOST_SAMPLE_ML:
        raise Refused("sample_volume_out_of_bounds", most=MOST_SAMPLE_ML)
    plan = stored_plan(session, now=now, bank_id=bank_id, stage=stage)
    if plan.frequency is SamplingFrequency.NEVER:
        raise Refused("sample_not_planned")
    sample = LabSample(
        bank_id=bank_id,
        number=_next_number(session, lot),
        stage=stage,
        lot_id=lot.id,
        plan_id=plan.id,
        volume_ml=volume_ml,
        laboratory=laboratory.strip(),
        state=SampleState.TAKEN,
        lost_reason="",
        replaces_id=before[-1].id if before else None,
        taken_by_id=person_id,
        taken_at=now,
    )
    session.add(sample)
    _record(session, now, sample, person_id, "sample taken", stage=stage.value)
    return sample


def send_sample(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    sample_id: int,
    laboratory: str,
) -> LabSample:
    """Send a sample to another laboratory.

    Raises
    ------
    NotFound
        The bank has no such sample.
    Refused
        `sample_state`; `laboratory_missing`.
    """
    sample = lock_sample(session, bank_id=bank_id, sample_id=sample_id)
    if sample.state is not SampleState.TAKEN:
        raise Refused("sample_state")
    if not laboratory.strip():
        raise Refused("laboratory_missing")
    sample.state, sample.laboratory = SampleState.SENT, laboratory.strip()
    _record(session, now, sample, person_id, "sample sent")
    return sample


def lose_sample(
    session: Session, *, now: datetime, bank_id: int, person_id: int, sample_id: int, reason: str
) -> LabSample:
    """Write a sample off as lost; another one of its stage may then be taken.

    Raises
    ------
    NotFound
        The bank has no such sample.
    Refused
        `sample_state`: it is lost already; `sample_has_results`; `reason_missing`.
    """
    sample = lock_sample(session, bank_id=bank_id, sample_id=sample_id)
    if sample.state is SampleState.LOST:
        raise Refused("sample_state")
    found = select(LabResult.id).where(LabResult.sample_id == sample.id)
    if session.scalar(found.limit(1)) is not None:
        raise Refused("sample_has_results")
    if not reason.strip():
        raise Refused("reason_missing")
    sample.state, sample.lost_reason = SampleState.LOST, reason.strip()
    _record(session, now, sample, person_id, "sample lost")
    return sample


def samples_of_lot(session: Session, lot: Lot, stage: SampleStage) -> list[LabSample]:
    """Return the samples of a lot's stage, lost ones too, oldest first."""
    return list(
        session.scalars(
            select(LabSample)
            .where(LabSample.lot_id == lot.id, LabSample.stage == stage)
            .order_by(LabSample.id)
        )
    )


def lock_lot(session: Session, *, bank_id: int, lot_id: int) -> Lot:
    """Return a lot of a bank, locked until the transaction ends.

    Results, releases and holds of a lot wait for one another here.

    Raises
    ------
    NotFound
        The bank has no such lot.
    """
    lot = owned(session, Lot, bank_id, lot_id)
    session.refresh(lot, with_for_update=True)
    return lot


def lock_sample(session: Session, *, bank_id: int, sample_id: int) -> LabSample:
    """Return a sample of a bank, with its lot locked until the transaction ends.

    Raises
    ------
    NotFound
        The bank has no such sample.
    """
    sample = owned(session, LabSample, bank_id, sample_id)
    lock_lot(session, bank_id=bank_id, lot_id=sample.lot_id)
    session.refresh(sample)
    return sample


def read_sample_number(text: str) -> str:
    """Return a scanned number of a sample in its stored form.

    Raises
    ------
    Refused
        `sample_number_not_read`: it has another form; `scan_mistyped` (`number`).
    """
    number = text.strip().upper()
    found = SAMPLE.fullmatch(number)
    if found is None:
        raise Refused("sample_number_not_read")
    if check_character(f"{found[1]}S{found[2]}") != found[3]:
        raise Refused("scan_mistyped", number=number)
    return number


def _next_number(session: Session, lot: Lot) -> str:
    """Return the next number of a lot's samples: the pool's, S, two digits, a check character."""
    pool = session.get_one(MilkPool, lot.pool_id).number[:POOL_LENGTH]
    last = session.scalar(select(func.max(LabSample.number)).where(LabSample.lot_id == lot.id))
    first = int(last.partition("-S")[2][:2]) + 1 if last else 1
    for place in range(first, LAST_SAMPLE + 1):
        check = check_character(f"{pool}S{place:02}")
        if check != NEVER:
            return f"{pool}-S{place:02}{check}"
    raise Refused("numbers_used_up")


def _record(
    session: Session,
    now: datetime,
    sample: LabSample,
    person_id: int,
    action: str,
    **details: object,
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=sample.bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=f"sample:{sample.id}",
        **details,
    )
