"""How fast recalls answer after ten years: ``python -m bench.laboratory_recall``.

The bank of `bench.laboratory_scans` with 1.2 million containers, and every bottle that left its
freezer handed over to one of 6,000 children on two wards. Recalls of donors are opened and looked
at through the application in this process, without a server: milliseconds include the page. The
goal: the page of a recall within 2 s at the 99th percentile.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, literal, null, select
from sqlalchemy.orm import Session

from bench.laboratory_scans import MAINTENANCE, POSTGRESQL, prepared
from collector.clock import SystemClock
from collector.config import settings_from
from collector.db import db, reading, transaction
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing, DispensingKind
from collector.dispensary.orders.models import MilkOrder
from collector.donors.models import Donor
from collector.installation import application
from collector.laboratory.pooling.models import Bottle, Lot
from collector.laboratory.units.models import StorageStay
from collector.people.actions import add_person
from collector.people.models import Person, Role
from collector.recall.actions import freeze_scope, open_recall
from collector.recall.models import RecallSubject
from collector.recall.outside import donors_of_recipient, recipients_of
from collector.recall.walk import Origin, forward
from collector.recipients.models import Recipient, Ward

CHILDREN = 6_000
DATABASE = "milkround_bench_recall"
QUESTIONS = ("hold", "freeze", "page", "lines", "second ring", "forward", "back")
"""Measured acts: two of opening, three pages, and the two walks to and from children."""


def main() -> None:
    """Write the years unless they are there, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--containers", type=int, default=1_200_000)
    parser.add_argument("--rounds", type=int, default=100, help="recalls that are opened")
    parser.add_argument("--home", type=Path, required=True, help="the folder of the bank")
    parser.add_argument("--postgresql", action="store_true", help="a database of the local server")
    options = parser.parse_args()
    os.environ["MILKROUND_HOME"] = str(options.home)
    os.environ.pop("DATABASE_URL", None)
    if options.postgresql:
        _make_database()
        os.environ["DATABASE_URL"] = POSTGRESQL + DATABASE
    app = application(settings_from(os.environ))
    cookie = prepared(app, options.containers).cookie
    with app.test_request_context():
        with reading() as session:
            has_wards = session.scalar(select(Ward.id).limit(1)) is not None
        if not has_wards:
            with transaction() as session:
                write_dispensings(session)
            _analyse()
    told = measured(app, cookie, options.rounds)
    for name in QUESTIONS:
        times = sorted(told[name])
        p99 = times[min(len(times) - 1, round(0.99 * len(times)))]
        print(f"{name:12} median {statistics.median(times):7.1f} ms   p99 {p99:7.1f} ms")


def write_dispensings(session: Session) -> None:
    """Hand over every bottle that left its freezer: one dispensing for each lot."""
    now, person = SystemClock().now(), session.scalars(select(Person)).first()
    if person is None:
        raise LookupError("the bank has no person")
    bank_id = person.bank_id
    checker = add_person(
        session,
        bank_id=bank_id,
        name="Dirk",
        email="dirk@years.example",
        roles=[Role.DISPENSER],
        language="en",
    )
    wards = _write_children(session, bank_id, person.id, now)
    keys = list(session.scalars(select(Recipient.id).order_by(Recipient.id)))
    gone = select(Bottle.lot_id).where(
        Bottle.id.not_in(select(StorageStay.bottle_id).where(
            StorageStay.ended_at.is_(None), StorageStay.bottle_id.is_not(None)
        ))
    )  # fmt: skip
    lots = list(session.scalars(gone.distinct()))
    for name, rows in (
        (MilkOrder, (_order(key, keys, wards, person.id, now) for key in lots)),
        (Dispensing, (_dispensing(key, keys, wards, person.id, checker.id, now) for key in lots)),
    ):
        session.execute(insert(name), [row | {"bank_id": bank_id} for row in rows])
    columns = ("bank_id", "dispensing_id", "bottle_id", "picked_at", "checked_at")
    session.execute(
        insert(DispensedBottle).from_select(
            (*columns, "withdrawn_at", "arrived_at", "arrived_by_id", "returned_at"),
            select(
                literal(bank_id),
                Bottle.lot_id,
                Bottle.id,
                literal(now, Dispensing.began_at.type),
                literal(now, Dispensing.began_at.type),
                *(null() for _ in range(4)),
            )
            .join(Lot, Lot.id == Bottle.lot_id)
            .where(Lot.id.in_(select(Dispensing.id))),
        )
    )


