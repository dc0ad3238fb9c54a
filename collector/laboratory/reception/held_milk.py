"""Held milk that is no bottle yet: the intakes that open holds stop."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.holds.standing import holds_on
from collector.laboratory.reception.models import Intake


def held_intakes(session: Session, *, bank_id: int, intakes: Sequence[Intake]) -> set[int]:
    """Return the keys of the intakes that an open hold on container or donor stops.

    Parameters
    ----------
    intakes
        Intakes with their containers loaded.
    """
    subjects = (HoldSubject.DONOR, HoldSubject.CONTAINER)
    holds = holds_on(session, bank_id=bank_id, subjects=subjects)
    return {each.id for each in intakes if any(_stops(hold, each) for hold in holds)}


def _stops(hold: LaboratoryHold, intake: Intake) -> bool:
    if hold.subject is HoldSubject.CONTAINER:
        return hold.subject_id == intake.container_id
    if hold.subject_id != intake.container.donor_id:
        return False
    last = intake.expressed_last
    return hold.since is None or last is None or last >= hold.since
