"""The scope of a recall: all milk that a walk reaches, with its volume, its place and known fate.

A container that was emptied is no milk of its own any more: its pool stands for it. The samples and
losses of a closed pool are one line, so that every millilitre is in the scope once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from collector.custody.models import Container, ContainerState, DoorRecord
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool, PoolInput, PoolState
from collector.laboratory.reception.models import Intake, IntakeState
from collector.laboratory.units.models import StoragePlace, StorageStay, StorageUnit
from collector.pickups.models import Pickup
from collector.recall.models import RecalledForm, RecallFate, Whereabouts
from collector.recall.outside import PartOutside, destroyed_bottles, parts_outside
from collector.recall.walk import MOST_KEYS, Keys, MilkReach, batches

OF_STATE: Mapping[ContainerState, Whereabouts] = {
    ContainerState.DECLARED: Whereabouts.AT_HOME,
    ContainerState.REFUSED_AT_DOOR: Whereabouts.AT_HOME,
    ContainerState.COLLECTED: Whereabouts.ON_THE_WAY,
    ContainerState.IN_TRANSIT: Whereabouts.ON_THE_WAY,
    ContainerState.RECEIVED: Whereabouts.AT_SITE,
    ContainerState.REFUSED_AT_RECEPTION: Whereabouts.REFUSED,
}
"""The whereabouts of a container that the laboratory has not taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeItem:
    """Milk of a scope; its columns are those of `collector.recall.models.RecallItem`."""

    form: RecalledForm
    number: str
    volume_ml: int | None
    whereabouts: Whereabouts
    part: int = 0
    ward_id: int | None = None
    recipient_id: int | None = None
    declared: bool = False
    place: str = ""
    pickup_id: int | None = None
    container_id: int | None = None
    pool_id: int | None = None
    bottle_id: int | None = None
    fate: RecallFate | None = None
    """A fate that needs no further act: the milk is used up, or stayed with the donor."""


def read_scope(session: Session, *, reach: MilkReach) -> list[ScopeItem]:
    """Return the milk of a reach, by form and number."""
    found = [
        *_visits(session, reach.visits),
        *_containers(session, reach.containers),
        *_pools(session, reach.pools),
        *_bottles(session, reach),
    ]
    return sorted(found, key=lambda each: (each.form, each.number, each.part))


def visit_number(key: int) -> str:
    """Return the number under which a visit is in a scope."""
    return f"VISIT-{key}"


def _visits(session: Session, keys: Keys) -> Iterator[ScopeItem]:
    for batch in batches(keys):
        rows = session.execute(select(Pickup.id, Pickup.volume_ml).where(Pickup.id.in_(batch)))
        for row in rows:
            yield ScopeItem(
                form=RecalledForm.VISIT,
                number=visit_number(row.id),
                volume_ml=row.volume_ml,
                declared=True,
                whereabouts=Whereabouts.AT_HOME,
                pickup_id=row.id,
            )


def _containers(session: Session, keys: Keys) -> Iterator[ScopeItem]:
    """Yield the containers that were not emptied into a pool."""
    for batch in batches(keys):
        rows = session.execute(
            select(
                Container.id,
                Container.number,
                Container.state,
                Container.pickup_id,
                Intake.volume_ml,
                Intake.state.label("intake_state"),
                *PLACE,
            )
            .outerjoin(
                Intake, and_(Intake.container_id == Container.id, Intake.withdrawn_at.is_(None))
            )
            .outerjoin(
                StorageStay,
                and_(StorageStay.intake_id == Intake.id, StorageStay.ended_at.is_(None)),
            )
            .outerjoin(StoragePlace, StoragePlace.id == StorageStay.place_id)
            .outerjoin(StorageUnit, StorageUnit.id == StoragePlace.unit_id)
            .outerjoin(
                PoolInput, and_(PoolInput.intake_id == Intake.id, PoolInput.withdrawn_at.is_(None))
            )
            .where(Container.id.in_(batch), PoolInput.id.is_(None))
        ).all()
        shares = _declared(session, {row.pickup_id for row in rows if row.volume_ml is None})
        for row in rows:
            yield _container(row, shares.get(row.pickup_id))


def _container(row: Row[*tuple[Any, ...]], share: int | None) -> ScopeItem:
    fate = RecallFate.NOT_COLLECTED if row.state is ContainerState.REFUSED_AT_DOOR else None
    destroyed = row.intake_state is IntakeState.DESTROYED
    return ScopeItem(
        form=RecalledForm.CONTAINER,
        number=row.number,
        volume_ml=row.volume_ml or share,
        declared=row.volume_ml is None,
        whereabouts=_whereabouts(row),
        place=place_words(row),
        container_id=row.id,
        fate=RecallFate.DESTROYED if destroyed else fate,
    )


def _whereabouts(row: Row[*tuple[Any, ...]]) -> Whereabouts:
    if row.intake_state is None:
        return OF_STATE[row.state]
    if row.intake_state is IntakeState.DESTROYED:
        return Whereabouts.DESTROYED
    if row.unit is not None:
        return Whereabouts.IN_STORE
    if row.intake_state is IntakeState.REFUSED:
        return Whereabouts.REFUSED
    return Whereabouts.IN_LABORATORY


