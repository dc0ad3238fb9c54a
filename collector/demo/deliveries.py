"""Deliveries of the demonstration: the bottles of one visit, and their reception."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select

from collector.banks.models import Known
from collector.custody.models import Container, ContainerKind, ContainerState, CustodyEntry
from collector.custody.queries import record_of
from collector.demo.bench import DemoBench, dice_of
from collector.demo.freezers import Freezers
from collector.laboratory.reception.actions import accept_container, refuse_container
from collector.laboratory.reception.drafts import GRAMS_PER_ML, IntakeDraft
from collector.laboratory.reception.models import IntakeRefusal
from collector.laboratory.reception.queries import bank_sites
from collector.laboratory.units.models import StorageZone
from collector.service_day import ServiceDay

EXPRESSED_BEFORE_DAYS = 12
"""Days before the visit at which a donor expressed the milk of her first bottle."""
TARE_GRAMS = 30
REFUSED = 0.02
REFUSALS = (IntakeRefusal.THAWED, IntakeRefusal.DAMAGED, IntakeRefusal.NO_LABEL)
PRETERM_EVERY = 4
"""One donor in so many gave birth before term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The bottles of one visit that were handed over at the bank."""

    pickup_id: int
    donor_id: int
    day: date
    containers: Sequence[Container]


def deliveries_of(bench: DemoBench) -> list[Delivery]:
    """Return the deliveries that wait at the bank since before the day, oldest first."""
    (site, *_) = bank_sites(bench.session, bench.bank_id)
    rows = bench.session.execute(
        select(Container, CustodyEntry.happened_at)
        .join(CustodyEntry, CustodyEntry.container_id == Container.id)
        .where(
            Container.bank_id == bench.bank_id,
            Container.kind == ContainerKind.BOTTLE,
            Container.state == ContainerState.RECEIVED,
            CustodyEntry.state == ContainerState.RECEIVED,
            CustodyEntry.holder == f"site:{site.id}",
            CustodyEntry.happened_at < ServiceDay(bench.day, bench.zone).epoch,
        )
        .order_by(Container.pickup_id, Container.number)
    ).all()
    found = []
    for pickup_id, group in groupby(rows, key=lambda row: row[0].pickup_id):
        of_visit = list(group)
        first = of_visit[0]
        found.append(
            Delivery(
                pickup_id=pickup_id,
                donor_id=first[0].donor_id,
                day=ServiceDay.of(first[1], bench.zone).day,
                containers=[row[0] for row in of_visit],
            )
        )
    return sorted(found, key=lambda each: (each.day, each.pickup_id))


def take_over_delivery(
    bench: DemoBench, freezers: Freezers, delivery: Delivery, at: datetime
) -> None:
    """Weigh every bottle of a delivery, accept it or refuse it, and put it into its freezer."""
    dice, told = (
        dice_of(f"delivery {delivery.day} {delivery.pickup_id}"),
        bench.by(bench.technician, at),
    )
    record = record_of(bench.session, bank_id=bench.bank_id, pickup_id=delivery.pickup_id)
    if record is None:
        raise AssertionError("a delivery has the record of its visit")
    usual_ml, count = record.volume_ml / record.bottles, len(delivery.containers)
    kept = []
    for place, container in enumerate(delivery.containers):
        before = EXPRESSED_BEFORE_DAYS - EXPRESSED_BEFORE_DAYS * place // count
        expressed = delivery.day - timedelta(days=before)
        draft = IntakeDraft(
            grams=TARE_GRAMS + round((usual_ml + dice.randint(-12, 12)) * GRAMS_PER_ML),
            volume_ml=None,
            expressed_first=expressed,
            expressed_last=expressed,
            preterm=Known.NO if delivery.donor_id % PRETERM_EVERY else Known.YES,
        )
        if dice.random() < REFUSED:
            refuse_container(
                bench.session,
                **told,
                container_id=container.id,
                reason=dice.choice(REFUSALS),
                draft=draft,
            )
        else:
            accept_container(bench.session, **told, container_id=container.id, draft=draft)
            kept.append(container.number)
    freezers.put(StorageZone.RAW, kept, at)
