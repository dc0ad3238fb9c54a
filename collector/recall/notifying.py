"""Notices of a recall to wards, their timed acknowledgements, and the fates that wards tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.errors import NotFound, Refused
from collector.notices.actions import enqueue
from collector.people.models import Person
from collector.recall.actions import lock_recall, record_event, settle_if_complete
from collector.recall.fates import note_fates
from collector.recall.models import (
    Recall,
    RecallAct,
    RecallFate,
    RecallItem,
    RecallNotice,
    RecallState,
    Whereabouts,
)
from collector.recipients.models import Ward, WardMember

MOST_NOTICES = 50
"""Most notices on the page of a ward, the latest first."""
OF_WARDS = (
    RecallFate.HERE,
    RecallFate.GIVEN,
    RecallFate.THROWN_AWAY,
    RecallFate.NOT_FOUND,
)
"""The fates that a ward tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WardNotice:
    """A notice with its ward, and the lines of the ward that have no fate yet."""

    notice: RecallNotice
    ward: str
    lines: int
    open_lines: int


def notify_wards(
    session: Session, *, now: datetime, bank_id: int, person_id: int, recall_id: int
) -> Recall:
    """Tell each ward that received milk of a confirmed scope, with any fate.

    Raises
    ------
    NotFound
        The bank has no such recall.
    Refused
        `drill_sends_nothing`; `recall_not_confirmed`.
    """
    recall = lock_recall(session, bank_id, recall_id)
    if recall.mock:
        raise Refused("drill_sends_nothing")
    if recall.state is not RecallState.CONFIRMED:
        raise Refused("recall_not_confirmed")
    wards = session.scalars(
        select(RecallItem.ward_id)
        .where(RecallItem.recall_id == recall_id, RecallItem.ward_id.is_not(None))
        .distinct()
    ).all()
    for key in sorted(key for key in wards if key is not None):
        session.add(
            RecallNotice(
                bank_id=bank_id,
                recall_id=recall_id,
                ward_id=key,
                sent_at=now,
                acknowledged_at=None,
                acknowledged_by_id=None,
            )
        )
        _write(session, now, recall, key)
    recall.state = RecallState.NOTIFIED
    record_event(session, now, recall, person_id, RecallAct.NOTIFIED, wards=len(wards))
    settle_if_complete(session, now=now, person_id=person_id, recall=recall)
    return recall


def _write(session: Session, now: datetime, recall: Recall, ward_id: int) -> None:
    """Enqueue the message to each person of a ward; it names neither milk nor child."""
    members = session.scalars(
        select(Person)
        .join(WardMember, WardMember.person_id == Person.id)
        .where(WardMember.ward_id == ward_id, Person.active)
    )
    for person in members:
        enqueue(
            session,
            now=now,
            bank_id=recall.bank_id,
            once=f"recall {recall.id} person:{person.id}",
            recipient=f"person:{person.id}",
            to=person.email,
            template="recall_notice",
            language=person.language,
        )


def acknowledge(
    session: Session, *, now: datetime, bank_id: int, person_id: int, ward_id: int, recall_id: int
) -> RecallNotice:
    """Acknowledge a notice for a ward; a second time changes nothing.

    Raises
    ------
    NotFound
        The ward has no notice of such a recall.
    """
    notice = notice_of(session, bank_id=bank_id, ward_id=ward_id, recall_id=recall_id)
    if notice.acknowledged_at is None:
        recall = lock_recall(session, bank_id, recall_id)
        notice.acknowledged_at, notice.acknowledged_by_id = now, person_id
        record_event(session, now, recall, person_id, RecallAct.ACKNOWLEDGED, ward=ward_id)
    return notice


def note_fates_of_ward(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    ward_id: int,
    recall_id: int,
    items: Iterable[int],
    fate: RecallFate,
    recipient_id: int | None = None,
) -> int:
    """Note the fate of bottles of a ward; another ward's bottle is not found.

    Parameters
    ----------
    recipient_id
        The child to whom distributed bottles were given; None for the child of each dispensing.

    Raises
    ------
    NotFound
        The ward has no notice of such a recall, or no such bottle.
    Refused
        `fate_missing`: it is no fate of a ward; as `collector.recall.fates.note_fates`.
    """
    notice_of(session, bank_id=bank_id, ward_id=ward_id, recall_id=recall_id)
    if fate not in OF_WARDS:
        raise Refused("fate_missing")
    keys = list(items)
    own = {each.id for each in bottles_of_ward(session, ward_id=ward_id, recall_id=recall_id)}
    if not own.issuperset(keys):
        raise NotFound("not_found", kind="recall_items")
    return note_fates(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        recall_id=recall_id,
        items=keys,
        fate=fate,
        by_ward=True,
        recipient_id=recipient_id,
    )


def notice_of(session: Session, *, bank_id: int, ward_id: int, recall_id: int) -> RecallNotice:
    """Return the notice of a recall to a ward.

    Raises
    ------
    NotFound
        There is none.
    """
    notice = session.scalar(
        select(RecallNotice).where(
            RecallNotice.bank_id == bank_id,
            RecallNotice.ward_id == ward_id,
            RecallNotice.recall_id == recall_id,
        )
    )
    if notice is None:
        raise NotFound("not_found", kind="recall_notices")
    return notice


def bottles_of_ward(session: Session, *, ward_id: int, recall_id: int) -> Sequence[RecallItem]:
    """Return the lines of a scope that a ward received, the ones without a fate first."""
    return session.scalars(
        select(RecallItem)
        .where(
            RecallItem.recall_id == recall_id,
            RecallItem.ward_id == ward_id,
            RecallItem.whereabouts == Whereabouts.AT_WARD,
        )
        .order_by(RecallItem.fate.is_not(None), RecallItem.number, RecallItem.part)
    ).all()


def notices_of_ward(session: Session, *, ward_id: int) -> Sequence[RecallNotice]:
    """Return the notices to a ward, the latest first."""
    return session.scalars(
        select(RecallNotice)
        .where(RecallNotice.ward_id == ward_id)
        .order_by(RecallNotice.id.desc())
        .limit(MOST_NOTICES)
    ).all()


def notices_of_recall(session: Session, recall_id: int) -> list[WardNotice]:
    """Return the notices of a recall with the state of each ward's bottles."""
    rows = session.execute(
        select(
            RecallNotice,
            Ward.establishment,
            Ward.name,
            func.count(RecallItem.id),
            func.count(RecallItem.id).filter(RecallItem.fate.is_(None)),
        )
        .join(Ward, Ward.id == RecallNotice.ward_id)
        .outerjoin(
            RecallItem,
            (RecallItem.recall_id == RecallNotice.recall_id)
            & (RecallItem.ward_id == RecallNotice.ward_id),
        )
        .where(RecallNotice.recall_id == recall_id)
        .group_by(RecallNotice.id, Ward.id)
        .order_by(Ward.establishment, Ward.name)
    )
    return [
        WardNotice(notice=row[0], ward=f"{row[1]}, {row[2]}", lines=row[3], open_lines=row[4])
        for row in rows
    ]


def unanswered_wards(session: Session, recall_id: int) -> list[str]:
    """Return the wards that have not acknowledged the notice of a recall, by name."""
    return [
        each.ward
        for each in notices_of_recall(session, recall_id)
        if each.notice.acknowledged_at is None
    ]
