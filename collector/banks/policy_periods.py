"""Changes of a rule for some days, decided by a coordinator and undone by anyone of the board."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import PolicyPeriod
from collector.banks.policies import PolicyKey
from collector.banks.policy_values import value_in
from collector.banks.queries import policy_row
from collector.db import owned
from collector.errors import Conflict, Refused

DATED = frozenset(
    {
        PolicyKey.MINIMUM_VOLUME_ML,
        PolicyKey.RADIUS_KM,
        PolicyKey.MILK_URGENCY_PERCENT,
        PolicyKey.ZONES_EVERY_DAY,
        PolicyKey.VISIT_DAYS_EARLY,
    }
)
"""The rules that a coordinator may change for some days: those that steer the collection."""
LONGEST_PERIOD = timedelta(weeks=12)


def decide_period(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    key: PolicyKey,
    value: str,
    first: date,
    last: date,
) -> PolicyPeriod:
    """Change a rule from one day to another, both included; of two changes the later one counts.

    Raises
    ------
    Refused
        `rule_not_dated`; `decision_backwards`; `period_too_long` (`most`, in weeks); the refusals
        of `value_in`.
    """
    if key not in DATED:
        raise Refused("rule_not_dated")
    if first > last:
        raise Refused("decision_backwards")
    if last - first >= LONGEST_PERIOD:
        raise Refused("period_too_long", most=LONGEST_PERIOD.days // 7)
    rule = policy_row(session, bank_id=bank_id, key=key)
    period = PolicyPeriod(
        bank_id=bank_id,
        key=key.value,
        value=value_in(value, key=key, unit=rule.unit),
        first=first,
        last=last,
        decided_by=actor,
        decided_at=now,
        withdrawn_at=None,
    )
    session.add(period)
    session.flush()
    _record(session, period, "rule changed for some days", now=now, actor=actor)
    return period


def withdraw_period(
    session: Session, *, now: datetime, bank_id: int, actor: str, period_id: int
) -> PolicyPeriod:
    """Undo a dated change of a rule; the lasting rule counts again at once.

    Raises
    ------
    NotFound
        The bank has no such change.
    Conflict
        `period_withdrawn_already`.
    """
    period = owned(session, PolicyPeriod, bank_id, period_id)
    if period.withdrawn_at is not None:
        raise Conflict("period_withdrawn_already")
    period.withdrawn_at = now
    session.flush()
    _record(session, period, "dated rule taken back", now=now, actor=actor)
    return period


def _record(
    session: Session, period: PolicyPeriod, action: str, *, now: datetime, actor: str
) -> None:
    record(
        session,
        now=now,
        bank_id=period.bank_id,
        actor=actor,
        action=action,
        subject=f"policy:{period.key}",
        value=period.value,
        first=period.first.isoformat(),
        last=period.last.isoformat(),
    )
