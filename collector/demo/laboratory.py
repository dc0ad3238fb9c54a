"""Ninety days of the demonstration's laboratory, written by its own actions.

The milk of six donors is pooled, two visits to a pool: a dozen lots, which take a few seconds to
make. The other donors' milk of the last two weeks is in quarantine or waits at the reception. Older
milk of theirs stays received, and no screen of the laboratory lists it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.db import transaction
from collector.demo.bench import DemoBench, next_working_day
from collector.demo.curves import SERIAL
from collector.demo.deliveries import Delivery, deliveries_of, take_over_delivery
from collector.demo.dispensary import DemoDispensary
from collector.demo.freezers import DAYS_READ, EXCURSION_BEFORE, Freezers, equip
from collector.demo.lots import DemoLot, LotStory
from collector.demo.makers_lots import open_materials
from collector.demo.recalls import write_drill
from collector.laboratory.figures.queries import figures_of
from collector.laboratory.heating.actions import write_device
from collector.laboratory.heating.models import CurveProfileName
from collector.laboratory.holding.actions import open_hold
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Lot, LotState
from collector.laboratory.units.models import StorageStay

DAYS = 91
"""Days before the demonstration's day from which the laboratory works."""
POOLED_DONORS, VISITS_OF_A_POOL = 6, 2
RECENT_DAYS, STILL_WAITING = 14, 2
"""Days before the demonstration's day whose milk is taken over, but for the latest deliveries."""
DRILL_BEFORE = 30
"""Days before the demonstration's day after which a recall was drilled."""
TAKEN_OVER_AT, THAWED_AT, READ_AT = time(8, 30), time(7, 30), time(8)
STORIES = {2: LotStory.CURVE_FAILED, 4: LotStory.CEREUS, 6: LotStory.SPILT}
"""Stories of lots by their place, the oldest being 0."""
LATEST = (LotStory.READY, LotStory.PEAK, LotStory.AWAITED)
"""Stories of the latest lots, which the visitor decides on."""

