"""Fates of recalled bottles on wards: one truth with the fates of the dispensary, both ways."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.dispensary.dispensings.models import DispensedBottle
from collector.dispensary.fates.models import BottleFate
from collector.dispensary.fates.recalled import (
    came_back,
    latest_end,
    withdraw_recalled_fate,
    write_recalled_fate,
)
from collector.recall.actions import record_event, settle_if_complete
from collector.recall.models import (
    Recall,
    RecallAct,
    RecallFate,
    RecallItem,
    RecallState,
    Whereabouts,
)
from collector.recall.outside import ENDS

WRITTEN = {end: fate for fate, end in ENDS.items()}
"""The fate of the dispensary for each fate of a recall that ends milk on a ward."""


def is_with_ward(session: Session, item: RecallItem) -> bool:
    """Return whether a line of a scope is a bottle that a ward has: handed over, and not back."""
    at_ward = item.whereabouts is Whereabouts.AT_WARD and item.bottle_id is not None
    return at_ward and not came_back(session, item.bottle_id or 0)


def write_end(
    session: Session,
    *,
    now: datetime,
    person_id: int,
    item: RecallItem,
    fate: RecallFate,
    recipient_id: int | None,
) -> None:
    """Write the end of a bottle on a ward among the fates of the dispensary.

    An end that the recall wrote before is withdrawn. *Here* is no end: the bottle stays open.

    Raises
    ------
    Refused
        The reasons of `write_recalled_fate`.
    """
    if item.bottle_fate_id is not None:
        withdraw_recalled_fate(session, now=now, bank_id=item.bank_id, fate_id=item.bottle_fate_id)
        item.bottle_fate_id = None
    if fate not in WRITTEN or item.bottle_id is None or not is_with_ward(session, item):
        return
    written = write_recalled_fate(
        session,
        now=now,
        bank_id=item.bank_id,
        person_id=person_id,
        bottle_id=item.bottle_id,
        volume_ml=item.volume_ml or 0,
        fate=WRITTEN[fate],
        recipient_id=recipient_id,
    )
    item.bottle_fate_id = written.id if written else None


def follow_fate(session: Session, *, now: datetime, person_id: int, fate: BottleFate) -> None:
    """Note the fate that a ward told by a scan in the recalls that its bottle is in.

    A line gets its fate once all of the bottle has one; a given part counts before the others.
    """
    bottle_id = session.get_one(DispensedBottle, fate.dispensed_bottle_id).bottle_id
    for item, recall in _open_lines(session, bottle_id):
        end = latest_end(session, fate.dispensed_bottle_id, recall.opened_at)
        if end is None or end.fate not in ENDS:
            continue
        item.fate, item.fate_at, item.fate_by_id = ENDS[end.fate], now, person_id
        item.bottle_fate_id = end.id
        record_event(
            session,
            now,
            recall,
            person_id,
            RecallAct.FATE_NOTED,
            fate=item.fate,
            lines=1,
            before=[""],
            number=item.number,
        )
        settle_if_complete(session, now=now, person_id=person_id, recall=recall)


def follow_undo(session: Session, *, now: datetime, person_id: int, fate: BottleFate) -> None:
    """Open the lines again whose fate a ward withdrew; a closed recall keeps its lines."""
    rows = session.execute(
        select(RecallItem, Recall)
        .join(Recall, Recall.id == RecallItem.recall_id)
        .where(RecallItem.bottle_fate_id == fate.id, Recall.state != RecallState.CLOSED)
    )
    for item, recall in rows.all():
        before = item.fate or ""
        item.fate = item.fate_at = item.fate_by_id = item.bottle_fate_id = None
        if recall.state is RecallState.SETTLED:
            recall.state = RecallState.NOTIFIED
            recall.close_asked_by_id, recall.closing_note = None, ""
        record_event(
            session,
            now,
            recall,
            person_id,
            RecallAct.FATE_NOTED,
            fate="",
            lines=1,
            before=[before],
            number=item.number,
        )


def _open_lines(session: Session, bottle_id: int) -> list[tuple[RecallItem, Recall]]:
    rows = session.execute(
        select(RecallItem, Recall)
        .join(Recall, Recall.id == RecallItem.recall_id)
        .where(
            RecallItem.bottle_id == bottle_id,
            RecallItem.whereabouts == Whereabouts.AT_WARD,
            RecallItem.fate.is_(None),
            Recall.mock.is_(False),
            Recall.state != RecallState.CLOSED,
        )
        .order_by(RecallItem.id)
    )
    return [(row[0], row[1]) for row in rows.all()]
