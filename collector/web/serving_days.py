"""The likely day of waiting orders in words, for the dispensary and the wards."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext
from sqlalchemy.orm import Session

from collector.dispensary.lists.orders import OrderLine, OrderState
from collector.dispensary.orders.models import WaitReason
from collector.pickups.models import MilkLine
from collector.planning.stock.queries import load_stock_forecast
from collector.planning.stock.serving import LikelyDay, likely_day
from collector.web.formats import litres, number, short_day

WAITING = frozenset({OrderState.WAITING, OrderState.PART})


def serving_days(
    session: Session, lines: Sequence[OrderLine], *, bank_id: int, now: datetime, today: date
) -> dict[int, str]:
    """Return the sentence of each waiting order, by its key; none where nothing is foretold.

    The forecast is made only if an order waits. Milk without dairy is not foretold.
    """
    waiting = [line for line in lines if line.state in WAITING and _is_foretold(line, today)]
    if not waiting:
        return {}
    forecast = load_stock_forecast(session, now=now, bank_id=bank_id, line=MilkLine.DONATED)
    found = {
        line.order.id: likely_day(
            forecast,
            waits=line.order.waits_because or WaitReason.SHORTAGE,
            need=line.order.need_class,
            missing_ml=line.order.volume_ml - line.volumes.served_ml,
        )
        for line in waiting
    }
    return {key: _words(each) for key, each in found.items() if each is not None}


def _is_foretold(line: OrderLine, today: date) -> bool:
    child = line.order.recipient
    if line.order.waits_because is None or line.order.needed_on < today:
        return False
    return not (child and child.dairy_free)


def _words(found: LikelyDay) -> str:
    if found.day is None:
        return str(gettext("By today's forecast it is not served within eight weeks."))
    if found.cover is None:
        return str(
            gettext(
                "Likely served from %(day)s: the forecast expects %(stock)s of released milk then.",
                day=short_day(found.day),
                stock=litres(found.stock_ml),
            )
        )
    return str(
        gettext(
            "Likely served from %(day)s: the forecast expects %(days)s days of cover then.",
            day=short_day(found.day),
            days=number(round(found.cover, 1)),
        )
    )