Act = tuple[datetime, Callable[[datetime], None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryReport:
    """Sums of the laboratory's ledger.

    Attributes
    ----------
    intakes
        Containers that were taken over and accepted.
    ml_in, ml_out
        Millilitres emptied into closed pools, and those of their bottles, samples and rests.
    balance_permille
        The part of `ml_in` that `ml_out` lacks.
    """

    intakes: int
    pools: int
    lots_released: int
    lots_rejected: int
    bottles_stored: int
    ml_in: int
    ml_out: int
    balance_permille: int


def write_laboratory(bank_id: int, day: date, *, now: datetime) -> None:
    """Write the history of laboratory and dispensary in one transaction, in the order of time."""
    with transaction() as session:
        bench = DemoBench.of(session, bank_id, day)
        freezers = equip(bench, since=day - timedelta(days=DAYS))
        open_materials(bench, bench.instant(day - timedelta(days=DAYS), READ_AT))
        acts = [*_milk(bench, freezers), *_temperatures(bench, freezers, now)]
        acts += DemoDispensary.of(bench).acts()
        for at, act in sorted(acts, key=lambda each: each[0]):
            act(at)


def report_laboratory(session: Session, *, bank_id: int, day: date) -> LaboratoryReport:
    """Return the sums of the laboratory from its first day to a day."""
    found = figures_of(session, bank_id=bank_id, first=day - timedelta(days=DAYS), last=day)
    lots = {
        row[0]: row[1]
        for row in session.execute(
            select(Lot.state, func.count()).where(Lot.bank_id == bank_id).group_by(Lot.state)
        )
    }
    stored = select(func.count()).where(
        StorageStay.bank_id == bank_id,
        StorageStay.bottle_id.is_not(None),
        StorageStay.ended_at.is_(None),
    )
    return LaboratoryReport(
        intakes=found.reception.accepted,
        pools=found.pools,
        lots_released=lots.get(LotState.RELEASED, 0),
        lots_rejected=lots.get(LotState.REJECTED, 0),
        bottles_stored=session.scalar(stored) or 0,
        ml_in=found.balance.inputs_ml,
        ml_out=found.balance.inputs_ml - found.balance.lost_ml,
        balance_permille=round(found.balance.lost_permille),
    )


def _milk(bench: DemoBench, freezers: Freezers) -> Iterator[Act]:
    """Yield the reception of deliveries, the lots made of some of them, and a standing hold."""
    by_donor: dict[int, list[Delivery]] = defaultdict(list)
    deliveries = deliveries_of(bench)
    for each in deliveries:
        by_donor[each.donor_id].append(each)
    most = sorted(by_donor, key=lambda donor: (-_bottles(by_donor[donor]), donor))
    pooled = set(most[:POOLED_DONORS])
    since = bench.day - timedelta(days=RECENT_DAYS)
    recent = [each for each in deliveries if each.donor_id not in pooled and each.day >= since]
    waiting = recent[-STILL_WAITING:]
    for each in deliveries:
        taken_on = next_working_day(each.day)
        is_shown = each.donor_id in pooled or each in recent
        if taken_on < bench.day and is_shown and each not in waiting:
            at = bench.instant(taken_on, TAKEN_OVER_AT)
            yield at, partial(take_over_delivery, bench, freezers, each)
    batches = [
        of_donor[first : first + VISITS_OF_A_POOL]
        for of_donor in (by_donor[donor] for donor in pooled)
        for first in range(0, len(of_donor), VISITS_OF_A_POOL)
    ]
    yield from _lots(bench, freezers, _days_of_pools(bench, batches))
    yield bench.instant(_day_of_drill(bench), time(10)), partial(write_drill, bench)
    if recent:
        at = bench.instant(bench.day - timedelta(days=1), time(16))
        yield at, partial(_hold_donor, bench, recent[0].donor_id)


def _day_of_drill(bench: DemoBench) -> date:
    """Return the working day of the drill: about a month ago."""
    return next_working_day(bench.day - timedelta(days=DRILL_BEFORE))


def _days_of_pools(
    bench: DemoBench, batches: Sequence[Sequence[Delivery]]
) -> list[tuple[date, Sequence[Delivery]]]:
    """Return each batch with a working day of its own after its last reception."""
    found: dict[date, Sequence[Delivery]] = {}
    for batch in sorted(batches, key=lambda each: (each[-1].day, each[-1].pickup_id)):
        day = next_working_day(next_working_day(batch[-1].day))
        while day in found:
            day = next_working_day(day)
        if day < bench.day:
            found[day] = batch
    return sorted(found.items())


def _lots(
    bench: DemoBench, freezers: Freezers, batches: Sequence[tuple[date, Sequence[Delivery]]]
) -> Iterator[Act]:
    device_id = _pasteuriser(bench)
    stories = dict(STORIES) | dict(
        zip(range(len(batches) - len(LATEST), len(batches)), LATEST, strict=True)
    )
    for place, (day, batch) in enumerate(batches):
        lot = DemoLot(
            bench=bench,
            freezers=freezers,
            device_id=device_id,
            story=stories.get(place, LotStory.RELEASED),
            pickups=[each.pickup_id for each in batch],
        )
        read_on = next_working_day(next_working_day(day))
        decided_on = next_working_day(read_on)
        acts = [(day, lot.make), (read_on, lot.examine), (decided_on, lot.decide)]
        if place == 0:
            acts.append((next_working_day(decided_on), lot.hold_and_lift))
        if lot.story in {LotStory.CURVE_FAILED, LotStory.CEREUS}:
            acts.append((next_working_day(decided_on), lot.destroy))
        for acted_on, act in acts:
            if acted_on < bench.day:
                yield bench.instant(acted_on, THAWED_AT), act


def _temperatures(bench: DemoBench, freezers: Freezers, now: datetime) -> Iterator[Act]:
    """Yield the import of the loggers' files of every morning, and the excursion's judgement."""
    since = bench.instant(bench.day - timedelta(days=DAYS_READ), READ_AT)
    for before in range(DAYS_READ - 1, -1, -1):
        at = min(bench.instant(bench.day - timedelta(days=before), READ_AT), now)
        yield at, partial(freezers.read_probes, since)
        since = at
    if since < now:
        yield now, partial(freezers.read_probes, since)
    settled_on = bench.day - timedelta(days=EXCURSION_BEFORE)
    yield bench.instant(settled_on, time(9)), freezers.settle_excursion


def _pasteuriser(bench: DemoBench) -> int:
    since = bench.instant(bench.day - timedelta(days=DAYS), READ_AT)
    return write_device(
        bench.session,
        **bench.by(bench.quality, since),
        serial=SERIAL,
        name="Pasteurisateur 1",
        profile=CurveProfileName.LONG_UTC,
        qualified_until=bench.day + timedelta(days=150),
        calibrated_until=bench.day + timedelta(days=45),
    ).id


def _hold_donor(bench: DemoBench, donor_id: int, at: datetime) -> None:
    open_hold(
        bench.session,
        **bench.by(bench.technician, at),
        subject=HoldSubject.DONOR,
        subject_id=donor_id,
        reason="La donneuse signale de la fièvre ; avis du médecin attendu.",
    )


def _bottles(deliveries: Sequence[Delivery]) -> int:
    return sum(len(each.containers) for each in deliveries)
