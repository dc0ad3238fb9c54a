"""Levers on the stock: the choices, their prices in a week, and the one that closes the gap."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey, Switch
from collector.banks.queries import zones_of
from collector.dispensary.orders.cover import StockLevel
from collector.planning.horizon.due_dates import Levers, bank_levers
from collector.planning.horizon.levers import price_bank_levers
from collector.planning.horizon.problem import MOST_WEEKS
from collector.planning.stock.queries import StockForecast


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLever:
    """One rule that may change, with its effect in a week.

    Attributes
    ----------
    key, value
        The rule and its other value, as a dated change stores it.
    donors
        Donors more in the four weeks.
    weekly_ml, weekly_metres
        Milk and road more in a week; negative for less.
    """

    key: PolicyKey
    value: str
    donors: int
    weekly_ml: int
    weekly_metres: int


def stock_levers(
    session: Session, *, now: datetime, forecast: StockForecast, bank_id: int
) -> list[StockLever]:
    """Return the levers of a shortage, or of plenty, priced; none without a shift in four weeks."""
    usual = bank_levers(session, bank_id, on=forecast.today)
    has_days = any(zone.weekdays for zone in zones_of(session, bank_id))
    lacks = forecast.gap.released_ml > 0 or forecast.level is not StockLevel.NORMAL
    others = shortage(usual, has_days=has_days) if lacks else plenty(usual)
    priced = price_bank_levers(session, now=now, bank_id=bank_id, usual=usual, others=others)
    return [
        StockLever(
            key=key,
            value=value,
            donors=each.donors,
            weekly_ml=round(each.volume_ml / MOST_WEEKS),
            weekly_metres=round(each.metres / MOST_WEEKS),
        )
        for each in priced
        for key, value in [_changed(usual, each.levers)]
    ]


EARLIER = (7, 14)
"""Days by which visits may come sooner."""


def shortage(usual: Levers, *, has_days: bool) -> list[Levers]:
    """Return rules that bring more milk: less at a visit, farther, sooner, and every zone daily."""
    least, radius = usual.minimum_ml, usual.radius_km
    return [
        *(replace(usual, minimum_ml=ml) for ml in sorted({least // 2, least * 3 // 4} - {least})),
        *(replace(usual, radius_km=km) for km in sorted({radius * 5 // 4, radius * 3 // 2})),
        *(replace(usual, days_early=usual.days_early + days) for days in EARLIER),
        *([replace(usual, every_day=True)] if has_days and not usual.every_day else []),
    ]


def plenty(usual: Levers) -> list[Levers]:
    """Return rules that bring less milk: a larger minimum, a shorter radius."""
    least, radius = usual.minimum_ml, usual.radius_km
    return [
        *(replace(usual, minimum_ml=ml) for ml in sorted({least * 3 // 2, least * 2} - {least})),
        *(replace(usual, radius_km=km) for km in sorted({radius // 2, radius * 3 // 4} - {0})),
    ]


def closing(levers: Sequence[StockLever], *, gap_ml: float) -> StockLever | None:
    """Return the lever with the fewest kilometres that closes a weekly gap; None if none does.

    Parameters
    ----------
    gap_ml
        Milk to collect in a week.
    """
    enough = [each for each in levers if gap_ml > 0 and each.weekly_ml >= gap_ml]
    return min(enough, key=lambda each: each.weekly_metres, default=None)


def _changed(usual: Levers, other: Levers) -> tuple[PolicyKey, str]:
    if other.minimum_ml != usual.minimum_ml:
        return PolicyKey.MINIMUM_VOLUME_ML, str(other.minimum_ml)
    if other.radius_km != usual.radius_km:
        return PolicyKey.RADIUS_KM, str(other.radius_km)
    if other.days_early != usual.days_early:
        return PolicyKey.VISIT_DAYS_EARLY, str(other.days_early)
    return PolicyKey.ZONES_EVERY_DAY, Switch.ON.value
