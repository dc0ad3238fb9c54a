"""Changes of policies: at once or planned for a day, applied, withdrawn and undone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import Policy, PolicyChange
from collector.banks.policy_values import refuse_contradiction, value_in
from collector.banks.queries import get_bank, planned_changes, policies_of, policy_row
from collector.db import owned
from collector.errors import Conflict, Refused

MOST_DAYS_AHEAD = 730
"""The furthest day of a planned change: two years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDraft:
    """The content of a change.

    Attributes
    ----------
    seen
        The value shown on the page; if the row differs by now, a colleague has changed it.
    verified_by
        The person who read the value at its source; None leaves the rule marked.
    counts_from
        The first day of the value; None is today.
    """

    key: str
    seen: str
    value: str
    source: str
    verified_by: str | None = None
    counts_from: date | None = None


def change_policy(
    session: Session, *, now: datetime, bank_id: int, actor: str, draft: PolicyDraft
) -> PolicyChange:
    """Change a rule with its source, at once or from a later day on.

    Raises
    ------
    Refused
        `source_missing`, `rule_day_past`, `rule_day_too_far` (`days`), `rule_day_taken` (`day`),
        and the refusals of `value_in` and `refuse_contradiction`.
    Conflict
        `rule_changed_meanwhile`.
    """
    today = now.astimezone(get_bank(session, bank_id).zone).date()
    day = draft.counts_from or today
    policy = policy_row(session, bank_id=bank_id, key=draft.key, for_change=True)
    wanted = value_in(draft.value, key=draft.key, unit=policy.unit)
    refuse_contradiction(policies_of(session, bank_id, on=day), key=draft.key, value=wanted)
    if not draft.source.strip():
        raise Refused("source_missing")
    _refuse_day(session, policy, day, today)
    if policy.value != draft.seen:
        raise Conflict("rule_changed_meanwhile")
    change = PolicyChange(
        bank_id=bank_id,
        key=draft.key,
        value=wanted,
        source=draft.source.strip(),
        verified_by=draft.verified_by,
        verified_on=today if draft.verified_by else None,
        counts_from=day,
        made_by=actor,
        made_at=now,
    )
    session.add(change)
    if day > today:
        session.flush()
        _record(session, change, now=now, actor=actor, action="rule change planned")
    else:
        _apply(session, policy, change, now=now, actor=actor, action="rule changed")
    return change


def withdraw_change(
    session: Session, *, now: datetime, bank_id: int, actor: str, change_id: int
) -> PolicyChange:
    """Withdraw a planned change before it counts.

    Raises
    ------
    Conflict
        `rule_change_over`: it counts already, or was withdrawn.
    """
    change = owned(session, PolicyChange, bank_id, change_id)
    if change.applied_at is not None or change.withdrawn_at is not None:
        raise Conflict("rule_change_over")
    change.withdrawn_at = now
    session.flush()
    _record(session, change, now=now, actor=actor, action="rule change withdrawn")
    return change


def undo_change(
    session: Session, *, now: datetime, bank_id: int, actor: str, change_id: int
) -> PolicyChange:
    """Undo the last change of a rule: value, source and mark are those of before.

    Raises
    ------
    Refused
        The refusals of `refuse_contradiction`.
    Conflict
        `rule_changed_meanwhile`: it is not the last one.
    """
    change = owned(session, PolicyChange, bank_id, change_id)
    policy = policy_row(session, bank_id=bank_id, key=change.key, for_change=True)
    last = last_change(session, bank_id=bank_id, key=change.key)
    if last is None or last.id != change.id or change.former_value is None:
        raise Conflict("rule_changed_meanwhile")
    refuse_contradiction(policies_of(session, bank_id), key=change.key, value=change.former_value)
    undoing = PolicyChange(
        bank_id=bank_id,
        key=change.key,
        value=change.former_value,
        source=change.former_source or "",
        verified_by=change.former_verified_by,
        verified_on=change.former_verified_on,
        counts_from=now.astimezone(get_bank(session, bank_id).zone).date(),
        made_by=actor,
        made_at=now,
    )
    session.add(undoing)
    _apply(session, policy, undoing, now=now, actor=actor, action="rule change undone")
    return undoing


def due_changes(session: Session, *, now: datetime, bank_id: int) -> list[PolicyChange]:
    """Return the planned changes whose day has begun in the bank's time zone, oldest first."""
    today = now.astimezone(get_bank(session, bank_id).zone).date()
    planned = planned_changes(session, bank_id)
    return [change for change in planned if change.counts_from <= today]


def apply_change(session: Session, *, now: datetime, bank_id: int, change_id: int) -> None:
    """Apply a planned change whose day has begun; one that is over is left alone.

    Raises
    ------
    Refused
        The refusals of `refuse_contradiction`: another rule changed since.
    """
    change = owned(session, PolicyChange, bank_id, change_id)
    if change.applied_at is not None or change.withdrawn_at is not None:
        return
    policy = policy_row(session, bank_id=bank_id, key=change.key, for_change=True)
    refuse_contradiction(policies_of(session, bank_id), key=change.key, value=change.value)
    _apply(session, policy, change, now=now, actor=change.made_by, action="rule changed")


def last_change(session: Session, *, bank_id: int, key: str) -> PolicyChange | None:
    """Return the change that gave a rule its present value, if it is recorded."""
    applied = select(PolicyChange).where(
        PolicyChange.bank_id == bank_id,
        PolicyChange.key == key,
        PolicyChange.applied_at.is_not(None),
    )
    return session.scalar(
        applied.order_by(PolicyChange.applied_at.desc(), PolicyChange.id.desc()).limit(1)
    )


def _refuse_day(session: Session, policy: Policy, day: date, today: date) -> None:
    if day < today:
        raise Refused("rule_day_past")
    if day > today + timedelta(days=MOST_DAYS_AHEAD):
        raise Refused("rule_day_too_far", days=MOST_DAYS_AHEAD)
    taken = planned_changes(session, policy.bank_id, key=policy.key)
    if any(change.counts_from == day for change in taken):
        raise Refused("rule_day_taken", day=day)


def _apply(
    session: Session,
    policy: Policy,
    change: PolicyChange,
    *,
    now: datetime,
    actor: str,
    action: str,
) -> None:
    change.former_value, change.former_source = policy.value, policy.source
    change.former_verified_by = policy.verified_by
    change.former_verified_on = policy.verified_on
    policy.value, policy.source = change.value, change.source
    policy.verified_by, policy.verified_on = change.verified_by, change.verified_on
    change.applied_at = now
    session.flush()
    _record(session, change, now=now, actor=actor, action=action)


def _record(
    session: Session, change: PolicyChange, *, now: datetime, actor: str, action: str
) -> None:
    before = change.former_value
    if before is None:
        before = policy_row(session, bank_id=change.bank_id, key=change.key).value
    record(
        session,
        now=now,
        bank_id=change.bank_id,
        actor=actor,
        action=action,
        subject=f"policy:{change.key}",
        before=before,
        after=change.value,
        source=change.source,
        verified=change.verified_by is not None,
        day=change.counts_from.isoformat(),
    )
