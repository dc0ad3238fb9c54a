"""Recalls of the demonstration: a drill of last month, and the measured recall of one donor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.custody.models import Container
from collector.demo.bench import DemoBench, dice_of
from collector.laboratory.pooling.models import Bottle, Lot, PoolInput
from collector.laboratory.reception.models import Intake
from collector.recall.actions import ask_confirmation, confirm, freeze_scope
from collector.recall.closing import ask_to_close, close
from collector.recall.drills import open_drill
from collector.recall.fates import note_fates
from collector.recall.models import RecalledForm, RecallFate, RecallItem, RecallSubject
from collector.recall.scope import read_scope
from collector.recall.walk import Origin, forward

SCOPED_AFTER, CONFIRMED_AFTER, CLOSED_AFTER = (
    timedelta(seconds=2),
    timedelta(minutes=6),
    timedelta(minutes=48),
)
SCANNED_EVERY = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallReport:
    """The measured recall of the donor with the most bottles; nothing of it is written.

    Attributes
    ----------
    recall_seconds
        From the question to the last line of the scope.
    """

    recall_bottles: int
    recall_seconds: float


def write_drill(bench: DemoBench, at: datetime) -> None:
    """Write a drill that found every bottle."""
    session = bench.session
    drill = open_drill(
        session,
        **bench.by(bench.quality, at),
        reason="Exercice trimestriel",
        draw=dice_of("drill"),
    )
    key: dict[str, Any] = {"recall_id": drill.id}
    freeze_scope(session, **bench.by(bench.quality, at + SCOPED_AFTER), **key)
    ask_confirmation(session, **bench.by(bench.quality, at + CONFIRMED_AFTER), **key)
    confirm(session, **bench.by(bench.releaser, at + CONFIRMED_AFTER), **key)
    left = session.scalars(
        select(RecallItem.id)
        .where(RecallItem.recall_id == drill.id, RecallItem.fate.is_(None))
        .order_by(RecallItem.number)
    ).all()
    for place, item in enumerate(left, start=1):
        told = bench.by(bench.technician, at + CONFIRMED_AFTER + place * SCANNED_EVERY)
        note_fates(session, **told, **key, items=[item], fate=RecallFate.HERE)
    note = "Tous les flacons sont retrouvés."
    ask_to_close(session, **bench.by(bench.quality, at + CLOSED_AFTER), **key, note=note)
    close(session, **bench.by(bench.releaser, at + CLOSED_AFTER), **key)


def report_recall(session: Session, *, bank_id: int) -> RecallReport:
    """Return the scope of a recall of the donor with the most bottles, and its seconds."""
    donor_id = session.scalar(
        select(Container.donor_id)
        .join(Intake, Intake.container_id == Container.id)
        .join(PoolInput, PoolInput.intake_id == Intake.id)
        .join(Lot, Lot.pool_id == PoolInput.pool_id)
        .join(Bottle, Bottle.lot_id == Lot.id)
        .where(Container.bank_id == bank_id, PoolInput.withdrawn_at.is_(None))
        .group_by(Container.donor_id)
        .order_by(func.count(Bottle.id.distinct()).desc(), Container.donor_id)
        .limit(1)
    )
    began = perf_counter()
    origin = Origin(subject=RecallSubject.DONOR, subject_id=donor_id)
    reach = forward(session, bank_id=bank_id, origin=origin)
    items = read_scope(session, reach=reach)
    return RecallReport(
        recall_bottles=sum(each.form is RecalledForm.BOTTLE and each.part == 0 for each in items),
        recall_seconds=round(perf_counter() - began, 3),
    )
