"""The watch over units: alarms that fall due between two readings."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.laboratory.probes.alarms import raise_silences, unraised_silences
from collector.laboratory.probes.excursions import judge_length, open_rows
from collector.laboratory.units.models import StorageAlarm, UnitExcursion


def has_due_alarms(session: Session, *, now: datetime, bank_id: int) -> bool:
    """Return whether an alarm of a bank's units is due and was not raised."""
    if unraised_silences(session, now=now, bank_id=bank_id):
        return True
    minutes = policies_of(session, bank_id)[PolicyKey.UNIT_ALARM_MINUTES]
    raised = select(StorageAlarm.id).where(StorageAlarm.unit_excursion_id == UnitExcursion.id)
    lasting = select(UnitExcursion.id).where(
        UnitExcursion.bank_id == bank_id,
        UnitExcursion.ended_at.is_(None),
        UnitExcursion.began_at <= now - timedelta(minutes=minutes),
        ~raised.exists(),
    )
    return session.scalar(lasting.limit(1)) is not None


def raise_due_alarms(session: Session, *, now: datetime, bank_id: int) -> None:
    """Raise the alarms of a bank's units that are due."""
    raise_silences(session, now=now, bank_id=bank_id)
    for row in open_rows(session, bank_id):
        judge_length(session, now=now, unit=row.unit, row=row)
