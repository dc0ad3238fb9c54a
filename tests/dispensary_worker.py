"""A process that serves every open order, act by act; killed at any point, it goes on afterwards.

Run as `python -m tests.dispensary_worker DATABASE HOME BANK PICKER CHECKER`; it prints one line
after each act.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import select

from collector.app import create_app
from collector.db import db, reading, transaction
from collector.dispensary.dispensing.checking import check_bottle, check_label, hand_over
from collector.dispensary.dispensing.picking import begin_dispensing, pick_bottle
from collector.dispensary.dispensings.models import Dispensing
from collector.dispensary.orders.codes import order_code
from collector.dispensary.orders.models import MilkOrder
from collector.laboratory.pooling.models import Bottle
from tests.conftest import SetClock, settings_of
from tests.dispensary_bench import BOX, TODAY
from tests.release_bench import LATER


def serve(bank: int, picker: int, checker: int) -> None:
    with reading() as session:
        orders = session.scalars(select(MilkOrder.id).order_by(MilkOrder.id)).all()
        numbers = session.scalars(select(Bottle.number).order_by(Bottle.id)).all()
        done = set(
            session.scalars(
                select(Dispensing.order_id).where(Dispensing.handed_over_at.is_not(None))
            )
        )
    for order, number in zip(orders, numbers, strict=True):
        if order not in done:
            serve_order(bank, picker, checker, order, number)


def serve_order(bank: int, picker: int, checker: int, order: int, number: str) -> None:
    by = {"now": LATER, "bank_id": bank, "person_id": picker}
    with transaction() as session:
        key = begin_dispensing(session, **by, order_id=order, today=TODAY).id
        pick_bottle(session, **by, dispensing_id=key, text=number, today=TODAY)
    say("picked", order)
    told = by | {"person_id": checker, "dispensing_id": key}
    with transaction() as session:
        check_label(session, **told, text=order_code(order))
        check_bottle(session, **told, text=number, today=TODAY)
        hand_over(session, **told, given=BOX, today=TODAY)
    say("gone", order)


def say(act: str, order: int) -> None:
    sys.stdout.write(f"{act} {order}\n")
    sys.stdout.flush()


def main() -> None:
    url, home, *keys = sys.argv[1:]
    app = create_app(settings_of(url, Path(home)), clock=SetClock(LATER))
    with app.app_context():
        bank, picker, checker = map(int, keys)
        serve(bank, picker, checker)
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main()
