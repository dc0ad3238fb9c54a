"""Invoice lines: the frozen litres that were delivered or distributed, by ward and recipient.

An export alone: Milkround sends no invoice. Milk of the child's own mother is not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing, DispensingKind
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool
from collector.pickups.models import MilkLine
from collector.recipients.models import Recipient, Ward
from collector.service_day import ServiceDay

ML_OF_A_LITRE = 1000
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """Bottles of one dispensing, with their price.

    Attributes
    ----------
    pseudonym
        The recipient; empty for milk that was distributed to a depot.
    amount_eur
        Litres times the bank's price, rounded to a cent; None if the bank has no price.
    """

    day: date
    establishment: str
    ward: str
    pseudonym: str
    kind: DispensingKind
    bottles: int
    volume_ml: int
    amount_eur: Decimal | None


def invoice_lines(
    session: Session, *, bank_id: int, first: date, last: date
) -> Sequence[InvoiceLine]:
    """Return the lines of the hand-overs from one civil day to another, oldest first.

    Bottles that went into stock again are left out.
    """
    zone = get_bank(session, bank_id).zone
    days = ServiceDay(first, zone).epoch, ServiceDay(last, zone).end
    price = policies_of(session, bank_id)[PolicyKey.PRICE_EUR_PER_LITRE]
    rows = session.execute(_bottles_of(bank_id, days))
    return [
        InvoiceLine(
            day=ServiceDay.of(dispensing.handed_over_at, zone).day,
            establishment=ward.establishment,
            ward=ward.name,
            pseudonym=pseudonym or "",
            kind=dispensing.kind,
            bottles=bottles,
            volume_ml=volume_ml,
            amount_eur=_amount(volume_ml, price) if price else None,
        )
        for dispensing, ward, pseudonym, bottles, volume_ml in rows
        if dispensing.handed_over_at is not None
    ]


def _bottles_of(
    bank_id: int, days: tuple[datetime, datetime]
) -> Select[Dispensing, Ward, str, int, int]:
    return (
        select(
            Dispensing,
            Ward,
            Recipient.pseudonym,
            func.count(Bottle.id),
            func.sum(Bottle.volume_ml),
        )
        .join(Ward, Ward.id == Dispensing.ward_id)
        .outerjoin(Recipient, Recipient.id == Dispensing.recipient_id)
        .join(DispensedBottle, DispensedBottle.dispensing_id == Dispensing.id)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .join(Lot, Lot.id == Bottle.lot_id)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(
            Dispensing.bank_id == bank_id,
            Dispensing.handed_over_at >= days[0],
            Dispensing.handed_over_at < days[1],
            DispensedBottle.withdrawn_at.is_(None),
            DispensedBottle.returned_at.is_(None),
            MilkPool.line == MilkLine.DONATED,
        )
        .group_by(Dispensing.id, Ward.id, Recipient.pseudonym)
        .order_by(Dispensing.handed_over_at, Dispensing.id)
    )


def _amount(volume_ml: int, price: int) -> Decimal:
    litres = Decimal(volume_ml) / ML_OF_A_LITRE
    return (litres * price).quantize(CENT, rounding=ROUND_HALF_UP)
