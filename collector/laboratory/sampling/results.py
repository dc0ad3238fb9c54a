"""Writing of results: entered, verified by another person, superseded, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Conflict, Refused
from collector.laboratory.sampling.actions import lock_sample
from collector.laboratory.sampling.late_results import hold_if_failing
from collector.laboratory.sampling.models import (
    Analyte,
    LabResult,
    LabSample,
    ResultUnit,
    SampleState,
    SamplingPlan,
)
from collector.laboratory.sampling.spellings import WrittenFigure

MOST_PLATED_UL = 10_000
"""Largest volume on a plate, in microlitres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDraft:
    """A figure of a plate as it was typed or read from a file."""

    plate: int
    analyte: Analyte
    figure: WrittenFigure
    unit: ResultUnit
    plated_ul: int
    method: str = ""


def enter_results(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    sample_id: int,
    drafts: Sequence[ResultDraft],
    file_id: int | None = None,
) -> list[LabResult]:
    """Enter results of a sample, all or none; a failing one stops a released lot at once.

    Parameters
    ----------
    file_id
        The imported file that they came from; None for typed ones, which another person verifies.

    Raises
    ------
    NotFound
        The bank has no such sample.
    Conflict
        `result_stands` (`plate`): the plate has one; it can be superseded.
    Refused
        `sample_lost`; `results_missing`; `plate_out_of_bounds` (`most`); `unit_not_fitting`;
        `plated_out_of_bounds` (`most`).
    """
    sample = lock_sample(session, bank_id=bank_id, sample_id=sample_id)
    if sample.state is SampleState.LOST:
        raise Refused("sample_lost", number=sample.number)
    if not drafts:
        raise Refused("results_missing")
    plan = session.get_one(SamplingPlan, sample.plan_id)
    taken = {(each.plate, each.analyte) for each in standing_results(session, sample.id)}
    rows = []
    for draft in drafts:
        refuse_draft(draft, plates=plan.plates)
        if (draft.plate, draft.analyte) in taken:
            raise Conflict("result_stands", plate=draft.plate)
        taken.add((draft.plate, draft.analyte))
        rows.append(_row(sample, draft, now, person_id, file_id=file_id))
    session.add_all(rows)
    _record(session, now, sample, person_id, "results entered", count=len(rows))
    hold_if_failing(session, now=now, person_id=person_id, sample=sample, result=rows[-1])
    return rows


def verify_results(
    session: Session, *, now: datetime, bank_id: int, person_id: int, results: Sequence[int]
) -> list[LabResult]:
    """Verify typed results of another person.

    Raises
    ------
    NotFound
        The bank has no such result.
    Conflict
        `changed_meanwhile`: one was superseded or verified since.
    Refused
        `results_missing`; `two_people_needed`: the person entered one of them.
    """
    rows = [owned(session, LabResult, bank_id, key) for key in results]
    if not rows:
        raise Refused("results_missing")
    for key in sorted({row.sample_id for row in rows}):
        lock_sample(session, bank_id=bank_id, sample_id=key)
    for row in rows:
        session.refresh(row)
        if row.superseded_at is not None or is_verified(row):
            raise Conflict("changed_meanwhile")
        if row.entered_by_id == person_id:
            raise Refused("two_people_needed")
        row.verified_by_id, row.verified_at = person_id, now
    sample = session.get_one(LabSample, rows[0].sample_id)
    _record(session, now, sample, person_id, "results verified", count=len(rows))
    return rows


def supersede_result(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    result_id: int,
    figure: WrittenFigure,
    reason: str,
) -> LabResult:
    """Put a new result in the place of one; both stay, and the new one is verified anew.

    Raises
    ------
    NotFound
        The bank has no such result.
    Conflict
        `changed_meanwhile`: it was superseded already.
    Refused
        `reason_missing`.
    """
    old = owned(session, LabResult, bank_id, result_id)
    sample = lock_sample(session, bank_id=bank_id, sample_id=old.sample_id)
    session.refresh(old)
    if old.superseded_at is not None:
        raise Conflict("changed_meanwhile")
    if not reason.strip():
        raise Refused("reason_missing")
    old.superseded_at = now
    session.flush()
    draft = ResultDraft(
        plate=old.plate,
        analyte=old.analyte,
        figure=figure,
        unit=old.unit,
        plated_ul=old.plated_ul,
        method=old.method,
    )
    new = _row(sample, draft, now, person_id, file_id=None)
    new.supersedes_id, new.reason = old.id, reason.strip()
    session.add(new)
    _record(session, now, sample, person_id, "result superseded", old=old.id)
    hold_if_failing(session, now=now, person_id=person_id, sample=sample, result=new)
    return new


def refuse_draft(draft: ResultDraft, *, plates: int) -> None:
    """Refuse a result that its plan cannot have.

    Raises
    ------
    Refused
        `plate_out_of_bounds` (`most`); `plated_out_of_bounds` (`most`); `unit_not_fitting`.
    """
    if not 1 <= draft.plate <= plates:
        raise Refused("plate_out_of_bounds", most=plates)
    if not 1 <= draft.plated_ul <= MOST_PLATED_UL:
        raise Refused("plated_out_of_bounds", most=MOST_PLATED_UL)
    if (draft.unit is ResultUnit.DORNIC) != (draft.analyte is Analyte.ACIDITY):
        raise Refused("unit_not_fitting")


def is_verified(result: LabResult) -> bool:
    """Return whether a result came by a file, or was verified by a second person."""
    return result.file_id is not None or result.verified_by_id is not None


def standing_results(session: Session, sample_id: int) -> list[LabResult]:
    """Return the results of a sample that no later one replaced, by plate."""
    return list(
        session.scalars(
            select(LabResult)
            .where(LabResult.sample_id == sample_id, LabResult.superseded_at.is_(None))
            .order_by(LabResult.plate, LabResult.analyte)
        )
    )


def _row(
    sample: LabSample, draft: ResultDraft, now: datetime, person_id: int, *, file_id: int | None
) -> LabResult:
    return LabResult(
        bank_id=sample.bank_id,
        sample_id=sample.id,
        plate=draft.plate,
        analyte=draft.analyte,
        comparator=draft.figure.comparator,
        value=draft.figure.value,
        unit=draft.unit,
        plated_ul=draft.plated_ul,
        method=draft.method,
        entered_by_id=person_id,
        entered_at=now,
        verified_by_id=None,
        verified_at=None,
        file_id=file_id,
        supersedes_id=None,
        superseded_at=None,
        reason="",
    )


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