def _write_children(session: Session, bank_id: int, person: int, now: datetime) -> list[Ward]:
    """Write two wards with their children, and return the wards."""
    wards = [
        Ward(bank_id=bank_id, establishment="CHU", name=name, retired_at=None) for name in "AB"
    ]
    session.add_all(wards)
    session.flush()
    children = [
        {
            "bank_id": bank_id,
            "pseudonym": f"R{number:08}",
            "ward_id": wards[number % 2].id,
            "gestation_days": 190,
            "birth_weight_g": 900,
            "weight_g": 1_000,
            "dairy_free": False,
            "indication": "",
            "mother_id": None,
            "enrolled_by_id": person,
            "enrolled_at": now,
        }
        for number in range(CHILDREN)
    ]
    session.execute(insert(Recipient), children)
    return wards


def _order(
    lot: int, children: list[int], wards: list[Ward], person: int, now: object
) -> dict[str, object]:
    place = lot % CHILDREN
    day = SystemClock().now().date() - timedelta(days=lot // CHILDREN)
    return {
        "id": lot,
        "ward_id": wards[place % 2].id,
        "recipient_id": children[place],
        "needed_on": day,
        "volume_ml": 4800,
        "need_class": "a",
        "class_note": "",
        "waits_because": None,
        "asked_by_id": person,
        "asked_at": now,
        "cancelled_because": "",
    }


def _dispensing(
    lot: int, children: list[int], wards: list[Ward], picker: int, checker: int, now: object
) -> dict[str, object]:
    place = lot % CHILDREN
    return {
        "id": lot,
        "kind": DispensingKind.DELIVERED,
        "order_id": lot,
        "ward_id": wards[place % 2].id,
        "recipient_id": children[place],
        "picked_by_id": picker,
        "began_at": now,
        "checked_by_id": checker,
        "label_checked_at": now,
        "box": "Box 1",
        "celsius": -19.0,
        "carrier": "Courier",
        "handed_over_at": now,
        "cancelled_at": None,
    }


def _make_database() -> None:
    with psycopg.connect(MAINTENANCE, autocommit=True) as to:
        known = to.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            to.execute(f"CREATE DATABASE {DATABASE}")


def _analyse() -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def measured(app: Flask, cookie: str, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each act; each recall is of another donor."""
    times: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    client = app.test_client()
    client.set_cookie("milkround_desk", cookie)
    with app.test_request_context():
        with reading() as session:
            donors = session.execute(
                select(Donor.id, Donor.bank_id).order_by(Donor.id).limit(rounds + 1)
            ).all()
            children = list(session.scalars(select(Recipient.id).limit(rounds + 1)))
            person = session.scalars(select(Person.id)).first() or 0
        for place, (donor, bank_id) in enumerate(donors):
            found = _one(client, bank_id, donor, children[place], person)
            if place:  # The first one warms up.
                for name, milliseconds in found.items():
                    times[name].append(milliseconds)
    return times


def _one(
    client: FlaskClient, bank_id: int, donor: int, child: int, person: int
) -> dict[str, float]:
    clock, found = SystemClock(), dict[str, float]()
    told = {"bank_id": bank_id, "person_id": person}
    origin = Origin(subject=RecallSubject.DONOR, subject_id=donor)

    def timed(name: str, act: Callable[[], object]) -> object:
        began = time.perf_counter()
        result = act()
        found[name] = 1000 * (time.perf_counter() - began)
        return result

    def hold() -> int:
        with transaction() as session:
            return open_recall(session, now=clock.now(), **told, origin=origin, reason="x").id

    def freeze() -> None:
        with transaction() as session:
            freeze_scope(session, now=clock.now(), **told, recall_id=key)

    def ahead() -> None:
        with reading() as session:
            recipients_of(session, forward(session, bank_id=bank_id, origin=origin))

    def back() -> None:
        with reading() as session:
            donors_of_recipient(session, bank_id=bank_id, recipient_id=child)

    def shown(path: str) -> None:
        answer = client.get(path)
        if answer.status_code != HTTPStatus.OK:
            raise LookupError(f"{path} answered {answer.status}")

    key = timed("hold", hold)
    timed("freeze", freeze)
    timed("page", lambda: shown(f"/recalls/{key}"))
    timed("lines", lambda: shown(f"/recalls/{key}/lines"))
    timed("second ring", lambda: shown(f"/recalls/{key}/second-ring"))
    timed("forward", ahead)
    timed("back", back)
    return found


if __name__ == "__main__":
    main()
