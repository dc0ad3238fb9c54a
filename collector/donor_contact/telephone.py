"""Messages to tell by telephone, for donors whom neither e-mail nor text message reaches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import owned
from collector.donor_contact.loss import is_silenced
from collector.donors.actions import record_act
from collector.donors.models import Donor
from collector.donors.queries import donor_options
from collector.notices.models import Notice, NoticeState
from collector.notices.queries import open_calls
from collector.pickups.models import Pickup, PickupState
from collector.pickups.states import VISITED

VISIT = re.compile(r"pickup:(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorCall:
    """A donor to be called, and the latest message about each of her visits."""

    donor: Donor
    notices: Sequence[Notice]

    @property
    def last(self) -> int:
        """The key of the latest message."""
        return max(notice.id for notice in self.notices)


def donors_to_call(session: Session, *, bank_id: int, today: date) -> list[DonorCall]:
    """Return the donors to whom a message is to be told by telephone, the oldest message first.

    Messages about visits and days that are over are left out, and so are all to a donor who lost
    her child.
    """
    notices: dict[int, dict[str, Notice]] = {}
    waiting = open_calls(session, bank_id=bank_id)
    over = _visits_over(session, {_visit(notice) for notice in waiting})
    for notice in waiting:
        day = date.fromisoformat(str(notice.figures.get("day") or date.min))
        if day >= today and _visit(notice) not in over and not is_silenced(session, notice):
            of_donor = notices.setdefault(int(notice.recipient.partition(":")[2]), {})
            of_donor[_visit(notice)] = notice
    rows = select(Donor).where(Donor.id.in_(notices)).options(*donor_options())
    donors = {donor.id: donor for donor in session.scalars(rows)}
    return [
        DonorCall(donor=donors[key], notices=tuple(of_donor.values()))
        for key, of_donor in notices.items()
    ]


def record_call(
    session: Session, *, now: datetime, bank_id: int, donor_id: int, last: int, person_id: int
) -> None:
    """Record that a donor was told every message up to one, which the page showed.

    Parameters
    ----------
    last
        The key of that message; a later one stays open.
    """
    donor = owned(session, Donor, bank_id, donor_id)
    hers = [
        notice
        for notice in open_calls(session, bank_id=bank_id)
        if notice.recipient == f"donor:{donor_id}" and notice.id <= last
    ]
    for notice in hers:
        notice.state, notice.sent_at = NoticeState.SENT, now
    if hers:
        actor = f"person:{person_id}"
        record_act(session, donor, now=now, actor=actor, action="message called")


def _visits_over(session: Session, keys: set[str]) -> set[str]:
    numbers = [int(key) for key in keys if key.isdigit()]
    settled = Pickup.id.in_(numbers), Pickup.state.in_(VISITED | {PickupState.EXPIRED})
    return {str(key) for key in session.scalars(select(Pickup.id).where(*settled))}


def _visit(notice: Notice) -> str:
    """Return the key of a message's visit: a later message replaces the former one."""
    found = VISIT.search(notice.once)
    return found[1] if found else notice.once
