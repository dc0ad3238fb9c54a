"""Held milk that is no bottle yet: the intakes that open holds stop."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from collector.banks.queries import get_bank
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.holds.standing import holds_on
from collector.laboratory.reception.models import Intake
from collector.laboratory.units.models import StoragePlace, StorageStay
from collector.laboratory.units.stays import stood_during
from collector.service_day import ServiceDay


def held_intakes(session: Session, *, bank_id: int, intakes: Sequence[Intake]) -> set[int]:
    """Return the keys of the intakes that an open hold on container, donor or unit stops.

    Parameters
    ----------
    intakes
        Intakes with their containers loaded.
    """
    subjects = (HoldSubject.DONOR, HoldSubject.CONTAINER)
    holds = holds_on(session, bank_id=bank_id, subjects=subjects)
    found = {each.id for each in intakes if any(_stops(hold, each) for hold in holds)}
    units = holds_on(session, bank_id=bank_id, subjects=[HoldSubject.UNIT])
    if units:
        zone, keys = get_bank(session, bank_id).zone, {each.id for each in intakes}
        for hold in units:
            found |= keys & set(session.scalars(stood_in_unit(hold, zone, StorageStay.intake_id)))
    return found


def stood_in_unit(
    hold: LaboratoryHold, zone: ZoneInfo, column: InstrumentedAttribute[int | None]
) -> Select[int | None]:
    """Return the statement of the things that a hold on a unit stops.

    They stood there at some time from its first day to its last one; without a first day, from
    the opening of the hold on.

    Parameters
    ----------
    column
        The key of a stay's container or bottle.
    """
    begins = ServiceDay(hold.since, zone).epoch if hold.since else hold.opened_at
    ends = ServiceDay(hold.until, zone).end if hold.until else None
    return (
        select(column)
        .join(StoragePlace, StoragePlace.id == StorageStay.place_id)
        .where(
            StoragePlace.unit_id == hold.subject_id,
            column.is_not(None),
            stood_during(begins, ends),
        )
    )


def _stops(hold: LaboratoryHold, intake: Intake) -> bool:
    if hold.subject is HoldSubject.CONTAINER:
        return hold.subject_id == intake.container_id
    if hold.subject_id != intake.container.donor_id:
        return False
    first, last = intake.expressed_first, intake.expressed_last
    from_then = hold.since is None or last is None or last >= hold.since
    return from_then and (hold.until is None or first is None or first <= hold.until)
