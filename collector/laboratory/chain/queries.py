"""Queries of the chain: everything that one number leads to, back to donors and on to bottles."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from collector.custody.models import Container, Discrepancy
from collector.custody.queries import Chain, chains_of
from collector.laboratory.chain import links
from collector.laboratory.chain.links import HoldsOf, SampleLink
from collector.laboratory.chain.numbers import (
    ChainSubject,
    NumberedThing,
    pools_with,
    thing_numbered,
)
from collector.laboratory.chain.places import StayLink, StaysFound, stays_of
from collector.laboratory.destructions.queries import DestructionsFound, destructions_with
from collector.laboratory.heating.models import Cycle, CycleCurve
from collector.laboratory.holding.models import LotDecision
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.pooling.materials import materials_used
from collector.laboratory.pooling.models import (
    Bottle,
    LabMaterial,
    Lot,
    LotState,
    MilkPool,
    PoolInput,
)
from collector.laboratory.reception.models import Intake
from collector.people.queries import names_of

MOST_CONTAINERS = 500
"""Most containers of a donor in her chain, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerLink:
    """A container from its donor to its pool."""

    custody: Chain
    discrepancies: Sequence[Discrepancy]
    intake: Intake | None
    """None until the laboratory takes it over."""
    added: PoolInput | None
    """Its input to a pool; None until it is emptied."""
    pool: MilkPool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLink:
    """A pool from its making to the decisions on its lot."""

    pool: MilkPool
    lot: Lot | None
    """None until a bottle is filled."""
    bottles: Sequence[Bottle]
    cycle: Cycle | None
    """None until the lot is loaded."""
    curve: CycleCurve | None
    samples: Sequence[SampleLink]
    decisions: Sequence[LotDecision]
    materials: Sequence[LabMaterial]
    """The makers' lots that were in use while it was open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MilkChain:
    """Everything that a number leads to."""

    thing: NumberedThing
    containers: Sequence[ContainerLink]
    pools: Sequence[PoolLink]
    holds: HoldsOf
    stays: StaysFound
    destructions: DestructionsFound
    names: dict[int, str]
    """The names of the people who acted, by key."""
    is_cut: bool
    """Whether a donor has more containers than are listed."""

    @property
    def bottles(self) -> list[Bottle]:
        """The bottles of all its pools."""
        return [bottle for each in self.pools for bottle in each.bottles]

    def places_of(self, container: ContainerLink) -> Sequence[StayLink]:
        """Return the stays of a container, oldest first."""
        return self.stays.of_intakes.get(container.intake.id, []) if container.intake else []

    def places_of_bottle(self, bottle: Bottle) -> Sequence[StayLink]:
        """Return the stays of a bottle, oldest first."""
        return self.stays.of_bottles.get(bottle.id, [])

    @property
    def all_holds(self) -> list[LaboratoryHold]:
        """The holds that name a thing of the chain, open ones first."""
        found = [hold for each in self.holds.values() for hold in each]
        return sorted(found, key=lambda hold: (hold.lifted_at is not None, hold.id))


def milk_chain(session: Session, *, bank_id: int, text: str) -> MilkChain:
    """Return the chain of a number.

    A container leads to itself and to its pool; a pool, a bottle, a sample and a cycle lead to
    every container of their pools; a donor leads to her containers and their pools.

    Raises
    ------
    Refused
        `label_missing`; `scan_mistyped` (`number`).
    NotFound
        `number_unknown` (`number`): the bank has no such number.
    """
    thing = thing_numbered(session, bank_id=bank_id, text=text)
    pools = session.scalars(pools_with(thing).distinct()).all()
    custody = chains_of(session, bank_id=bank_id, containers=_containers(thing, pools))
    is_cut = thing.subject is ChainSubject.DONOR and len(custody) > MOST_CONTAINERS
    if is_cut:
        newest = sorted(custody, key=lambda each: each.container.id)[-MOST_CONTAINERS:]
        custody = sorted(newest, key=lambda each: each.container.number)
    found = _pool_links(session, pools)
    containers = _container_links(session, custody, {each.pool.id: each.pool for each in found})
    intakes = [each.intake.id for each in containers if each.intake]
    bottles = [bottle.id for each in found for bottle in each.bottles]
    stays = stays_of(session, intakes=intakes, bottles=bottles)
    destructions = destructions_with(session, intakes=intakes, bottles=bottles)
    holds = links.holds_naming(
        session, bank_id=bank_id, things=_stoppable(thing, containers, found, stays)
    )
    people = {
        *_people_of_stays(stays),
        *destructions.people,
        *_people_of_containers(containers),
        *_people_of_pools(found),
        *_people_of_holds(hold for each in holds.values() for hold in each),
    }
    return MilkChain(
        thing=thing,
        containers=containers,
        pools=found,
        holds=holds,
        stays=stays,
        destructions=destructions,
        names=names_of(session, people),
        is_cut=is_cut,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledFrom:
    """The pool of a container with the state of its lot and the numbers of its bottles."""

    pool_number: str | None
    lot_state: LotState | None
    numbers: Sequence[str]


def bottles_from(session: Session, *, container_id: int) -> FilledFrom:
    """Return the pool that a container was emptied into, and the bottles filled from it."""
    thing = NumberedThing(subject=ChainSubject.CONTAINER, key=container_id, number="")
    row = session.execute(
        select(MilkPool.number, Lot.id, Lot.state)
        .outerjoin(Lot, Lot.pool_id == MilkPool.id)
        .where(MilkPool.id.in_(pools_with(thing)))
    ).one_or_none()
    if row is None:
        return FilledFrom(pool_number=None, lot_state=None, numbers=())
    number, lot_id, state = row
    filled = session.scalars(
        select(Bottle.number).where(Bottle.lot_id == lot_id).order_by(Bottle.number)
    )
    return FilledFrom(pool_number=number, lot_state=state, numbers=filled.all())


def _containers(thing: NumberedThing, pools: Sequence[int]) -> Select[int]:
    """Return the statement of the keys of the containers that a thing leads to."""
    keys = select(Container.id)
    if thing.subject is ChainSubject.CONTAINER:
        return keys.where(Container.id == thing.key)
    if thing.subject is ChainSubject.DONOR:
        # One more than is listed tells that there are more.
        own = keys.where(Container.donor_id == thing.key)
        return own.order_by(Container.id.desc()).limit(MOST_CONTAINERS + 1)
    return (
        select(Intake.container_id)
        .join(PoolInput, PoolInput.intake_id == Intake.id)
        .where(
            PoolInput.pool_id.in_(pools),
            PoolInput.withdrawn_at.is_(None),
            Intake.withdrawn_at.is_(None),
        )
    )


def _container_links(
    session: Session, custody: Sequence[Chain], pools: dict[int, MilkPool]
) -> list[ContainerLink]:
    keys = [each.container.id for each in custody]
    intakes = links.intakes_of(session, keys)
    inputs = links.inputs_of(session, [each.id for each in intakes.values()])
    discrepancies = links.discrepancies_of(session, keys)
    found = []
    for each in custody:
        intake = intakes.get(each.container.id)
        added = inputs.get(intake.id) if intake else None
        found.append(
            ContainerLink(
                custody=each,
                discrepancies=discrepancies[each.container.id],
                intake=intake,
                added=added,
                pool=pools.get(added.pool_id) if added else None,
            )
        )
    return found


def _pool_links(session: Session, pools: Sequence[int]) -> list[PoolLink]:
    lots = {each.pool_id: each for each in links.lots_of(session, pools)}
    keys = [each.id for each in lots.values()]
    bottles = links.bottles_of(session, keys)
    samples = links.samples_of(session, keys)
    decisions = links.decisions_of(session, keys)
    heated = {each.cycle_id for each in lots.values() if each.cycle_id is not None}
    cycles = links.cycles_of(session, heated)
    curves = links.curves_of(session, heated)
    materials = materials_used(session, pools)
    found = []
    for pool in links.pools_of(session, pools):
        lot = lots.get(pool.id)
        key, cycle = (lot.id, lot.cycle_id or 0) if lot else (0, 0)
        found.append(
            PoolLink(
                pool=pool,
                lot=lot,
                bottles=bottles[key],
                cycle=cycles.get(cycle),
                curve=curves.get(cycle),
                samples=samples[key],
                decisions=decisions[key],
                materials=materials[pool.id],
            )
        )
    return found


def _stoppable(
    thing: NumberedThing,
    containers: Sequence[ContainerLink],
    pools: Sequence[PoolLink],
    stays: StaysFound,
) -> dict[HoldSubject, set[int]]:
    """Return the keys of everything in a chain that a hold may name."""
    cycles = [each.cycle for each in pools if each.cycle]
    donors = {each.custody.container.donor_id for each in containers}
    if thing.subject is ChainSubject.DONOR:
        donors.add(thing.key)
    return {
        HoldSubject.DONOR: donors,
        HoldSubject.CONTAINER: {each.custody.container.id for each in containers},
        HoldSubject.POOL: {each.pool.id for each in pools},
        HoldSubject.LOT: {each.lot.id for each in pools if each.lot},
        HoldSubject.BOTTLE: {bottle.id for each in pools for bottle in each.bottles},
        HoldSubject.CYCLE: {each.id for each in cycles},
        HoldSubject.DEVICE: {each.device_id for each in cycles},
        HoldSubject.UNIT: {each.stay.place.unit_id for each in _all_stays(stays)},
        HoldSubject.MATERIAL: {used.id for each in pools for used in each.materials},
    }


def _people_of_containers(containers: Sequence[ContainerLink]) -> Iterator[int]:
    for each in containers:
        holders = (entry.holder.partition(":") for entry in each.custody.entries)
        yield from (int(key) for kind, _, key in holders if kind == "person")
        if each.custody.record:
            yield each.custody.record.collector_id
        if each.intake:
            yield each.intake.taken_by_id
        if each.added:
            yield each.added.added_by_id
        yield from filter(None, (row.closed_by_id for row in each.discrepancies))
        for row in each.custody.excursions:
            yield from filter(None, (row.assessed_by_id, row.decided_by_id))


def _people_of_pools(pools: Sequence[PoolLink]) -> Iterator[int]:
    for each in pools:
        yield from filter(None, (each.pool.made_by_id, each.pool.closed_by_id))
        if each.cycle:
            yield each.cycle.operator_id
        if each.curve:
            yield each.curve.imported_by_id
        for link in each.samples:
            yield link.sample.taken_by_id
            for row in link.results:
                yield from filter(None, (row.entered_by_id, row.verified_by_id))
        for decision in each.decisions:
            yield from filter(None, (decision.person_id, decision.second_id))


def _people_of_stays(stays: StaysFound) -> Iterator[int]:
    for each in _all_stays(stays):
        yield each.began.moved_by_id
        if each.ended:
            yield each.ended.moved_by_id


def _all_stays(stays: StaysFound) -> Iterator[StayLink]:
    for links_of in (*stays.of_intakes.values(), *stays.of_bottles.values()):
        yield from links_of


def _people_of_holds(holds: Iterable[LaboratoryHold]) -> Iterator[int]:
    for each in holds:
        yield from filter(None, (each.opened_by_id, each.lift_asked_by_id, each.lifted_by_id))
