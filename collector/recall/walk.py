"""The walk of a recall: forward from a subject to containers, pools and bottles; back to donors.

A walk takes one statement for each kind of link, at any count of things: containers are
emptied into pools once, and the bottles of a pool go nowhere else, so nothing is recursive.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.custody.models import Container, ContainerKind
from collector.donors.models import Donor
from collector.donors.queries import joined_into
from collector.laboratory.heating.models import Cycle
from collector.laboratory.pooling.materials import in_use_for_pool
from collector.laboratory.pooling.models import Bottle, LabMaterial, Lot, MilkPool, PoolInput
from collector.laboratory.reception.models import Intake
from collector.laboratory.units.models import StoragePlace, StorageStay
from collector.laboratory.units.stays import stood_during
from collector.pickups.models import OF_MILK, Pickup, PickupState
from collector.recall.models import RecallSubject
from collector.recall.receipts import receipts
from collector.rounds.models import DayPlan, EventKind, Round, RoundEvent, RoundStop
from collector.service_day import ServiceDay

MOST_KEYS = 5_000
"""Keys in one statement; the databases bound the parameters of a statement."""
AT_HOME = (
    PickupState.ASKED,
    PickupState.ACCEPTED,
    PickupState.PLANNED,
    PickupState.PUBLISHED,
    PickupState.EN_ROUTE,
    PickupState.ARRIVED,
)
"""States of a visit before its milk leaves the donor's home."""

