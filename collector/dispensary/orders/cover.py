"""Cover: the released donated stock in days of demand, its level, and the classes served there.

Milk for an own child never counts. A demand of nothing leaves the level normal.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.dispensary.orders.models import NeedClass, Prescription
from collector.dispensary.orders.prescriptions import daily_ml, valid_on
from collector.laboratory.stock.queries import released_by_expiry
from collector.pickups.models import MilkLine
from collector.recipients.models import Recipient


class StockLevel(StrEnum):
    """Levels of the stock, by its days of cover."""

    NORMAL = "normal"
    TENSE = "tense"
    SHORT = "short"
    CRITICAL = "critical"


SERVED = {
    StockLevel.NORMAL: frozenset(NeedClass),
    StockLevel.TENSE: frozenset({NeedClass.A, NeedClass.B, NeedClass.C}),
    StockLevel.SHORT: frozenset({NeedClass.A, NeedClass.B}),
    StockLevel.CRITICAL: frozenset({NeedClass.A}),
}
"""The classes that each level serves: Milkround's own starting value, not verified."""
BELOW = (
    (StockLevel.CRITICAL, PolicyKey.COVER_CRITICAL_DAYS),
    (StockLevel.SHORT, PolicyKey.COVER_SHORT_DAYS),
    (StockLevel.TENSE, PolicyKey.COVER_TENSE_DAYS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCover:
    """The released donated stock, the demand of a day, and the level.

    Attributes
    ----------
    days
        Stock divided by demand; None without a demand.
    """

    stock_ml: int
    demand_ml: int
    days: float | None
    level: StockLevel

    @property
    def served(self) -> frozenset[NeedClass]:
        """The classes that the level serves."""
        return SERVED[self.level]


def cover_of(session: Session, *, bank_id: int, today: date) -> StockCover:
    """Return the cover of a bank's stock of today."""
    by_day = released_by_expiry(session, bank_id=bank_id, line=MilkLine.DONATED, today=today)
    stock = sum(by_day.values())
    demand = daily_demand_ml(session, bank_id=bank_id, day=today)
    days = stock / demand if demand else None
    policies = policies_of(session, bank_id)
    level = StockLevel.NORMAL
    if days is not None:
        level = next((each for each, key in BELOW if days < policies[key]), StockLevel.NORMAL)
    return StockCover(stock_ml=stock, demand_ml=demand, days=days, level=level)


def daily_demand_ml(session: Session, *, bank_id: int, day: date) -> int:
    """Return the millilitres that the prescriptions of a day ask for; a child counts once."""
    rows = session.execute(
        select(Prescription, Recipient.weight_g)
        .join(Recipient, Recipient.id == Prescription.recipient_id)
        .where(Prescription.bank_id == bank_id, valid_on(day))
        .order_by(Prescription.id)
    )
    latest = {row.recipient_id: daily_ml(row, weight) for row, weight in rows}
    return sum(latest.values())
