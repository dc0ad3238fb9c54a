"""Fates of recalled milk: noted for chosen lines or by a scan."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import owned
from collector.errors import NotFound, Refused
from collector.laboratory.labels.numbers import is_bottle_number, read_bottle_number
from collector.people.models import Role
from collector.people.queries import roles_of
from collector.recall.actions import lock_recall, record_event, settle_if_complete
from collector.recall.models import (
    Recall,
    RecallAct,
    RecalledForm,
    RecallFate,
    RecallItem,
    RecallState,
)
from collector.recall.ward_fates import is_with_ward, write_end

UNDER_WAY = frozenset(
    {RecallState.SCOPED, RecallState.CONFIRMED, RecallState.NOTIFIED, RecallState.SETTLED}
)
"""States in which fates are noted."""


def note_fates(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    recall_id: int,
    items: Iterable[int],
    fate: RecallFate,
    by_ward: bool = False,
    recipient_id: int | None = None,
) -> int:
    """Note the fate of milk of a scope, and return the count of changed lines.

    A fate that was noted may be corrected until the recall is closed; the event keeps both. The
    end of a bottle on a ward is written among the fates of the dispensary too.

    Parameters
    ----------
    by_ward
        Whether the ward of the bottles notes it. Of the bank's people, quality alone notes the
        fate of a bottle on a ward, as the ward told it.
    recipient_id
        The child to whom distributed bottles were given; None for the child of each dispensing.

    Raises
    ------
    NotFound
        The bank has no such recall, or the recall no such line.
    Refused
        `recall_not_scoped`; `recall_over`; `fate_by_itself`: samples and losses have no other;
        `fate_by_records` (`number`): the records told it when the scope was frozen;
        `fate_of_ward` (`number`): the bottle is on a ward; the reasons of `write_recalled_fate`.
    """
    recall = lock_recall(session, bank_id, recall_id)
    _refuse_over(recall)
    speaks_for_wards = by_ward or Role.QUALITY in roles_of(session, person_id)
    changed, before = list[RecallItem](), set[str]()
    for key in items:
        item = owned(session, RecallItem, bank_id, key)
        _refuse_fixed(recall, item, fate)
        if not speaks_for_wards and is_with_ward(session, item):
            raise Refused("fate_of_ward", number=item.number)
        if item.fate is not fate:
            if not recall.mock:
                write_end(
                    session,
                    now=now,
                    person_id=person_id,
                    item=item,
                    fate=fate,
                    recipient_id=recipient_id,
                )
            before.add(item.fate or "")
            item.fate, item.fate_at, item.fate_by_id = fate, now, person_id
            changed.append(item)
    if changed:
        told = {"fate": fate, "lines": len(changed), "before": sorted(before)}
        told |= {"number": changed[0].number} if len(changed) == 1 else {}
        record_event(session, now, recall, person_id, RecallAct.FATE_NOTED, **told)
    settle_if_complete(session, now=now, person_id=person_id, recall=recall)
    return len(changed)


def _refuse_fixed(recall: Recall, item: RecallItem, fate: RecallFate) -> None:
    """Refuse a fate by hand of samples and losses, and of milk whose end the records tell."""
    if item.recall_id != recall.id or RecallFate.USED_UP in {item.fate, fate}:
        raise Refused("fate_by_itself")
    # A fate that the records told when the scope was frozen, such as milk a child drank, stays.
    if item.fate not in {None, RecallFate.TRACED} and item.fate_by_id is None:
        raise Refused("fate_by_records", number=item.number)


def note_found(
    session: Session, *, now: datetime, bank_id: int, person_id: int, recall_id: int, label: str
) -> RecallItem:
    """Note by a scan that a bottle or a container is here; a second scan changes nothing.

    Raises
    ------
    NotFound
        `recall_not_in_scope` (`number`): leave it where it is.
    Refused
        `label_missing`; `scan_mistyped` (`number`); `bottle_at_ward` (`number`): it was handed
        over, and is not taken back; as `note_fates`.
    """
    number = label.strip().upper()
    if not number:
        raise Refused("label_missing")
    if is_bottle_number(number):
        number = read_bottle_number(number)
    item = session.scalar(
        select(RecallItem).where(
            RecallItem.bank_id == bank_id,
            RecallItem.recall_id == recall_id,
            RecallItem.number.in_((number, label.strip())),
            RecallItem.form.in_((RecalledForm.BOTTLE, RecalledForm.CONTAINER)),
        )
    )
    if item is None:
        raise NotFound("recall_not_in_scope", number=number)
    if is_with_ward(session, item):
        raise Refused("bottle_at_ward", number=item.number)
    note_fates(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        recall_id=recall_id,
        items=[item.id],
        fate=RecallFate.HERE,
    )
    return item


def _refuse_over(recall: Recall) -> None:
    if recall.state is RecallState.CLOSED:
        raise Refused("recall_over")
    if recall.state not in UNDER_WAY:
        raise Refused("recall_not_scoped")
