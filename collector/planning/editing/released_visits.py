"""Visits of changed shifts: taken from their rounds to the tray of their day."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from collector.planning.editing.commit import ComputedEdit
from collector.planning.editing.moves import TRAY, TargetPosition, compute_move
from collector.rounds.queries import PlannedShift


def compute_release(
    session: Session, planned: Iterable[PlannedShift], *, bank_id: int
) -> list[ComputedEdit]:
    """Return the edits, one per day, that move the visits of these shifts to the tray."""
    return [
        compute_move(
            session,
            bank_id=bank_id,
            day=each.day,
            version=each.version,
            pickups=each.pickups,
            place=TargetPosition(kind=TRAY),
        )
        for each in _by_day(planned)
    ]


def _by_day(planned: Iterable[PlannedShift]) -> list[PlannedShift]:
    """Return one entry per day, with the visits of all its shifts."""
    found: dict[object, PlannedShift] = {}
    for each in planned:
        known = found.get(each.day)
        pickups = (*(known.pickups if known else ()), *each.pickups)
        found[each.day] = each._replace(pickups=pickups)
    return sorted(found.values(), key=lambda each: each.day)
