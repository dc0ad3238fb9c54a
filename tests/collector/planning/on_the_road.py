"""Published days, half driven: events as planned, up to an instant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from collector.demo.play import said_of
from collector.planning.dispatch.disruptions import PROPOSE
from collector.planning.dispatch.jobs import propose
from collector.rounds.actions import publish
from collector.rounds.events.intake import accept_events
from collector.rounds.models import DayPlan, Round
from tests.builders import DAY, MORNING
from tests.collector.planning.days import planned, the_plan
from tests.town import Town

HANDLERS = {PROPOSE: propose}


def published(session: Session, town: Town) -> DayPlan:
    plan = planned(session, town)
    publish(
        session,
        now=MORNING,
        bank_id=town.bank,
        day=DAY,
        version=plan.version,
        person_id=town.claire,
    )
    return the_plan(session, town)


def driven_until(session: Session, town: Town, instant: datetime) -> None:
    """Send every phone's events as planned, up to an instant."""
    for round_ in the_plan(session, town).rounds:
        if round_.published and round_.published["departs_at"]:
            for said in said_of(round_.published):
                if datetime.fromisoformat(said["device_at"]) <= instant:
                    say(session, round_, said, now=instant)


def say(session: Session, round_: Round, said: dict[str, Any], *, now: datetime) -> None:
    accept_events(
        session,
        now=now,
        bank_id=round_.bank_id,
        person_id=round_.shift.collector_id,
        round_id=round_.id,
        sent=[said],
    )
