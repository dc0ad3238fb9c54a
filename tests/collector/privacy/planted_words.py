"""A word of its own in each column that can hold a donor's data."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Enum, select
from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.custody.models import Container, Discrepancy, DoorPhoto
from collector.db import UtcInstant
from collector.donors.models import Decision, FileChange, Questionnaire, Screening
from collector.donors.queries import get_donor
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.reception.models import Intake
from collector.notices.actions import enqueue, subscribe
from collector.pickups.models import Correction, Enquiry, Pickup, PickupHold
from collector.pickups.states import PickupState
from collector.planning.models import (
    Disruption,
    DisruptionKind,
    DisruptionProposal,
    Horizon,
    PlanningRun,
    ProposalWay,
)
from collector.recall.models import Recall, RecallSubject
from collector.rounds.models import EventKind, Incident, IncidentKind, RoundEvent
from tests.builders import DAY, MORNING
from tests.collector.planning.on_the_road import published
from tests.town import Town


def word(column: str) -> str:
    """Return the word planted in a column."""
    return "Kanary" + "".join(part.capitalize() for part in column.replace(".", "_").split("_"))


def plant(session: Session, town: Town) -> None:
    """Write a word in every column of `PLANTED`, in rows of Dora."""
    day_plan = published(session, town)
    round_ = day_plan.rounds[0]
    pickup = session.get_one(Pickup, town.pickups[0])
    pickup.state, pickup.note = PickupState.FAILED, word("pickups.note")
    donor = get_donor(session, town.bank, town.dora)
    second = ("second_name", "second_tie", "second_phone")
    for name in ("first_name", "family_name", "email", "phone", "once", *second):
        setattr(donor, name, word(f"donors.{name}"))
    for name in ("line", "town", "access_notes"):
        setattr(donor.address, name, word(f"addresses.{name}"))
    published_round = next(
        each
        for each in day_plan.rounds
        if each.published
        and any(stop["pickup"] == pickup.id for stop in each.published.get("stops", ()))
    )
    seen = published_round.published
    assert seen is not None
    published_round.published = {
        **seen,
        "stops": [
            {**stop, "note": word("rounds.published")} if stop["pickup"] == pickup.id else stop
            for stop in seen["stops"]
        ],
    }
    plant_visit(session, town, round_.id)
    plant_messages(session, town)
    plant_problems(session, town, day_plan.id, round_.id)
    session.flush()


def plant_visit(session: Session, town: Town, round_id: int) -> None:
    """Write what a visit leaves: records of the phone, decisions, answers, a bottle."""
    plant_records(session, town, round_id)
    plant_file(session, town)
    plant_bottle(session, town, town.pickups[0])


def plant_records(session: Session, town: Town, round_id: int) -> None:
    visit, photo = town.pickups[0], str(uuid4())
    event = fill(
        session,
        RoundEvent,
        bank_id=town.bank,
        client_id=str(uuid4()),
        round_id=round_id,
        pickup_id=visit,
        person_id=town.ana,
        kind=EventKind.NOT_DONE,
        sequence=1,
        payload={"note": word("round_events.payload"), "photo": photo},
    )
    fill(
        session,
        DoorPhoto,
        bank_id=town.bank,
        client_id=photo,
        round_id=round_id,
        person_id=town.ana,
        jpeg=word("door_photos.jpeg").encode(),
    )
    fill(
        session,
        Incident,
        bank_id=town.bank,
        round_id=round_id,
        pickup_id=visit,
        event_id=event.id,
        kind=IncidentKind.OTHER,
        note=word("incidents.note"),
        decision_note=word("incidents.decision_note"),
    )


def plant_file(session: Session, town: Town) -> None:
    bank, visit, hers = town.bank, town.pickups[0], {"bank_id": town.bank, "donor_id": town.dora}
    fill(session, Correction, bank_id=bank, pickup_id=visit, words=word("corrections.words"))
    fill(session, PickupHold, bank_id=bank, pickup_id=visit, note=word("pickup_holds.note"))
    fill(session, Enquiry, **hers, once=word("enquiries.once"))
    fill(session, Decision, **hers, note=word("donor_decisions.note"))
    before, after = word("donor_changes.before"), word("donor_changes.after")
    fill(session, FileChange, **hers, before=before, after=after)
    questions = fill(session, Questionnaire, bank_id=bank)
    answers = {"why": word("screenings.answers")}
    fill(session, Screening, **hers, questionnaire_id=questions.id, answers=answers)


def plant_bottle(session: Session, town: Town, visit: int) -> None:
    bottle = fill(
        session,
        Container,
        bank_id=town.bank,
        donor_id=town.dora,
        pickup_id=visit,
        number="MR-CANARY",
    )
    site = session.scalars(select(Site.id).where(Site.bank_id == town.bank)).first()
    fill(
        session,
        Intake,
        bank_id=town.bank,
        container_id=bottle.id,
        site_id=site,
        taken_by_id=town.ana,
        volume_ml=1,
        note=word("intakes.note"),
    )
    fill(
        session,
        Discrepancy,
        bank_id=town.bank,
        container_id=bottle.id,
        says_pickup_id=visit,
        note=word("discrepancies.note"),
    )
    fill(
        session,
        LaboratoryHold,
        bank_id=town.bank,
        subject=HoldSubject.DONOR,
        subject_id=town.dora,
        opened_by_id=town.ana,
        reason=word("laboratory_holds.reason"),
        lift_reason=word("laboratory_holds.lift_reason"),
    )
    fill(
        session,
        Recall,
        bank_id=town.bank,
        subject=RecallSubject.DONOR,
        subject_id=town.dora,
        opened_by_id=town.ana,
        reason=word("recalls.reason"),
        closing_note=word("recalls.closing_note"),
        unanswered_because=word("recalls.unanswered_because"),
    )


def plant_messages(session: Session, town: Town) -> None:
    me = f"donor:{town.dora}"
    notice = enqueue(
        session,
        now=MORNING,
        bank_id=town.bank,
        once="canary",
        recipient=me,
        to=word("notices.to"),
        template="visit_near",
        language="en",
        place=word("notices.figures"),
    )
    notice.subject, notice.body = word("notices.subject"), word("notices.body")
    subscribe(
        session,
        now=MORNING,
        bank_id=town.bank,
        recipient=me,
        endpoint=word("push_subscriptions.endpoint"),
        p256dh=word("push_subscriptions.p256dh"),
        auth=word("push_subscriptions.auth"),
    )


def plant_problems(session: Session, town: Town, day_plan_id: int, round_id: int) -> None:
    def problem(table: str) -> dict[str, Any]:
        return {"visits": [{"id": str(town.pickups[0]), "at": word(f"{table}.problem")}]}

    shared = {"bank_id": town.bank, "posed_at": MORNING}
    fill(
        session,
        PlanningRun,
        **shared,
        day=DAY,
        day_plan_id=day_plan_id,
        problem=problem("planning_runs"),
    )
    fill(session, Horizon, **shared, first=DAY, last=DAY, problem=problem("horizons"))
    disruption = fill(
        session,
        Disruption,
        bank_id=town.bank,
        day=DAY,
        day_plan_id=day_plan_id,
        kind=DisruptionKind.ROAD,
        round_id=round_id,
        told_at=MORNING,
        problem=problem("disruptions"),
    )
    fill(
        session,
        DisruptionProposal,
        bank_id=town.bank,
        disruption_id=disruption.id,
        way=ProposalWay.GO_ON,
        problem=problem("proposals"),
    )


EMPTIES: dict[type[Any], Any] = {str: "", int: 0, bool: False, date: DAY}


def fill(session: Session, row: type[Any], **given: Any) -> Any:  # noqa: ANN401 - any row
    """Add a row with the given values, and the least of each other column that needs one."""
    for column in row.__table__.columns:
        if column.name in given or column.primary_key or column.nullable or column.foreign_keys:
            continue
        if isinstance(column.type, Enum):
            given[column.name] = column.type.enums[0]
            if column.type.enum_class:
                given[column.name] = next(iter(column.type.enum_class))
        elif isinstance(column.type, JSON):
            given[column.name] = {}
        elif isinstance(column.type, UtcInstant):
            given[column.name] = MORNING
        else:
            given[column.name] = EMPTIES[column.type.python_type]
    made = row(**given)
    session.add(made)
    session.flush()
    return made
