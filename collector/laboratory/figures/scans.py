"""Scans of a period: the answered ones by the rows that they left, and the refused ones."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.laboratory.destructions.models import DestroyedItem
from collector.laboratory.figures.periods import Period
from collector.laboratory.pooling.models import Bottle, PoolInput
from collector.laboratory.reception.models import BenchScan, Intake, ScanTask
from collector.laboratory.units.models import CountedItem, StorageStay

TASKS = (
    ScanTask.RECEPTION,
    ScanTask.THAW,
    ScanTask.POOL,
    ScanTask.STORE,
    ScanTask.COUNT,
    ScanTask.DESTROY,
)
"""Tasks with a row for each answered scan."""
ANSWERED = (
    (Intake.bank_id, Intake.taken_at),
    (Intake.bank_id, Intake.thaw_began_at),
    (PoolInput.bank_id, PoolInput.added_at),
    (Bottle.bank_id, Bottle.scanned_back_at),
    (StorageStay.bank_id, StorageStay.began_at),
    (CountedItem.bank_id, CountedItem.scanned_at),
    (DestroyedItem.bank_id, DestroyedItem.scanned_at),
)
"""Rows that an answered scan leaves, each with its bank and its instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFigures:
    """Scans at the tasks of the laboratory that leave a row."""

    answered: int
    refused: int

    @property
    def permille(self) -> float | None:
        """Refused scans in a thousand; None without any scan."""
        scans = self.answered + self.refused
        return 1000 * self.refused / scans if scans else None


def scans_of(session: Session, period: Period) -> ScanFigures:
    """Return the answered and the refused scans of a period."""
    refused = select(func.count(BenchScan.id)).where(
        period.holds(BenchScan.bank_id, BenchScan.at), BenchScan.task.in_(TASKS)
    )
    counts = [select(func.count()).where(period.holds(bank, at)) for bank, at in ANSWERED]
    return ScanFigures(
        answered=sum(session.scalar(each) or 0 for each in counts),
        refused=session.scalar(refused) or 0,
    )