Keys = Collection[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The subject of a walk.

    Attributes
    ----------
    subject_id
        The key of its row; the round of a box; None for a day.
    since, until
        The first and the last day of a donor's expressions, of a device's cycles, of the stays in a
        unit, or of the pools of a material, as in a hold; `since` is the day of `day`.
    """

    subject: RecallSubject
    subject_id: int | None = None
    box: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MilkReach:
    """The keys of everything that a walk reaches.

    Attributes
    ----------
    visits
        Visits whose milk was not collected.
    containers
        Containers, also the ones emptied into a pool.
    bottles
        Single bottles, besides all bottles of the pools.
    """

    visits: frozenset[int] = field(default_factory=frozenset)
    containers: frozenset[int] = field(default_factory=frozenset)
    pools: frozenset[int] = field(default_factory=frozenset)
    bottles: frozenset[int] = field(default_factory=frozenset)


def batches(keys: Keys) -> Iterator[list[int]]:
    """Yield keys in ascending batches that one statement can carry."""
    waiting = iter(sorted(keys))
    while batch := list(islice(waiting, MOST_KEYS)):
        yield batch


def forward(session: Session, *, bank_id: int, origin: Origin) -> MilkReach:
    """Return everything that the milk of a subject is in."""
    return FORWARD[origin.subject](session, bank_id, origin)


def files_of(session: Session, *, bank_id: int, donor_id: int) -> list[int]:
    """Return the remaining file of a donor, and all files that were merged into it."""
    (kept,) = remaining_files(session, bank_id=bank_id, donors=[donor_id])
    return [kept, *joined_into(session, kept)]


def remaining_files(session: Session, *, bank_id: int, donors: Keys) -> set[int]:
    """Return the files into which files were merged; a file that was not merged is its own."""
    merged = _merged(session, bank_id)
    found = set[int]()
    for donor in donors:
        kept = donor
        while kept in merged:
            kept = merged[kept]
        found.add(kept)
    return found


def all_files(session: Session, *, bank_id: int, donors: Keys) -> set[int]:
    """Return files with all files that were merged into them."""
    merged = _merged(session, bank_id)
    found, last = set(donors), set(donors)
    while last:
        last = {gone for gone, kept in merged.items() if kept in last} - found
        found |= last
    return found


def _merged(session: Session, bank_id: int) -> dict[int, int]:
    """Return the file into which each merged file of a bank went."""
    rows = session.execute(
        select(Donor.id, Donor.joined_into_id).where(
            Donor.bank_id == bank_id, Donor.joined_into_id.is_not(None)
        )
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


def donors_behind(session: Session, *, bank_id: int, pools: Keys) -> set[int]:
    """Return the remaining files of the donors whose milk is in pools."""
    direct = set[int]()
    for batch in batches(pools):
        direct |= set(
            session.scalars(
                select(Container.donor_id)
                .join(Intake, Intake.container_id == Container.id)
                .join(PoolInput, PoolInput.intake_id == Intake.id)
                .where(
                    PoolInput.pool_id.in_(batch),
                    PoolInput.withdrawn_at.is_(None),
                    Intake.withdrawn_at.is_(None),
                )
                .distinct()
            )
        )
    return remaining_files(session, bank_id=bank_id, donors=direct)


def pools_received(session: Session, *, bank_id: int, recipient_id: int) -> set[int]:
    """Return the pools of the bottles that a child received."""
    received = receipts()
    return set(
        session.scalars(
            select(Lot.pool_id)
            .join(Bottle, Bottle.lot_id == Lot.id)
            .join(received, received.c.bottle_id == Bottle.id)
            .where(Lot.bank_id == bank_id, received.c.recipient_id == recipient_id)
            .distinct()
        )
    )


def pools_from(session: Session, containers: Keys) -> set[int]:
    """Return the pools that containers were emptied into."""
    found = set[int]()
    for batch in batches(containers):
        found |= set(
            session.scalars(
                select(PoolInput.pool_id)
                .join(Intake, Intake.id == PoolInput.intake_id)
                .where(
                    Intake.container_id.in_(batch),
                    Intake.withdrawn_at.is_(None),
                    PoolInput.withdrawn_at.is_(None),
                )
                .distinct()
            )
        )
    return found


def _of_donor(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    files = files_of(session, bank_id=bank_id, donor_id=origin.subject_id or 0)
    milk: ColumnElement[bool] = Container.donor_id.in_(files)
    if origin.since is not None:
        # Milk without days of expression is younger than any that was measured, or unknown.
        unknown = Intake.expressed_last.is_(None)
        milk = and_(milk, or_(unknown, Intake.expressed_last >= origin.since))
    if origin.until is not None:
        unknown = Intake.expressed_first.is_(None)
        milk = and_(milk, or_(unknown, Intake.expressed_first <= origin.until))
    return _with_containers(session, bank_id, milk, _announced(session, Pickup.donor_id.in_(files)))


def _of_container(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    return _with_containers(session, bank_id, Container.id == origin.subject_id)


def _of_visit(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    visits = _announced(session, Pickup.id == origin.subject_id)
    return _with_containers(session, bank_id, Container.pickup_id == origin.subject_id, visits)


def _of_box(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    visits = _visits_of(Round.id == origin.subject_id)
    milk = and_(Container.pickup_id.in_(visits), Container.box == origin.box)
    return _with_containers(session, bank_id, milk)


def _of_day(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    visits = _visits_of(and_(DayPlan.bank_id == bank_id, DayPlan.day == origin.since))
    planned = _announced(session, Pickup.id.in_(visits))
    return _with_containers(session, bank_id, Container.pickup_id.in_(visits), planned)


def _of_pool(_session: Session, _bank_id: int, origin: Origin) -> MilkReach:
    return MilkReach(pools=frozenset({origin.subject_id or 0}))


def _of_lot(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    return _with_lots(session, bank_id, Lot.id == origin.subject_id)


def _of_cycle(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    return _with_lots(session, bank_id, Lot.cycle_id == origin.subject_id)


def _of_device(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    begins, ends = _instants(session, bank_id, origin)
    cycles = select(Cycle.id).where(Cycle.device_id == origin.subject_id)
    if begins is not None:
        cycles = cycles.where(or_(Cycle.began_at.is_(None), Cycle.began_at >= begins))
    if ends is not None:
        cycles = cycles.where(Cycle.began_at < ends)
    return _with_lots(session, bank_id, Lot.cycle_id.in_(cycles))


def _of_material(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    begins, ends = _instants(session, bank_id, origin)
    pools = (
        select(MilkPool.id)
        .join(LabMaterial, LabMaterial.id == origin.subject_id)
        .where(MilkPool.bank_id == bank_id, in_use_for_pool())
    )
    if begins is not None:
        pools = pools.where(or_(MilkPool.closed_at.is_(None), MilkPool.closed_at >= begins))
    if ends is not None:
        pools = pools.where(MilkPool.made_at < ends)
    return MilkReach(pools=frozenset(session.scalars(pools)))


def _instants(
    session: Session, bank_id: int, origin: Origin
) -> tuple[datetime | None, datetime | None]:
    """Return the instant at which the days of an origin begin, and the one at which they end."""
    zone = get_bank(session, bank_id).zone
    begins = ServiceDay(origin.since, zone).epoch if origin.since else None
    return begins, ServiceDay(origin.until, zone).end if origin.until else None


def _of_bottle(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    lots = select(Bottle.lot_id).where(Bottle.id == origin.subject_id)
    return _with_lots(session, bank_id, Lot.id.in_(lots))


def _of_recipient(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    key = origin.subject_id or 0
    return MilkReach(pools=frozenset(pools_received(session, bank_id=bank_id, recipient_id=key)))


def _of_unit(session: Session, bank_id: int, origin: Origin) -> MilkReach:
    stays = (
        select(StorageStay.intake_id, StorageStay.bottle_id)
        .join(StoragePlace, StoragePlace.id == StorageStay.place_id)
        .where(StorageStay.bank_id == bank_id, StoragePlace.unit_id == origin.subject_id)
    )
    begins, ends = _instants(session, bank_id, origin)
    if begins is not None:
        stays = stays.where(stood_during(begins, ends))
    rows = session.execute(stays).all()
    containers = set[int]()
    for batch in batches({row.intake_id for row in rows if row.intake_id is not None}):
        containers |= set(session.scalars(select(Intake.container_id).where(Intake.id.in_(batch))))
    return MilkReach(
        containers=frozenset(containers),
        pools=frozenset(pools_from(session, containers)),
        bottles=frozenset(row.bottle_id for row in rows if row.bottle_id is not None),
    )


FORWARD: Mapping[RecallSubject, Callable[[Session, int, Origin], MilkReach]] = {
    RecallSubject.DONOR: _of_donor,
    RecallSubject.CONTAINER: _of_container,
    RecallSubject.VISIT: _of_visit,
    RecallSubject.BOX: _of_box,
    RecallSubject.DAY: _of_day,
    RecallSubject.POOL: _of_pool,
    RecallSubject.LOT: _of_lot,
    RecallSubject.CYCLE: _of_cycle,
    RecallSubject.DEVICE: _of_device,
    RecallSubject.UNIT: _of_unit,
    RecallSubject.MATERIAL: _of_material,
    RecallSubject.BOTTLE: _of_bottle,
    RecallSubject.RECIPIENT: _of_recipient,
}
"""The walk forward from each subject."""


def _with_containers(
    session: Session,
    bank_id: int,
    milk: ColumnElement[bool],
    visits: frozenset[int] = frozenset(),
) -> MilkReach:
    """Return the reach of the containers under a condition, which may ask for their intakes."""
    rows = session.execute(
        select(Container.id, PoolInput.pool_id)
        .outerjoin(Intake, and_(Intake.container_id == Container.id, Intake.withdrawn_at.is_(None)))
        .outerjoin(
            PoolInput, and_(PoolInput.intake_id == Intake.id, PoolInput.withdrawn_at.is_(None))
        )
        .where(Container.bank_id == bank_id, Container.kind == ContainerKind.BOTTLE, milk)
    ).all()
    return MilkReach(
        visits=visits,
        containers=frozenset(row.id for row in rows),
        pools=frozenset(row.pool_id for row in rows if row.pool_id is not None),
    )


def _with_lots(session: Session, bank_id: int, lots: ColumnElement[bool]) -> MilkReach:
    found = session.scalars(select(Lot.pool_id).where(Lot.bank_id == bank_id, lots))
    return MilkReach(pools=frozenset(found))


def _announced(session: Session, visits: ColumnElement[bool]) -> frozenset[int]:
    """Return the visits under a condition with milk at the donor's home."""
    rows = session.execute(
        select(Pickup.id, Pickup.purposes, Pickup.bottles, Pickup.volume_ml).where(
            visits, Pickup.state.in_(AT_HOME)
        )
    )
    return frozenset(row.id for row in rows if OF_MILK.intersection(row.purposes) and row.volume_ml)


def _visits_of(rounds: ColumnElement[bool]) -> Select[int | None]:
    """Return the statement of the visits of rounds: planned into them, or collected in them."""
    of_rounds = select(Round.id).join(DayPlan, DayPlan.id == Round.day_plan_id).where(rounds)
    planned = select(RoundStop.pickup_id).where(RoundStop.round_id.in_(of_rounds))
    collected = select(RoundEvent.pickup_id).where(
        RoundEvent.round_id.in_(of_rounds), RoundEvent.kind == EventKind.COLLECTED
    )
    return select(Pickup.id).where(or_(Pickup.id.in_(planned), Pickup.id.in_(collected)))
