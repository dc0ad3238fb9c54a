"""Browsers of the dispensary's people, on a bench that is committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import db, reading, transaction
from collector.dispensary.orders.models import MilkOrder
from collector.recipients.models import Recipient
from collector.recipients.sealing import write_identity
from tests.dispensary_bench import DispensaryBench
from tests.laboratory_bench import open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town, sign_in

NAME, NUMBER = "Kanary Durand", "IPP-KANARY-77"
"""The identity of the child on Wanda's ward."""
PEOPLE = ("dana", "dirk", "wanda", "willa", "quentin")


class CounterCast:
    """Six bottles of one lot, one child, and browsers of five people."""

    def __init__(self, app: Flask, town: Town, bench: DispensaryBench) -> None:
        self.app, self.town = app, town
        app.extensions["milkround_clock"].instant = LATER
        self.people = {name: getattr(bench, name) for name in PEOPLE}
        self.labels = bench.lot(6, 100)
        self.child = bench.child("a", ml=300)
        write_identity(
            bench.session,
            bank_id=town.bank,
            recipient_id=self.child.id,
            name=NAME,
            hospital_number=NUMBER,
            born_on=None,
        )
        self.ward, self.depot = bench.ward, bench.depot
        self.code, self.child_id = self.child.pseudonym, self.child.id
        self.browsers: dict[str, FlaskClient] = {}

    def __getitem__(self, name: str) -> FlaskClient:
        if name not in self.browsers:
            self.browsers[name] = sign_in(self.app, bank=self.town.bank, person=self.people[name])
        return self.browsers[name]

    @contextmanager
    def read(self) -> Iterator[Session]:
        db.session.remove()
        with reading() as session:
            yield session

    def order(self, ml: int = 300, *, code: str | None = None) -> int:
        """Order by the page; return the key of the order."""
        form = {"recipient": code or self.code, "needed_on": LATER.date().isoformat()}
        answer = self["wanda"].post("/ward/orders", data=form | {"volume_ml": str(ml)})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        with self.read() as session:
            return session.scalars(select(MilkOrder.id).order_by(MilkOrder.id.desc())).first() or 0

    def begin(self, order: int, *, by: str = "dana") -> str:
        """Begin to pick; return the address of the dispensing."""
        answer = self[by].post(f"/dispensary/dispensings/of-order/{order}")
        assert answer.status_code == 303
        return str(answer.headers["Location"])

    def scan(self, page: str, label: str, *, by: str) -> Any:  # noqa: ANN401 - a test response
        return self[by].post(f"{page}/scans", data={"label": label})

    def dispense(self, order: int, *labels: str) -> str:
        """Pick, check and hand over by the pages."""
        page = self.begin(order)
        for label in labels:
            assert self.scan(page, label, by="dana").status_code == 200
        assert self.scan(page, self.code, by="dirk").status_code == 200
        for label in labels:
            assert self.scan(page, label, by="dirk").status_code == 200
        given = {"box": "Box 3", "celsius": "-19,5", "carrier": "Nord"}
        assert self["dirk"].post(f"{page}/hand-over", data=given).status_code == 303
        return page

    def another_child(self) -> Recipient:
        db.session.remove()
        with transaction() as session:
            first = session.get_one(Recipient, self.child_id)
            other = Recipient(
                **{
                    column.key: getattr(first, column.key)
                    for column in Recipient.__table__.columns
                    if column.key not in {"id", "pseudonym", "ward_id"}
                },
                pseudonym="R00000000",
                ward_id=self.depot,
            )
            session.add(other)
        return other


@contextmanager
def open_counter(app: Flask, town: Town) -> Iterator[CounterCast]:
    with open_bench(app, town) as bench:
        with transaction() as session:
            cast = CounterCast(app, town, DispensaryBench(ReleaseBench(bench, session)))
        yield cast