def _declared(session: Session, visits: Keys) -> dict[int, int]:
    """Return the mean volume of a container of each visit, as the phones declared it."""
    found = dict[int, int]()
    for batch in batches(visits):
        rows = session.execute(
            select(DoorRecord.pickup_id, DoorRecord.volume_ml, DoorRecord.bottles).where(
                DoorRecord.pickup_id.in_(batch),
                DoorRecord.withdrawn_at.is_(None),
                DoorRecord.bottles > 0,
                DoorRecord.volume_ml > 0,
            )
        )
        found |= {row[0]: max(1, round(row[1] / row[2])) for row in rows}
    return found


def _pools(session: Session, keys: Keys) -> Iterator[ScopeItem]:
    """Yield the milk of pools that is in no bottle."""
    for batch in batches(keys):
        filled = (
            select(Lot.pool_id, func.sum(Bottle.volume_ml).label("ml"))
            .join(Bottle, Bottle.lot_id == Lot.id)
            .where(Lot.pool_id.in_(batch))
            .group_by(Lot.pool_id)
            .subquery()
        )
        rows = session.execute(
            select(
                MilkPool.id,
                MilkPool.number,
                MilkPool.state,
                (func.sum(Intake.volume_ml) - func.coalesce(filled.c.ml, 0)).label("rest"),
            )
            .join(PoolInput, PoolInput.pool_id == MilkPool.id)
            .join(Intake, Intake.id == PoolInput.intake_id)
            .outerjoin(filled, filled.c.pool_id == MilkPool.id)
            .where(MilkPool.id.in_(batch), PoolInput.withdrawn_at.is_(None))
            .group_by(MilkPool.id, MilkPool.number, MilkPool.state, filled.c.ml)
        )
        for row in rows:
            if row.rest > 0:
                yield _pool(row)


def _pool(row: Row[*tuple[Any, ...]]) -> ScopeItem:
    open_ = row.state is PoolState.OPEN
    return ScopeItem(
        form=RecalledForm.POOL,
        number=row.number,
        volume_ml=int(row.rest),
        whereabouts=Whereabouts.IN_LABORATORY if open_ else Whereabouts.USED_UP,
        pool_id=row.id,
        fate=None if open_ else RecallFate.USED_UP,
    )


def _bottles(session: Session, reach: MilkReach) -> Iterator[ScopeItem]:
    conditions = [
        *(Lot.pool_id.in_(batch) for batch in batches(reach.pools)),
        *(
            and_(Bottle.id.in_(batch), Lot.pool_id.not_in(reach.pools))
            for batch in batches(reach.bottles)
        ),
    ]
    for condition in conditions:
        statement = (
            select(Bottle.id, Bottle.number, Bottle.volume_ml, Lot.pool_id, *PLACE)
            .join(Lot, Lot.id == Bottle.lot_id)
            .outerjoin(
                StorageStay,
                and_(StorageStay.bottle_id == Bottle.id, StorageStay.ended_at.is_(None)),
            )
            .outerjoin(StoragePlace, StoragePlace.id == StorageStay.place_id)
            .outerjoin(StorageUnit, StorageUnit.id == StoragePlace.unit_id)
            .where(condition)
        )
        for rows in session.execute(statement).partitions(MOST_KEYS):
            keys = [row.id for row in rows]
            outside, destroyed = parts_outside(session, keys), destroyed_bottles(session, keys)
            for row in rows:
                parts = outside.get(row.id)
                if parts is None:
                    yield _bottle_inside(row, is_destroyed=row.id in destroyed)
                else:
                    yield from _bottle_outside(row, parts, is_destroyed=row.id in destroyed)


def _bottle_inside(row: Row[*tuple[Any, ...]], *, is_destroyed: bool) -> ScopeItem:
    whereabouts = Whereabouts.IN_LABORATORY if row.unit is None else Whereabouts.IN_STORE
    return ScopeItem(
        form=RecalledForm.BOTTLE,
        number=row.number,
        volume_ml=row.volume_ml,
        whereabouts=Whereabouts.DESTROYED if is_destroyed else whereabouts,
        place=place_words(row),
        pool_id=row.pool_id,
        bottle_id=row.id,
        fate=RecallFate.DESTROYED if is_destroyed else None,
    )


def _bottle_outside(
    row: Row[*tuple[Any, ...]], parts: Sequence[PartOutside], *, is_destroyed: bool
) -> Iterator[ScopeItem]:
    """Yield one line for each end of a bottle on a ward; its volumes add up to its own."""
    for place, part in enumerate(parts):
        sent_back = part.whereabouts is Whereabouts.SENT_BACK
        gone = is_destroyed and sent_back
        yield ScopeItem(
            form=RecalledForm.BOTTLE,
            number=row.number,
            part=place,
            volume_ml=part.volume_ml,
            whereabouts=Whereabouts.DESTROYED if gone else part.whereabouts,
            pool_id=row.pool_id,
            bottle_id=row.id,
            ward_id=part.ward_id,
            recipient_id=part.recipient_id,
            fate=RecallFate.DESTROYED if gone else part.fate,
        )


PLACE = (StorageUnit.name.label("unit"), StoragePlace.shelf, StoragePlace.name.label("place"))
"""Columns of the place in which a thing stands."""


def place_words(row: Row[*tuple[Any, ...]]) -> str:
    """Return unit, shelf and place; empty if a thing stands nowhere."""
    return "" if row.unit is None else f"{row.unit} / {row.shelf} / {row.place}"
