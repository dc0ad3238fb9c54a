"""Events of a bank for neighbours: the acts of the audit chain that concern them.

An event names rows by their keys and holds no name, address or health answer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from collector.audit.models import AuditEntry
from collector.audit.queries import acts_after

EVENT_OF_ACT: Final[Mapping[str, str]] = {
    "donor registered": "donor.registered",
    "contact corrected": "donor.contact_corrected",
    "donor erased": "donor.erased",
    "pickup asked": "request.made",
    "pickup changed": "request.changed",
    "pickup accepted": "request.accepted",
    "pickup cancelled": "request.cancelled",
    "pickup expired": "request.expired",
    "day published": "day.published",
    "phone said arrived": "request.arrived",
    "phone said collected": "request.collected",
    "phone said not_done": "request.not_done",
    "phone said undone": "round.record_undone",
    "phone said started": "round.started",
    "phone said handed_over": "round.handed_over",
    "phone said closed": "round.closed",
    "absence written": "absence.written",
    "absence withdrawn": "absence.withdrawn",
    "shift written": "shift.written",
    "shift taken off": "shift.taken_off",
}
"""The kind of the event by the act of the audit chain."""

KINDS: Final = tuple(dict.fromkeys(EVENT_OF_ACT.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEvent:
    """An event of a bank.

    Attributes
    ----------
    sequence
        Its number in the bank's audit chain: events are ordered by it, with gaps.
    subject
        The row, as `pickup:31`.
    """

    sequence: int
    kind: str
    subject: str
    at: datetime


def events_after(
    session: Session,
    *,
    bank_id: int,
    sequence: int,
    most: int,
    kinds: Collection[str] = KINDS,
    until: int | None = None,
) -> list[BankEvent]:
    """Return at most so many events of these kinds after a sequence number, in order.

    Parameters
    ----------
    until
        The last sequence number that is looked at; None looks at all.
    """
    actions = [act for act, kind in EVENT_OF_ACT.items() if kind in kinds]
    acts = acts_after(
        session, bank_id=bank_id, sequence=sequence, most=most, actions=actions, until=until
    )
    return [_event(act) for act in acts]


def _event(act: AuditEntry) -> BankEvent:
    kind = EVENT_OF_ACT[act.action]
    return BankEvent(sequence=act.sequence, kind=kind, subject=act.subject, at=act.at)
