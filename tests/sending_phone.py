"""A collector's phone that sends each event in a POST of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.custody.models import Container, ContainerState
from collector.db import db, transaction
from collector.pickups.models import Pickup
from collector.rounds.events.intake import EventResult, accept_events
from collector.rounds.models import Round
from tests.conftest import SetClock
from tests.town import Town


class Phone:
    """Ana's phone: each event in a POST of its own."""

    def __init__(self, town: Town, clock: SetClock, round_id: int) -> None:
        self.town, self.clock, self.round_id = town, clock, round_id

    def send(self, event: dict[str, Any], *, person: int | None = None) -> EventResult:
        db.session.rollback()
        with transaction() as session:
            return accept_events(
                session,
                now=self.clock.now(),
                bank_id=self.town.bank,
                person_id=person or self.town.ana,
                round_id=self.round_id,
                sent=[event],
            )[0]

    def pickup(self, index: int = 0) -> Pickup:
        return self.session().get_one(Pickup, self.town.pickups[index])

    def round(self) -> Round:
        return self.session().get_one(Round, self.round_id)

    def containers(self) -> dict[str, ContainerState]:
        rows = self.session().scalars(select(Container).order_by(Container.number))
        return {row.number: row.state for row in rows}

    @staticmethod
    def session() -> Session:
        db.session.rollback()
        db.session.expire_all()
        return db.session()
