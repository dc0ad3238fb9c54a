"""Things of storage: the container or the bottle of a scanned label, with its stage."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.custody.models import Container
from collector.errors import NotFound, Refused
from collector.laboratory.destructions.queries import item_of
from collector.laboratory.heating.models import Cycle
from collector.laboratory.labels.numbers import is_bottle_number, read_bottle_number
from collector.laboratory.pooling.models import Bottle, Lot
from collector.laboratory.reception.models import Intake
from collector.laboratory.storage.zones import zones_of_bottle, zones_of_intake
from collector.laboratory.units.models import StorageZone
from collector.laboratory.units.stays import StoredThing
from collector.laboratory.units.warm_milk import warm_bottles, warm_intakes


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedThing:
    """A container or a bottle as a scan finds it.

    Attributes
    ----------
    lot_id
        The lot of a bottle; None for a container.
    expires_on
        The last day of a bottle's milk; None for a container.
    zones
        The zones in which it may stand; empty for a container that was emptied.
    warm
        Whether an excursion of a unit blocks it.
    """

    thing: StoredThing
    number: str
    volume_ml: int
    lot_id: int | None
    expires_on: date | None
    zones: AbstractSet[StorageZone]
    warm: bool
    has_left: bool = False
    """Whether it is a bottle that was handed over to a ward, or destroyed."""


def scanned_thing(session: Session, *, bank_id: int, label: str) -> ScannedThing:
    """Return the bottle or the container of a label.

    Parameters
    ----------
    label
        A bottle's number, or a container's in its stored form.

    Raises
    ------
    NotFound
        `bottle_unknown` (`number`); `intake_unknown` (`number`).
    Refused
        `scan_mistyped` (`number`); `thing_destroyed`, `bottle_gone` (`number`).
    """
    if is_bottle_number(label):
        found = _bottle(session, bank_id, read_bottle_number(label))
    else:
        found = _container(session, bank_id, label)
    entry = item_of(session, intake_id=found.thing.intake_id, bottle_id=found.thing.bottle_id)
    if entry is not None and entry[1].witnessed_at is not None:
        raise Refused("thing_destroyed", number=found.number)
    if found.has_left:
        raise Refused("bottle_gone", number=found.number)
    return found


def _bottle(session: Session, bank_id: int, number: str) -> ScannedThing:
    row = session.execute(
        select(Bottle, Lot, Cycle.state)
        .join(Lot, Lot.id == Bottle.lot_id)
        .outerjoin(Cycle, Cycle.id == Lot.cycle_id)
        .where(Bottle.bank_id == bank_id, Bottle.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound("bottle_unknown", number=number)
    bottle, lot, state = row
    return ScannedThing(
        thing=StoredThing(bottle_id=bottle.id),
        number=bottle.number,
        volume_ml=bottle.volume_ml,
        lot_id=lot.id,
        expires_on=lot.expires_on,
        zones=zones_of_bottle(lot.state, state),
        warm=bool(warm_bottles(session, [bottle.id])),
        has_left=bottle.left_at is not None,
    )


def _container(session: Session, bank_id: int, number: str) -> ScannedThing:
    intake = session.scalar(
        select(Intake)
        .join(Container, Container.id == Intake.container_id)
        .where(Intake.bank_id == bank_id, Container.number == number, Intake.withdrawn_at.is_(None))
    )
    if intake is None:
        raise NotFound("intake_unknown", number=number)
    return ScannedThing(
        thing=StoredThing(intake_id=intake.id),
        number=number,
        volume_ml=intake.volume_ml,
        lot_id=None,
        expires_on=None,
        zones=zones_of_intake(intake.state),
        warm=bool(warm_intakes(session, [intake.id])),
    )
