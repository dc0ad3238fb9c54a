"""Recalls that name the milk of one donor: their words leave with her file."""

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy import update as update_rows
from sqlalchemy.orm import Session

from collector.recall.models import Recall, RecallSubject


def blank_reasons(
    session: Session, *, donor_id: int, containers: Select[int], pickups: list[int]
) -> None:
    """Blank the reasons of the recalls of a donor, of her containers and of her visits."""
    words = update_rows(Recall).values(reason="", closing_note="", unanswered_because="")
    session.execute(words.where(_names(donor_id, containers, pickups)))


def _names(donor_id: int, containers: Select[int], pickups: list[int]) -> ColumnElement[bool]:
    return or_(
        and_(Recall.subject == RecallSubject.DONOR, Recall.subject_id == donor_id),
        and_(Recall.subject == RecallSubject.CONTAINER, Recall.subject_id.in_(containers)),
        and_(Recall.subject == RecallSubject.VISIT, Recall.subject_id.in_(pickups)),
    )
