"""Bundles of FHIR R5: one pool with its bottles, dispensings, samples, results and report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.errors import NotFound
from collector.fhir.resources import (
    DispensedMilkBottle,
    Resource,
    bottle_product,
    dispense,
    observation,
    pool_product,
    report,
    specimen,
)
from collector.laboratory.chain.links import SampleLink, bottles_of, decisions_of, samples_of
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool
from collector.laboratory.release.leaving import lots_free_to_leave, stopped_bottles
from collector.recipients.models import Recipient, Ward
from collector.service_day import ServiceDay


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirContext:
    """The bank, the instant, and the address below which a bundle's resources lie."""

    bank_id: int
    now: datetime
    base: str


def pools_after(
    session: Session, *, bank_id: int, key: int, most: int
) -> Sequence[tuple[MilkPool, Lot]]:
    """Return at most so many pools with bottles whose key is greater, by their key."""
    rows = session.execute(
        select(MilkPool, Lot)
        .join(Lot, Lot.pool_id == MilkPool.id)
        .where(MilkPool.bank_id == bank_id, MilkPool.id > key)
        .order_by(MilkPool.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def pool_bundle(session: Session, context: FhirContext, *, number: str) -> dict[str, Any]:
    """Return a pool as a bundle of the type `collection`.

    Raises
    ------
    NotFound
        `number_unknown` (`number`): the bank has no such pool with bottles.
    """
    row = session.execute(
        select(MilkPool, Lot)
        .join(Lot, Lot.pool_id == MilkPool.id)
        .where(MilkPool.bank_id == context.bank_id, MilkPool.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound("number_unknown", number=number)
    pool, lot = row
    found = [*_products(session, context, pool, lot), *_examined(session, pool, lot)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": context.now.isoformat(timespec="seconds"),
        "identifier": {"system": "urn:milkround:pool", "value": pool.number},
        "entry": [
            {
                "fullUrl": f"{context.base}/{each['resourceType']}/{each['id']}",
                "resource": each,
            }
            for each in found
        ],
    }


def _products(
    session: Session, context: FhirContext, pool: MilkPool, lot: Lot
) -> Iterator[Resource]:
    warmest = policies_of(session, context.bank_id)[PolicyKey.UNIT_WARMEST_CELSIUS]
    today = ServiceDay.of(context.now, get_bank(session, context.bank_id).zone).day
    is_free = lot.id in lots_free_to_leave(session, bank_id=context.bank_id, today=today)
    stopped = stopped_bottles(session, bank_id=context.bank_id)
    bottles = bottles_of(session, [lot.id])[lot.id]
    yield pool_product(pool, warmest_celsius=warmest)
    for bottle in bottles:
        here = bottle.left_at is None and bottle.id not in stopped
        yield bottle_product(bottle, lot, pool, may_leave=is_free and here, warmest_celsius=warmest)
    for each, volume_ml in _dispensed(session, bottles):
        yield dispense(each, volume_ml=volume_ml)


def _dispensed(
    session: Session, bottles: Sequence[Bottle]
) -> Iterator[tuple[DispensedMilkBottle, int]]:
    volumes = {bottle.id: bottle.volume_ml for bottle in bottles}
    rows = session.execute(
        select(DispensedBottle, Dispensing, Ward, Recipient)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .join(Ward, Ward.id == Dispensing.ward_id)
        .outerjoin(Recipient, Recipient.id == Dispensing.recipient_id)
        .where(
            DispensedBottle.bottle_id.in_(volumes),
            DispensedBottle.withdrawn_at.is_(None),
            Dispensing.cancelled_at.is_(None),
        )
        .order_by(DispensedBottle.id)
    )
    for row, dispensing, ward, recipient in rows:
        found = DispensedMilkBottle(row=row, dispensing=dispensing, ward=ward, recipient=recipient)
        yield found, volumes[row.bottle_id]


def _examined(session: Session, pool: MilkPool, lot: Lot) -> Iterator[Resource]:
    links: Sequence[SampleLink] = samples_of(session, [lot.id])[lot.id]
    results = [row for each in links for row in each.results if row.superseded_at is None]
    for each in links:
        yield specimen(each.sample, lot, pool)
    for row in results:
        yield observation(row, pool)
    yield report(
        pool,
        lot,
        samples=[each.sample for each in links],
        results=results,
        decisions=decisions_of(session, [lot.id])[lot.id],
    )
