"""The bench of the laboratory: Ana's round to Dora and Elise, Lea and Nora at the bank."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.custody.models import Container
from collector.db import db, transaction
from collector.laboratory.reception.actions import accept_container, refuse_container
from collector.laboratory.reception.drafts import IntakeDraft
from collector.laboratory.reception.models import Intake, IntakeRefusal
from collector.people.actions import add_person
from collector.people.models import Role
from collector.rounds.events.intake import EventStatus, accept_events
from tests.builders import MORNING
from tests.phone_round import FIRST_ARRIVAL, phone_event, publish_round
from tests.town import Town

DENSE_200_ML = 206
"""Grams of 200 ml of milk: 1.03 g/ml."""
FIRST_EXPRESSED, LAST_EXPRESSED = date(2026, 11, 10), date(2026, 11, 14)


class Bench:
    """Ana's round to Dora and Elise, and Lea at the reception."""

    def __init__(self, town: Town, round_id: int, lea: int, nora: int) -> None:
        self.town, self.round_id, self.lea, self.nora = town, round_id, lea, nora
        self.dora, self.elise = town.pickups[:2]

    def send(self, session: Session, *events: dict[str, Any]) -> None:
        for event in events:
            (outcome,) = accept_events(
                session,
                now=MORNING,
                bank_id=self.town.bank,
                person_id=self.town.ana,
                round_id=self.round_id,
                sent=[event],
            )
            assert outcome.status is not EventStatus.REFUSED, outcome

    def hand_over(self, sequence: int, *numbers: str, site: int | None = None) -> dict[str, Any]:
        given: dict[str, Any] = {"site": site or self.town.site, "box_celsius": -20}
        if numbers:
            given["containers"] = list(numbers)
        return phone_event("handed_over", sequence=sequence, **given)

    def undo(self, event: dict[str, Any], *, sequence: int) -> dict[str, Any]:
        return phone_event("undone", event["pickup"], sequence=sequence, undoes=event["client_id"])

    def weighed(self, session: Session, **changes: Any) -> IntakeDraft:  # noqa: ANN401
        tare = policies_of(session, self.town.bank)[PolicyKey.BOTTLE_TARE_GRAMS]
        return draft(**({"grams": DENSE_200_ML + tare, "volume_ml": None} | changes))

    def accept(self, session: Session, container: Container, **changes: Any) -> Intake:  # noqa: ANN401
        return accept_container(
            session,
            now=FIRST_ARRIVAL,
            bank_id=self.town.bank,
            person_id=self.lea,
            container_id=container.id,
            draft=self.weighed(session, **changes),
        )

    def refuse(self, session: Session, container: Container, reason: IntakeRefusal) -> Intake:
        return refuse_container(
            session,
            now=FIRST_ARRIVAL,
            bank_id=self.town.bank,
            person_id=self.lea,
            container_id=container.id,
            reason=reason,
            draft=self.weighed(session, expressed_first=None, expressed_last=None),
        )


def draft(**changes: Any) -> IntakeDraft:  # noqa: ANN401
    usual: dict[str, Any] = {
        "grams": None,
        "volume_ml": 200,
        "expressed_first": FIRST_EXPRESSED,
        "expressed_last": LAST_EXPRESSED,
    }
    return IntakeDraft(**(usual | changes))


@contextmanager
def open_bench(app: Flask, town: Town) -> Iterator[Bench]:
    """Publish Ana's round, and put Lea and Nora on the staff."""
    with app.app_context():
        with transaction() as session:
            round_id = publish_round(session, town.shifts[0], town.pickups[:2]).id
            lea, nora = (
                add_person(
                    session,
                    bank_id=town.bank,
                    name=name,
                    email=f"{name}@town.example",
                    roles=[role],
                    language="en",
                ).id
                for name, role in (("Lea", Role.LABORATORY), ("Nora", Role.QUALITY))
            )
        yield Bench(town, round_id, lea, nora)
        db.session.remove()


def bottles(session: Session) -> list[Container]:
    session.expire_all()
    return list(session.scalars(select(Container).order_by(Container.number)))
